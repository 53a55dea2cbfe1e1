using System.Text;

namespace Trailgate.Normalize;

/// <summary>
/// What an envelope knows beyond the event in it: kept with the event under <c>trailgate.envelope</c>, and no part of
/// its id, so that a redelivery in another envelope is the same event.
/// </summary>
/// <param name="Type">The envelope's type, as it stands in the facts.</param>
/// <param name="Json">The facts as one JSON object of bounded size, not yet redacted.</param>
internal sealed record EnvelopeFacts(string Type, byte[] Json)
{
    /// <summary>The envelope around this one, or null.</summary>
    public EnvelopeFacts? Outer { get; init; }

    /// <summary>The region that the envelope names, as the content of a JSON string; it counts when the event itself names none.</summary>
    public byte[]? Region { get; init; }

    /// <summary>True for a stage of an action that is not its last: it raises no alert, the last one does.</summary>
    public bool IsInterim { get; init; }

    /// <summary>The innermost region named.</summary>
    public ReadOnlySpan<byte> FindRegion() => Region ?? (Outer is null ? [] : Outer.FindRegion());

    /// <summary>The types from the outermost envelope inwards, for people.</summary>
    public string Path => Outer is null ? Type : $"{Outer.Path}, {Type}";

    /// <summary>Writes the facts of all envelopes, the inner ones as member <c>envelope</c> of the outer ones.</summary>
    public void WriteTo(ByteBuffer output)
    {
        WriteOpen(output);
        for (var facts = this; facts is not null; facts = facts.Outer)
        {
            output.Append((byte)'}');
        }
    }

    /// <summary>The types alone, for facts that can not be kept as they are.</summary>
    public void WriteTypeTo(ByteBuffer output)
    {
        output.Append("{\"type\":\""u8);
        output.Append(Encoding.ASCII.GetBytes(Path));
        output.Append("\"}"u8);
    }

    private void WriteOpen(ByteBuffer output)
    {
        if (Outer is not null)
        {
            Outer.WriteOpen(output);
            output.Append(",\"envelope\":"u8);
        }

        output.Append(Json.AsSpan(0, Json.Length - 1));
    }
}
