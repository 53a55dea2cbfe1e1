namespace Trailgate.Normalize;

/// <summary>Tells which texts of a value need more than to be copied, by what is known of the value and of the place of each.</summary>
internal sealed class TextScreen(NameTraits traits, RedactionSettings settings)
{
    // Whether the id of an AWS access key stands in the text: then its secret half is looked for.
    private bool _isNearAwsKey;

    /// <summary>What the text that is being copied may hold.</summary>
    public SecretMarks Marks { get; private set; }

    /// <summary>Begins with another value.</summary>
    public void Begin(SecretMarks marks)
    {
        Marks = marks;
        _isNearAwsKey = false;
    }

    /// <summary>Looks for the id of an AWS access key.</summary>
    public void LookForAwsKey(ReadOnlySpan<byte> json) => _isNearAwsKey = Marks.Shapes && HasAwsKeyId(json);

    /// <summary>Goes on with a JSON text that stands in a text: what was looked at before was its escaped or encoded form.</summary>
    /// <returns>What <see cref="LeaveText"/> needs.</returns>
    public (SecretMarks Marks, bool IsNearAwsKey) EnterText(ReadOnlySpan<byte> inner)
    {
        var around = (Marks, _isNearAwsKey);
        var own = SecretMarks.In(inner, settings.Shapes);
        Marks = new SecretMarks(Marks.Shapes || own.Shapes, Marks.Flags || own.Flags);
        _isNearAwsKey |= settings.Shapes && HasAwsKeyId(inner);
        return around;
    }

    /// <summary>Goes back to the text around.</summary>
    public void LeaveText((SecretMarks Marks, bool IsNearAwsKey) around) => (Marks, _isNearAwsKey) = around;

    /// <summary>Whether more has to be done to a text without escapes than to copy it.</summary>
    public bool NeedsCare(ReadOnlySpan<byte> content, bool hasSign, in CopyFrame frame) =>
        frame.Value != Sensitivity.Ordinary
        || frame.IsArray
        || MayHold(content, hasSign)
        || (content.Length == SecretShapes.IbmApiKeyLength && settings.Shapes && !frame.Name.HasFlag(Traits.Descriptive))
        || Base64Json.MayBe(content);

    /// <summary>Whether a text must be searched for secrets. Most can be passed over by a glance.</summary>
    public bool MayHold(ReadOnlySpan<byte> text, bool hasSign) =>
        Marks.Shapes
            ? !SecretScan.IsPlain(text)
            : settings.Names
                && ((hasSign && SecretScan.CanAssign(text) && Scan(text, wasEscaped: false).Assigns())
                    || (Marks.Flags && Scan(text, wasEscaped: false).HasFlag()));

    /// <summary>What was escaped did not show its marks.</summary>
    public SecretScan Scan(ReadOnlySpan<byte> text, bool wasEscaped) =>
        new(text, traits, settings, Marks.Shapes || (wasEscaped && settings.Shapes && SecretMarks.In(text, shapes: true).Shapes));

    /// <summary>Whether a text gives way as a whole.</summary>
    public bool GivesWay(ReadOnlySpan<byte> text, ref CopyFrame frame, Traits name)
    {
        var isDescriptive = name.HasFlag(Traits.Descriptive);
        if (frame.Value == Sensitivity.Material || (frame.Value == Sensitivity.SecretBody && !isDescriptive))
        {
            return true;
        }

        if (frame.IsArray && FollowsSecret(ref frame, text))
        {
            return true;
        }

        return settings.Shapes && !isDescriptive
            && (SecretShapes.IsIbmApiKey(text) || (_isNearAwsKey && SecretShapes.IsAwsSecretKey(text)));
    }

    // In an array one element can tell about the next: the lines of a PEM key, ["--password","x"], ["Authorization","x"].
    private bool FollowsSecret(ref CopyFrame frame, ReadOnlySpan<byte> text)
    {
        if (frame.IsInPem)
        {
            frame.IsInPem = text.IndexOf("-----END "u8) < 0;
            return true;
        }

        if (frame.NextGives)
        {
            frame.NextGives = false;
            return true;
        }

        frame.IsInPem = settings.Shapes && text.IndexOf("PRIVATE KEY"u8) >= 0 && SecretShapes.OpensPem(text);
        frame.NextGives = settings.Names && text.Length <= 64
            && traits.Of(text, traits.Hash(text)) is var named
            && (named.HasFlag(Traits.WholeLine) || (text[0] == '-' && named.HasFlag(Traits.Secret) && !text.ContainsAny((byte)'=', (byte)' ')));
        return false;
    }

    // However the id was escaped: else the same event would have another id. All escapes of JSON stand in strings, so the
    // whole can be unescaped at once.
    private static bool HasAwsKeyId(ReadOnlySpan<byte> json)
    {
        if (!json.Contains((byte)'\\'))
        {
            return SecretShapes.HasAwsKeyId(json);
        }

        var text = new ByteBuffer(json.Length);
        JsonStrings.AppendUnescaped(json, text);
        return SecretShapes.HasAwsKeyId(text.Written);
    }
}
