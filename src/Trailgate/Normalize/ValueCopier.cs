namespace Trailgate.Normalize;

/// <summary>What kept a value from being copied.</summary>
internal enum CopyFault : byte
{
    None,

    /// <summary>An object names a member twice, and nobody can know which one was meant.</summary>
    DuplicateMember,

    /// <summary>Nested deeper than the limit.</summary>
    TooDeep,
}

/// <summary>A value to be copied, and what is known of it beforehand.</summary>
internal readonly ref struct CopyTask
{
    /// <summary>The value's bytes: checked JSON.</summary>
    public required ReadOnlySpan<byte> Json { get; init; }

    /// <summary>The name of the member that it stands under, for pointers.</summary>
    public required ReadOnlySpan<byte> Member { get; init; }

    /// <summary>Pointer of the object that the member stands in; empty for the event itself.</summary>
    public ReadOnlySpan<byte> Parent { get; init; }

    /// <summary>How to treat it.</summary>
    public Sensitivity Sensitivity { get; init; }

    /// <summary>What the event that it is from may hold.</summary>
    public required SecretMarks Marks { get; init; }

    /// <summary>How deep the value may nest.</summary>
    public required int MaxDepth { get; init; }

    /// <summary>Whether it is known to be a string without escapes and without a sign that could assign a value.</summary>
    public bool IsPlain { get; init; }

    /// <summary>True to copy an object that names a member twice as well.</summary>
    public bool ToleratesDuplicates { get; init; }
}

/// <summary>
/// Copies a JSON value without its insignificant white space, with strings in their least-escaped form and with secrets
/// replaced. The value has been checked by <see cref="JsonScanner"/> before, so this is one pass over trusted syntax that
/// copies whole runs of bytes; for most values, which hold no white space and no secret, it is one block copy. Not safe
/// for several threads.
/// </summary>
internal sealed class ValueCopier(NameTraits traits, Redactions redactions, RedactionSettings settings)
{
    /// <summary>JSON texts within JSON texts are opened this many times; what is wrapped deeper gives way as a whole.</summary>
    private const int MaxTextNesting = 6;

    /// <summary>Shorter names hold no secret beside another name.</summary>
    private const int LongName = 16;

    /// <summary>How deep a value itself may nest at most; the frames beyond are for the JSON texts in it.</summary>
    private const int MaxOwnDepth = 128;

    private readonly CopyFrame[] _frames = new CopyFrame[MaxOwnDepth + 2 + (MaxTextNesting * (JsonText.MaxDepth + 2))];
    private readonly MemberNames _names = new();
    private readonly ByteBuffer _parent = new(256);
    private readonly ByteBuffer _cleanNames = new(64);
    private readonly ByteBuffer[] _texts = [new(), new(), new(), new(), new(), new(), new(), new()];
    private ByteBuffer _output = null!; // set by Copy before anything reads it
    private int _bottom;
    private int _depth;
    private int _textNesting;
    private int _objects;
    private SecretMarks _marks;
    private bool _isNearAwsKey;
    private bool _toleratesDuplicates;

    /// <summary>After a copy that failed: the place, as a JSON pointer.</summary>
    public string FaultPointer { get; private set; } = "";

    /// <summary>Copies one value.</summary>
    public CopyFault Copy(in CopyTask task, ByteBuffer output)
    {
        _output = output;
        _marks = task.Marks;
        if (task.Sensitivity == Sensitivity.Ordinary && (task.IsPlain ? !NeedsCare(task.Json[1..^1], hasSign: false, default) : IsCopiedAsItIs(task.Json)))
        {
            output.Append(task.Json);
            return CopyFault.None;
        }

        _isNearAwsKey = _marks.Shapes && HasAwsKeyId(task.Json);
        _toleratesDuplicates = task.ToleratesDuplicates;
        _names.Clear();
        _cleanNames.Clear();
        _objects = 0;
        _textNesting = 0;
        _parent.Clear();
        _parent.Append(task.Parent);
        JsonPointer.Append(task.Member, _parent);
        _frames[0] = new CopyFrame { Value = task.Sensitivity };
        _bottom = 0;
        _depth = 0;
        return CopyText(task.Json, Math.Min(task.MaxDepth, MaxOwnDepth));
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

    // Most members of an event are short texts that nothing has to be done to.
    private bool IsCopiedAsItIs(ReadOnlySpan<byte> json)
    {
        if (json[0] != '"')
        {
            return false;
        }

        StringContent.EndOfChecked(json, 1, out var isEscaped, out var hasSign);
        return !isEscaped && !NeedsCare(json[1..^1], hasSign, default);
    }

    private CopyFault CopyText(ReadOnlySpan<byte> json, int maxDepth)
    {
        var run = 0;
        var i = 0;
        while ((uint)i < (uint)json.Length)
        {
            ref var frame = ref _frames[_depth];
            switch (json[i])
            {
                case (byte)'"':
                    var start = i;
                    i = StringContent.EndOfChecked(json, i + 1, out var isEscaped, out var hasSign);
                    var content = json[(start + 1)..(i - 1)];
                    if (frame.ExpectName)
                    {
                        frame.ExpectName = false;
                        frame.NameStart = start + 1;
                        frame.NameLength = content.Length;
                        frame.NamePlace = isEscaped ? NamePlace.Escaped : NamePlace.Text;
                        var isApart = IsApart(content, isEscaped, hasSign);
                        if (isApart)
                        {
                            _output.Append(json[run..(start + 1)]);
                            run = i - 1;
                        }

                        if (!OnName(json, ref frame, content, isEscaped, isApart))
                        {
                            FaultPointer = CurrentPointer(json);
                            return CopyFault.DuplicateMember;
                        }
                    }
                    else if (isEscaped || NeedsCare(content, hasSign, frame))
                    {
                        _output.Append(json[run..start]);
                        CopyString(json, content, isEscaped);
                        run = i;
                    }

                    break;
                case (byte)'{' or (byte)'[':
                    if (_depth - _bottom == maxDepth)
                    {
                        FaultPointer = CurrentPointer(json);
                        return CopyFault.TooDeep;
                    }

                    Enter(json[i] == '[', i);
                    i++;
                    break;
                case (byte)'}' or (byte)']':
                    _names.Close(frame.FirstName, frame.Number);
                    _depth--;
                    i++;
                    break;
                case (byte)',':
                    frame.Index++;
                    frame.ExpectName = !frame.IsArray;
                    i++;
                    break;
                case (byte)':':
                    i++;
                    break;
                case (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n':
                    _output.Append(json[run..i]);
                    run = i = SkipWhiteSpace(json, i);
                    break;
                default:
                    var end = EndOfScalar(json, i);
                    // Truth values and null hide nothing; a number can be a code that opens a door.
                    if (frame.Value == Sensitivity.Material && json[i] is not ((byte)'t' or (byte)'f' or (byte)'n'))
                    {
                        _output.Append(json[run..i]);
                        Redact(json, json[i..end]);
                        _output.Append("\"[redacted]\""u8);
                        run = end;
                    }

                    i = end;
                    break;
            }
        }

        _output.Append(json[run..]);
        return CopyFault.None;
    }

    private void Enter(bool isArray, int start)
    {
        var value = _frames[_depth].Value;
        // A group of secrets describes them beside holding them, so an object in it is treated like the body of a secret.
        if (value == Sensitivity.Material && !isArray && FrameAround(_depth) is { Own: not Sensitivity.Material } around && around.Name.HasFlag(Traits.Group))
        {
            value = Sensitivity.SecretBody;
        }

        ref var frame = ref _frames[++_depth];
        frame = default;
        frame.IsArray = isArray;
        frame.ExpectName = !isArray;
        frame.Start = start;
        frame.Value = value;
        frame.Own = value;
        frame.FirstName = _names.Count;
        frame.Number = ++_objects;
    }

    // Names that hold an assignment are long; for all others the glance would cost more than it saves.
    private bool IsApart(ReadOnlySpan<byte> name, bool isEscaped, bool hasSign) =>
        isEscaped || ((_marks.Shapes || name.Length > LongName) && MayHold(name, hasSign));

    // False when the object has a member of this name already.
    private bool OnName(ReadOnlySpan<byte> json, ref CopyFrame frame, ReadOnlySpan<byte> content, bool isEscaped, bool isApart)
    {
        var name = content;
        if (isEscaped)
        {
            var text = _texts[^1];
            text.Clear();
            JsonStrings.AppendUnescaped(content, text);
            name = text.Written;
        }

        var hash = traits.Hash(name);
        if (_textNesting == 0 && !_toleratesDuplicates && !_names.Add(frame.FirstName, frame.Number, hash))
        {
            return false;
        }

        if (isApart)
        {
            if (!SecretScan.IsPlain(name) && CopySecretName(json, name, isEscaped))
            {
                frame.Name = Traits.None;
                frame.Value = frame.Own;
                return true;
            }

            if (isEscaped)
            {
                JsonStrings.AppendCanonical(content, _output);
            }
            else
            {
                _output.Append(content);
            }
        }

        frame.Name = traits.Of(name, hash);
        frame.Value = frame.Name == Traits.None && frame.Own != Sensitivity.Material ? frame.Own : ValueSensitivity(json, ref frame);
        return true;
    }

    // A secret can stand in a name as well: {"https://user:password@host":"up"}.
    private bool CopySecretName(ReadOnlySpan<byte> json, ReadOnlySpan<byte> name, bool isEscaped)
    {
        var scan = Scan(name, isEscaped);
        if (!scan.Next(out var start, out var length))
        {
            return false;
        }

        ref var frame = ref _frames[_depth];
        frame.NamePlace = NamePlace.Cleaned;
        frame.NameStart = _cleanNames.Length;
        var written = 0;
        do
        {
            _cleanNames.Append(name[written..start]);
            _cleanNames.Append(Redactions.Replacement);
            written = start + length;
        }
        while (scan.Next(out start, out length));

        _cleanNames.Append(name[written..]);
        // Two such names may have become equal: their places tell them apart.
        _cleanNames.Append((byte)'#');
        _cleanNames.AppendNumber(frame.Index);
        frame.NameLength = _cleanNames.Length - frame.NameStart;
        JsonStrings.AppendEscaped(_cleanNames.Slice(frame.NameStart, frame.NameLength), _output);
        Redact(json, name);
        return true;
    }

    private Sensitivity ValueSensitivity(ReadOnlySpan<byte> json, ref CopyFrame frame)
    {
        if (frame.Own == Sensitivity.Material
            || (frame.Name.HasFlag(Traits.Secret) && settings.Names)
            || (frame.Own == Sensitivity.SecretBody && frame.Name.HasFlag(Traits.Material)))
        {
            return Sensitivity.Material;
        }

        if ((frame.Name & (Traits.PairedValue | Traits.KindMaterial)) == Traits.None)
        {
            return frame.Own;
        }

        // Once an object: hostile ones have many members whose names read as "value".
        var around = frame.Around ??= Siblings.Of(json[frame.Start..], _frames.Length, traits);
        return (frame.Name.HasFlag(Traits.PairedValue) && settings.Names && around.HasFlag(Traits.Secret))
            || (frame.Name.HasFlag(Traits.KindMaterial) && settings.Bodies && around.HasFlag(Traits.KindMaterial))
            ? Sensitivity.Material
            : frame.Own;
    }

    // Whether more has to be done to a text without escapes than to copy it.
    private bool NeedsCare(ReadOnlySpan<byte> content, bool hasSign, in CopyFrame frame) =>
        frame.Value != Sensitivity.Ordinary
        || frame.IsArray
        || MayHold(content, hasSign)
        || (content.Length == SecretShapes.IbmApiKeyLength && settings.Shapes && !frame.Name.HasFlag(Traits.Descriptive))
        || Base64Json.MayBe(content);

    // Whether a text must be searched for secrets. Most can be passed over by a glance.
    private bool MayHold(ReadOnlySpan<byte> text, bool hasSign) =>
        _marks.Shapes
            ? !SecretScan.IsPlain(text)
            : settings.Names
                && ((hasSign && SecretScan.CanAssign(text) && Scan(text, wasEscaped: false).Assigns())
                    || (_marks.Flags && Scan(text, wasEscaped: false).HasFlag()));

    // What was escaped did not show its marks.
    private SecretScan Scan(ReadOnlySpan<byte> text, bool wasEscaped) =>
        new(text, traits, settings, _marks.Shapes || (wasEscaped && settings.Shapes && SecretMarks.In(text, shapes: true).Shapes));

    private void CopyString(ReadOnlySpan<byte> json, ReadOnlySpan<byte> content, bool isEscaped)
    {
        var text = content;
        if (isEscaped)
        {
            var buffer = _texts[_textNesting];
            buffer.Clear();
            JsonStrings.AppendUnescaped(content, buffer);
            text = buffer.Written;
        }

        _output.Append((byte)'"');
        if (text.Length > 0 && GivesWay(text))
        {
            RedactWhole(json, text);
        }
        else if (!TryCopyEncoded(json, text))
        {
            CopyPlain(json, content, text, isEscaped);
        }

        _output.Append((byte)'"');
    }

    private bool GivesWay(ReadOnlySpan<byte> text)
    {
        ref var frame = ref _frames[_depth];
        // Where there is no name (an element of an array), the name of the array counts.
        var isDescriptive = FrameAround(_depth).Name.HasFlag(Traits.Descriptive);
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

    private void RedactWhole(ReadOnlySpan<byte> json, ReadOnlySpan<byte> text)
    {
        if (!text.SequenceEqual(Redactions.Replacement))
        {
            Redact(json, text);
        }

        _output.Append(Redactions.Replacement);
    }

    private void CopyPlain(ReadOnlySpan<byte> json, ReadOnlySpan<byte> content, ReadOnlySpan<byte> text, bool isEscaped)
    {
        if (isEscaped)
        {
            // A part of JSON within a text has escapes of its own, which would hide a name.
            var plain = TextRedactor.WithoutNeedlessEscapes(text);
            text = plain != text && Scan(plain, wasEscaped: true).Next(out _, out _) ? plain : text;
        }

        var written = 0;
        var scan = Scan(text, isEscaped);
        var mayHold = scan.FindsShapes ? !SecretScan.IsPlain(text) : settings.Names && (SecretScan.MayAssign(text) || scan.HasFlag());
        while (mayHold && scan.Next(out var start, out var length))
        {
            JsonStrings.AppendEscaped(text[written..start], _output);
            Redact(json, text.Slice(start, length));
            _output.Append(Redactions.Replacement);
            written = start + length;
        }

        if (written > 0)
        {
            JsonStrings.AppendEscaped(text[written..], _output);
        }
        else if (isEscaped)
        {
            JsonStrings.AppendCanonical(content, _output);
        }
        else
        {
            _output.Append(content);
        }
    }

    // A string that holds JSON, as it is or in Base64, is copied as the same kind of string, its secrets replaced.
    private bool TryCopyEncoded(ReadOnlySpan<byte> json, ReadOnlySpan<byte> text)
    {
        if (JsonText.IsWrapping(text))
        {
            return TryCopyJson(json, text, original: default);
        }

        return Base64Json.MayBe(text) && Base64Json.Decode(text) is { } decoded
            && (decoded.AsSpan().StartsWith("\uFEFF"u8) ? decoded.AsSpan(3) : decoded) is var inner && JsonText.IsWrapping(inner)
            && TryCopyJson(json, inner, original: text);
    }

    // False when it holds no secret and is best kept as it came.
    private bool TryCopyJson(ReadOnlySpan<byte> json, ReadOnlySpan<byte> inner, ReadOnlySpan<byte> original)
    {
        if (_textNesting == MaxTextNesting)
        {
            RedactWhole(json, original.IsEmpty ? inner : original);
            return true;
        }

        var (output, marks, isNearAwsKey, bottom, names, parent) = (_output, _marks, _isNearAwsKey, _bottom, _names.Count, _parent.Length);
        var before = redactions.Count;
        var copy = new ByteBuffer(inner.Length + 64);
        AppendNames(json, _parent);
        var own = SecretMarks.In(inner, settings.Shapes);
        // What was looked at before was its escaped or encoded form.
        _marks = new SecretMarks(_marks.Shapes || own.Shapes, _marks.Flags || own.Flags);
        _isNearAwsKey |= settings.Shapes && HasAwsKeyId(inner);
        _output = copy;
        _textNesting++;
        ref var around = ref _frames[_depth];
        _frames[++_depth] = new CopyFrame { Name = FrameAround(_depth - 1).Name, Value = around.Value, Own = around.Value, FirstName = names };
        _bottom = _depth;
        CopyText(inner, JsonText.MaxDepth);
        _depth = _bottom - 1;
        _textNesting--;
        _parent.Truncate(parent);
        (_output, _marks, _isNearAwsKey, _bottom) = (output, marks, isNearAwsKey, bottom);
        if (redactions.Count == before)
        {
            return false;
        }

        if (original.IsEmpty)
        {
            JsonStrings.AppendEscaped(copy.Written, _output);
        }
        else
        {
            Base64Json.Append(copy.Written, original, _output);
        }

        return true;
    }

    private ref readonly CopyFrame FrameAround(int at)
    {
        while (at > 0 && _frames[at].IsArray)
        {
            at--;
        }

        return ref _frames[at];
    }

    private void Redact(ReadOnlySpan<byte> json, ReadOnlySpan<byte> secret)
    {
        if (redactions.Begin() is { } pointer)
        {
            pointer.Append(_parent.Written);
            AppendNames(json, pointer);
        }

        redactions.Complete(secret);
    }

    private string CurrentPointer(ReadOnlySpan<byte> json)
    {
        var pointer = new ByteBuffer(256);
        pointer.Append(_parent.Written);
        AppendNames(json, pointer);
        return System.Text.Encoding.UTF8.GetString(pointer.Written);
    }

    // The way down from the beginning of the text that is being copied.
    private void AppendNames(ReadOnlySpan<byte> json, ByteBuffer pointer)
    {
        for (var at = _bottom + 1; at <= _depth; at++)
        {
            ref var frame = ref _frames[at];
            if (frame.IsArray)
            {
                pointer.Append((byte)'/');
                pointer.AppendNumber(frame.Index);
                continue;
            }

            switch (frame.NamePlace)
            {
                case NamePlace.Text:
                    JsonPointer.Append(json.Slice(frame.NameStart, frame.NameLength), pointer);
                    break;
                case NamePlace.Escaped:
                    var name = new ByteBuffer(frame.NameLength);
                    JsonStrings.AppendUnescaped(json.Slice(frame.NameStart, frame.NameLength), name);
                    JsonPointer.Append(name.Written, pointer);
                    break;
                case NamePlace.Cleaned:
                    JsonPointer.Append(_cleanNames.Slice(frame.NameStart, frame.NameLength), pointer);
                    break;
                default:
                    break;
            }
        }
    }

    private static int EndOfScalar(ReadOnlySpan<byte> json, int at)
    {
        while ((uint)at < (uint)json.Length && json[at] is not ((byte)',' or (byte)']' or (byte)'}' or (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n'))
        {
            at++;
        }

        return at;
    }

    private static int SkipWhiteSpace(ReadOnlySpan<byte> json, int at)
    {
        while (at < json.Length && json[at] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
        {
            at++;
        }

        return at;
    }
}
