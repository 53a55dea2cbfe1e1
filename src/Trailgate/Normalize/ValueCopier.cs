namespace Trailgate.Normalize;

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

    private const int MostOpen = MaxOwnDepth + 2 + (MaxTextNesting * (JsonText.MaxDepth + 2));

    private readonly CopyPath _path = new(MostOpen);
    private readonly TextScreen _screen = new(traits, settings);
    private readonly MemberNames _names = new();
    private readonly ByteBuffer[] _texts = [new(), new(), new(), new(), new(), new(), new(), new()];
    private ByteBuffer _output = null!; // set by Copy before anything reads it
    private int _textNesting;
    private int _objects;
    private bool _toleratesDuplicates;

    /// <summary>After a copy that failed: the place, as a JSON pointer.</summary>
    public string FaultPointer { get; private set; } = "";

    /// <summary>Copies one value.</summary>
    public CopyFault Copy(in CopyTask task, ByteBuffer output)
    {
        _output = output;
        _screen.Begin(task.Marks);
        if (task.Sensitivity == Sensitivity.Ordinary && (task.IsPlain ? !_screen.NeedsCare(task.Json[1..^1], hasSign: false, default) : IsCopiedAsItIs(task.Json)))
        {
            output.Append(task.Json);
            return CopyFault.None;
        }

        _screen.LookForAwsKey(task.Json);
        _toleratesDuplicates = task.ToleratesDuplicates;
        _names.Clear();
        _path.Begin(task);
        _objects = 0;
        _textNesting = 0;
        return CopyText(task.Json, Math.Min(task.MaxDepth, MaxOwnDepth));
    }

    // Most members of an event are short texts that nothing has to be done to.
    private bool IsCopiedAsItIs(ReadOnlySpan<byte> json)
    {
        if (json[0] != '"')
        {
            return false;
        }

        StringContent.EndOfChecked(json, 1, out var isEscaped, out var hasSign);
        return !isEscaped && !_screen.NeedsCare(json[1..^1], hasSign, default);
    }

    private CopyFault CopyText(ReadOnlySpan<byte> json, int maxDepth)
    {
        var run = 0;
        var i = 0;
        while ((uint)i < (uint)json.Length)
        {
            ref var frame = ref _path.Top;
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
                    else if (isEscaped || _screen.NeedsCare(content, hasSign, frame))
                    {
                        _output.Append(json[run..start]);
                        CopyString(json, content, isEscaped);
                        run = i;
                    }

                    break;
                case (byte)'{' or (byte)'[':
                    if (_path.Open == maxDepth)
                    {
                        FaultPointer = CurrentPointer(json);
                        return CopyFault.TooDeep;
                    }

                    Enter(json[i] == '[', i);
                    i++;
                    break;
                case (byte)'}' or (byte)']':
                    _names.Close(frame.FirstName, frame.Number);
                    _path.Leave();
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
        var value = _path.Top.Value;
        // A group of secrets describes them beside holding them, so an object in it is treated like the body of a secret.
        if (value == Sensitivity.Material && !isArray && _path.Named is { Own: not Sensitivity.Material } around && around.Name.HasFlag(Traits.Group))
        {
            value = Sensitivity.SecretBody;
        }

        ref var frame = ref _path.Enter();
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
        isEscaped || ((_screen.Marks.Shapes || name.Length > LongName) && _screen.MayHold(name, hasSign));

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
        var scan = _screen.Scan(name, isEscaped);
        if (!scan.Next(out var start, out var length))
        {
            return false;
        }

        var clean = _path.BeginCleanName();
        var written = 0;
        do
        {
            clean.Append(name[written..start]);
            clean.Append(Redactions.Replacement);
            written = start + length;
        }
        while (scan.Next(out start, out length));

        clean.Append(name[written..]);
        // Two such names may have become equal: their places tell them apart.
        clean.Append((byte)'#');
        clean.AppendNumber(_path.Top.Index);
        JsonStrings.AppendEscaped(_path.EndCleanName(), _output);
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
        var around = frame.Around ??= Siblings.Of(json[frame.Start..], MostOpen, traits);
        return (frame.Name.HasFlag(Traits.PairedValue) && settings.Names && around.HasFlag(Traits.Secret))
            || (frame.Name.HasFlag(Traits.KindMaterial) && settings.Bodies && around.HasFlag(Traits.KindMaterial))
            ? Sensitivity.Material
            : frame.Own;
    }

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
        if (text.Length > 0 && _screen.GivesWay(text, ref _path.Top, _path.Named.Name))
        {
            RedactWhole(json, text);
        }
        else if (!TryCopyEncoded(json, text))
        {
            CopyPlain(json, content, text, isEscaped);
        }

        _output.Append((byte)'"');
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
            text = plain != text && _screen.Scan(plain, wasEscaped: true).Next(out _, out _) ? plain : text;
        }

        var written = 0;
        var scan = _screen.Scan(text, isEscaped);
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

        var output = _output;
        var before = redactions.Count;
        var copy = new ByteBuffer(inner.Length + 64);
        var screened = _screen.EnterText(inner);
        _output = copy;
        _textNesting++;
        var around = _path.EnterText(json, _names.Count);
        CopyText(inner, JsonText.MaxDepth);
        _path.LeaveText(around);
        _textNesting--;
        _screen.LeaveText(screened);
        _output = output;
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

    private void Redact(ReadOnlySpan<byte> json, ReadOnlySpan<byte> secret)
    {
        if (redactions.Begin() is { } pointer)
        {
            _path.AppendTo(pointer, json);
        }

        redactions.Complete(secret);
    }

    private string CurrentPointer(ReadOnlySpan<byte> json)
    {
        var pointer = new ByteBuffer(256);
        _path.AppendTo(pointer, json);
        return System.Text.Encoding.UTF8.GetString(pointer.Written);
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
