namespace Trailgate.Normalize;

/// <summary>JSON pointers (RFC 6901), written as the content of a JSON string.</summary>
internal static class JsonPointer
{
    /// <summary>Appends one more name to a pointer.</summary>
    public static void Append(ReadOnlySpan<byte> name, ByteBuffer pointer)
    {
        pointer.Append((byte)'/');
        if (name.IndexOfAny((byte)'~', (byte)'/') < 0)
        {
            JsonStrings.AppendEscaped(name, pointer);
            return;
        }

        foreach (var value in name)
        {
            pointer.Append(value switch { (byte)'~' => "~0"u8, (byte)'/' => "~1"u8, _ => [] });
            if (value is not ((byte)'~' or (byte)'/'))
            {
                JsonStrings.AppendEscaped([value], pointer);
            }
        }
    }
}
