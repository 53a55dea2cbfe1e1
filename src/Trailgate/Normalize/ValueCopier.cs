using System.Buffers;
using System.Text.Json;

namespace Trailgate.Normalize;

/// <summary>How a value is treated because of what it is part of.</summary>
internal enum Sensitivity : byte
{
    /// <summary>Secrets are found by name and by shape.</summary>
    Ordinary,

    /// <summary>The body of an action on a secret or key: texts that do not merely describe give way as well.</summary>
    SecretBody,

    /// <summary>Secret material: every text and number in it gives way.</summary>
    Material,
}

/// <summary>What kept a value from being copied.</summary>
internal enum CopyFault : byte
{
    None,

    /// <summary>An object names a member twice, and nobody can know which one was meant.</summary>
    DuplicateMember,

    /// <summary>Nested deeper than the limit.</summary>
    TooDeep,
}

/// <summary>
/// Copies a JSON value without its insignificant white space, with strings in their least-escaped form and with secrets
/// replaced. The value has been checked by <see cref="Utf8JsonReader"/> before, so this is one pass over trusted syntax
/// that copies whole runs of bytes; for most values, which hold no white space and no secret, it is one block copy.
/// Not safe for several threads.
/// </summary>
internal sealed class ValueCopier(NameTraits traits, Redactions redactions, RedactionSettings settings)
{
    /// <summary>JSON texts within JSON texts are opened this many times; what is wrapped deeper gives way as a whole.</summary>
    private const int MaxTextNesting = 6;

    /// <summary>Above this many members the names of an object are compared through a set.</summary>
    private const int FewMembers = 32;

    /// <summary>Shorter names hold no secret beside another name.</summary>
    private const int LongName = 16;

    /// <summary>How deep a value itself may nest at most; the frames beyond are for the JSON texts in it.</summary>
    private const int MaxOwnDepth = 128;

    /// <summary>
    /// Beyond this many members names are compared no more: such an event is far above its size limit and is cut anyway.
    /// </summary>
    private const int MaxComparedMembers = 65_536;

    /// <summary>Room for names that one huge event has taken is not kept.</summary>
    private const int KeptNames = 4096;

    private static readonly SearchValues<byte> EndOfScalar = SearchValues.Create(",]} \t\r\n"u8);
    private static readonly SearchValues<byte> QuoteOrEscape = SearchValues.Create("\"\\"u8);

    private readonly Frame[] _frames = new Frame[MaxOwnDepth + 2 + (MaxTextNesting * (JsonText.MaxDepth + 2))];
    private readonly ByteBuffer _name = new(256);
    private readonly ByteBuffer[] _texts = [new(), new(), new(), new(), new(), new(), new(), new()];
    private ulong[] _names = new ulong[256];
    private HashSet<(int Frame, ulong Name)>? _manyNames;
    private ByteBuffer _output = null!; // set by Copy before anything reads it
    private int _depth;
    private int _nameCount;
    private int _textNesting;
    private int _objects;
    private bool _mayHoldShapes;
    private bool _mayHoldFlags;
    private bool _isNearAwsKey;
    private bool _toleratesDuplicates;

    /// <summary>After a copy that failed: the place, as a JSON pointer.</summary>
    public string FaultPointer { get; private set; } = "";

    /// <summary>Copies one value.</summary>
    /// <param name="json">The value's bytes: valid JSON.</param>
    /// <param name="member">The name of the member that it stands under, for pointers.</param>
    /// <param name="sensitivity">How to treat it.</param>
    /// <param name="mayHoldShapes">False when the caller knows that the event holds no secret by shape.</param>
    /// <param name="maxDepth">How deep the value may nest.</param>
    /// <param name="output">Where it goes.</param>
    /// <param name="parent">Pointer of the object that the member stands in; empty for the event itself.</param>
    /// <param name="toleratesDuplicates">True to copy an object that names a member twice as well.</param>
    public CopyFault Copy(
        ReadOnlySpan<byte> json, ReadOnlySpan<byte> member, Sensitivity sensitivity, bool mayHoldShapes, int maxDepth, ByteBuffer output, ReadOnlySpan<byte> parent = default,
        bool toleratesDuplicates = false)
    {
        _output = output;
        _mayHoldShapes = mayHoldShapes && settings.Shapes;
        _mayHoldFlags = json.IndexOf("--"u8) >= 0;
        if (json[0] == '"' && IsCopiedAsItIs(json, sensitivity))
        {
            output.Append(json);
            return CopyFault.None;
        }

        _isNearAwsKey = _mayHoldShapes && SecretShapes.HasAwsKeyId(json);
        _toleratesDuplicates = toleratesDuplicates;
        _nameCount = 0;
        if (_names.Length > KeptNames)
        {
            _names = new ulong[256];
            _manyNames = null;
        }
        else if (_manyNames is { Count: > 0 })
        {
            _manyNames.Clear(); // A copy that failed in the middle has left its names.
        }

        _objects = 0;
        _textNesting = 0;
        _name.Clear();
        _name.Append(parent);
        AppendPointerSegment(member, _name);
        _frames[0] = new Frame { PointerLength = _name.Length, Value = sensitivity };
        _depth = 0;
        return CopyText(json, Math.Min(maxDepth, MaxOwnDepth));
    }

    // Most members of an event are short texts that nothing has to be done to.
    private bool IsCopiedAsItIs(ReadOnlySpan<byte> json, Sensitivity sensitivity) =>
        !_mayHoldShapes && sensitivity == Sensitivity.Ordinary && !json.Contains((byte)'\\')
        && !NeedsCare(json[1..^1], escaped: false, default);

    private CopyFault CopyText(ReadOnlySpan<byte> json, int maxDepth)
    {
        var bottom = _depth;
        var run = 0;
        var i = 0;
        while (i < json.Length)
        {
            switch (json[i])
            {
                case (byte)'"':
                    var fault = OnString(json, ref run, ref i);
                    if (fault != CopyFault.None)
                    {
                        return fault;
                    }

                    break;
                case (byte)'{' or (byte)'[':
                    if (_depth - bottom == maxDepth)
                    {
                        FaultPointer = CurrentPointer();
                        return CopyFault.TooDeep;
                    }

                    Enter(json[i] == '[', i);
                    i++;
                    break;
                case (byte)'}' or (byte)']':
                    Leave();
                    i++;
                    break;
                case (byte)',':
                    ref var frame = ref _frames[_depth];
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
                    OnScalar(json, ref run, ref i);
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
        if (value == Sensitivity.Material && !isArray && FrameAround() is { Own: not Sensitivity.Material } around && around.Name.HasFlag(Traits.Group))
        {
            value = Sensitivity.SecretBody;
        }

        _frames[++_depth] = new Frame
        {
            IsArray = isArray,
            ExpectName = !isArray,
            Start = start,
            Value = value,
            Own = value,
            FirstName = _nameCount,
            Object = ++_objects,
            PointerLength = _name.Length,
        };
    }

    private void Leave()
    {
        var first = _frames[_depth].FirstName;
        if (_nameCount - first >= FewMembers && _manyNames is not null)
        {
            foreach (var name in _names.AsSpan(first, _nameCount - first))
            {
                _manyNames.Remove((_frames[_depth].Object, name));
            }
        }

        _nameCount = first;
        _depth--;
        _name.Truncate(_frames[_depth].PointerLength);
    }

    private void OnScalar(ReadOnlySpan<byte> json, ref int run, ref int i)
    {
        var end = json[i..].IndexOfAny(EndOfScalar);
        end = end < 0 ? json.Length : i + end;
        // Truth values and null hide nothing; a number can be a code that opens a door.
        if (_frames[_depth].Value == Sensitivity.Material && json[i] is not ((byte)'t' or (byte)'f' or (byte)'n'))
        {
            _output.Append(json[run..i]);
            Redact(json[i..end]);
            _output.Append((byte)'"');
            _output.Append(Redactions.Replacement);
            _output.Append((byte)'"');
            run = end;
        }

        i = end;
    }

    private CopyFault OnString(ReadOnlySpan<byte> json, ref int run, ref int i)
    {
        var end = EndOfString(json, i, out var escaped);
        var content = json[(i + 1)..(end - 1)];
        ref var frame = ref _frames[_depth];
        if (frame.ExpectName)
        {
            frame.ExpectName = false;
            // Names that hold an assignment are long; for all others the glance would cost more than it saves.
            var apart = escaped || ((_mayHoldShapes || content.Length > LongName) && MayHold(content));
            if (apart)
            {
                _output.Append(json[run..(i + 1)]);
                run = end - 1;
            }

            i = end;
            return OnName(json, content, escaped, apart);
        }

        if (!NeedsCare(content, escaped, frame))
        {
            i = end;
            return CopyFault.None;
        }

        _output.Append(json[run..i]);
        CopyString(content, escaped);
        run = i = end;
        return CopyFault.None;
    }

    private CopyFault OnName(ReadOnlySpan<byte> json, ReadOnlySpan<byte> content, bool escaped, bool apart)
    {
        var name = content;
        if (escaped)
        {
            var text = _texts[^1];
            text.Clear();
            JsonStrings.AppendUnescaped(content, text);
            name = text.Written;
        }

        ref var frame = ref _frames[_depth];
        _name.Truncate(frame.PointerLength);
        var hash = traits.Hash(name);
        if (_textNesting == 0 && !_toleratesDuplicates && !AddName(ref frame, hash))
        {
            AppendPointerSegment(name, _name);
            FaultPointer = CurrentPointer();
            return CopyFault.DuplicateMember;
        }

        if (apart && !SecretScan.IsPlain(name) && CopySecretName(name))
        {
            frame.Name = Traits.None;
            frame.Value = frame.Own;
            return CopyFault.None;
        }

        AppendPointerSegment(name, _name);
        if (escaped)
        {
            JsonStrings.AppendCanonical(content, _output);
        }
        else if (apart)
        {
            _output.Append(content);
        }

        frame.Name = traits.Of(name, hash);
        frame.Value = ValueSensitivity(json, ref frame);
        return CopyFault.None;
    }

    // A secret can stand in a name as well: {"https://user:password@host":"up"}.
    private bool CopySecretName(ReadOnlySpan<byte> name)
    {
        var scan = Scan(name);
        if (!scan.Next(out var start, out var length))
        {
            return false;
        }

        var clean = new ByteBuffer(name.Length + 32);
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
        ref var frame = ref _frames[_depth];
        clean.Append((byte)'#');
        clean.AppendNumber(frame.Index);
        AppendPointerSegment(clean.Written, _name);
        JsonStrings.AppendEscaped(clean.Written, _output);
        Redact(name);
        return true;
    }

    private Sensitivity ValueSensitivity(ReadOnlySpan<byte> json, ref Frame frame)
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

        var around = frame.Around ??= LookAround(json[frame.Start..]);
        return (frame.Name.HasFlag(Traits.PairedValue) && settings.Names && around.HasFlag(Traits.Secret))
            || (frame.Name.HasFlag(Traits.KindMaterial) && settings.Bodies && around.HasFlag(Traits.KindMaterial))
            ? Sensitivity.Material
            : frame.Own;
    }

    // {"name":"DB_PASSWORD","value":"x"} and {"kind":"Secret","data":{...}}, in any order: what tells may come after the
    // value, so the object is read on its own. Once an object: hostile ones have many members whose names read as "value".
    private Traits LookAround(ReadOnlySpan<byte> json)
    {
        var found = Traits.None;
        var reader = new Utf8JsonReader(json, isFinalBlock: false, new JsonReaderState(new JsonReaderOptions { MaxDepth = _frames.Length }));
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isKind = reader.TextIs("kind"u8);
            var isName = TraitsOf(ref reader).HasFlag(Traits.PairName);
            if (!reader.Read())
            {
                return found;
            }

            if (reader.TokenType == JsonTokenType.String)
            {
                found |= isName ? TraitsOf(ref reader) & Traits.Secret : Traits.None;
                found |= isKind && (reader.TextIs("Secret"u8) || reader.TextIs("ConfigMap"u8)) ? Traits.KindMaterial : Traits.None;
            }
            else if (!reader.TrySkip())
            {
                return found;
            }
        }

        return found;
    }

    private Traits TraitsOf(ref Utf8JsonReader reader)
    {
        const int LongestName = 1024;
        if (reader.ValueSpan.Length > LongestName)
        {
            return Traits.None;
        }

        Span<byte> name = stackalloc byte[LongestName];
        // Half a surrogate pair has no UTF-8 form; a name with one is none that is known.
        try
        {
            name = name[..reader.CopyString(name)];
        }
        catch (InvalidOperationException)
        {
            return Traits.None;
        }

        return traits.Of(name, traits.Hash(name));
    }

    private bool NeedsCare(ReadOnlySpan<byte> content, bool escaped, in Frame frame) =>
        escaped
        || frame.Value != Sensitivity.Ordinary
        || frame.IsArray
        || MayHold(content)
        || (content.Length == 44 && settings.Shapes && !frame.Name.HasFlag(Traits.Descriptive))
        || Base64Json.MayBe(content);

    // Whether a text must be searched for secrets. Most can be passed over by a glance.
    private bool MayHold(ReadOnlySpan<byte> text) =>
        _mayHoldShapes
            ? !SecretScan.IsPlain(text)
            : settings.Names && Scan(text).MayAssign(_mayHoldFlags);

    private SecretScan Scan(ReadOnlySpan<byte> text) => new(text, traits, settings, _mayHoldShapes);

    private void CopyString(ReadOnlySpan<byte> content, bool escaped)
    {
        var text = content;
        if (escaped)
        {
            var buffer = _texts[_textNesting];
            buffer.Clear();
            JsonStrings.AppendUnescaped(content, buffer);
            text = buffer.Written;
        }

        _output.Append((byte)'"');
        if (text.Length > 0 && GivesWay(text))
        {
            RedactWhole(text);
        }
        else if (!TryCopyEncoded(text))
        {
            CopyPlain(content, text, escaped);
        }

        _output.Append((byte)'"');
    }

    private bool GivesWay(ReadOnlySpan<byte> text)
    {
        ref var frame = ref _frames[_depth];
        // Where there is no name (an element of an array), the name of the array counts.
        var isDescriptive = FrameAround().Name.HasFlag(Traits.Descriptive);
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
    private bool FollowsSecret(ref Frame frame, ReadOnlySpan<byte> text)
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

    private void RedactWhole(ReadOnlySpan<byte> text)
    {
        if (!text.SequenceEqual(Redactions.Replacement))
        {
            Redact(text);
        }

        _output.Append(Redactions.Replacement);
    }

    private void CopyPlain(ReadOnlySpan<byte> content, ReadOnlySpan<byte> text, bool escaped)
    {
        // A part of JSON within a text has escapes of its own, which would hide a name.
        var plain = TextRedactor.WithoutNeedlessEscapes(text);
        text = plain != text && MayHold(plain) && Scan(plain).Next(out _, out _) ? plain : text;
        var written = 0;
        var mayHold = MayHold(text);
        var scan = Scan(text);
        while (mayHold && scan.Next(out var start, out var length))
        {
            JsonStrings.AppendEscaped(text[written..start], _output);
            Redact(text.Slice(start, length));
            _output.Append(Redactions.Replacement);
            written = start + length;
        }

        if (written > 0)
        {
            JsonStrings.AppendEscaped(text[written..], _output);
        }
        else if (escaped)
        {
            JsonStrings.AppendCanonical(content, _output);
        }
        else
        {
            _output.Append(content);
        }
    }

    // A string that holds JSON, as it is or in Base64, is copied as the same kind of string, its secrets replaced.
    private bool TryCopyEncoded(ReadOnlySpan<byte> text)
    {
        if (JsonText.IsWrapping(text))
        {
            return TryCopyJson(text, original: default);
        }

        return Base64Json.MayBe(text) && Base64Json.Decode(text) is { } decoded
            && (decoded.AsSpan().StartsWith("\uFEFF"u8) ? decoded.AsSpan(3) : decoded) is var json && JsonText.IsWrapping(json)
            && TryCopyJson(json, original: text);
    }

    // False when it holds no secret and is best kept as it came.
    private bool TryCopyJson(ReadOnlySpan<byte> json, ReadOnlySpan<byte> original)
    {
        if (_textNesting == MaxTextNesting)
        {
            RedactWhole(original.IsEmpty ? json : original);
            return true;
        }

        var output = _output;
        var mayHoldShapes = _mayHoldShapes;
        var isNearAwsKey = _isNearAwsKey;
        var before = redactions.Count;
        var inner = new ByteBuffer(json.Length + 64);
        // What was looked at before was its escaped or encoded form.
        _mayHoldShapes = settings.Shapes;
        _mayHoldFlags = true;
        _isNearAwsKey |= settings.Shapes && SecretShapes.HasAwsKeyId(json);
        _output = inner;
        _textNesting++;
        var bottom = _depth;
        var names = _nameCount;
        var pointer = _name.Length;
        _frames[++_depth] = new Frame { PointerLength = pointer, Name = FrameAround(bottom).Name, Value = _frames[bottom].Value, Own = _frames[bottom].Value, FirstName = names };
        CopyText(json, JsonText.MaxDepth);
        _depth = bottom;
        _nameCount = names;
        _name.Truncate(pointer);
        _textNesting--;
        _output = output;
        _mayHoldShapes = mayHoldShapes;
        _isNearAwsKey = isNearAwsKey;
        if (redactions.Count == before)
        {
            return false;
        }

        if (original.IsEmpty)
        {
            JsonStrings.AppendEscaped(inner.Written, _output);
        }
        else
        {
            Base64Json.Append(inner.Written, original, _output);
        }

        return true;
    }

    private ref readonly Frame FrameAround() => ref FrameAround(_depth);

    private ref readonly Frame FrameAround(int at)
    {
        while (at > 0 && _frames[at].IsArray)
        {
            at--;
        }

        return ref _frames[at];
    }

    private bool AddName(ref Frame frame, ulong hash)
    {
        var own = _names.AsSpan(frame.FirstName, _nameCount - frame.FirstName);
        if (own.Length >= MaxComparedMembers)
        {
            return true;
        }

        if (own.Length >= FewMembers)
        {
            _manyNames ??= [];
            if (own.Length == FewMembers)
            {
                foreach (var name in own)
                {
                    _manyNames.Add((frame.Object, name));
                }
            }

            if (!_manyNames.Add((frame.Object, hash)))
            {
                return false;
            }
        }
        else if (own.Contains(hash))
        {
            return false;
        }

        if (_nameCount == _names.Length)
        {
            Array.Resize(ref _names, _names.Length * 2);
        }

        _names[_nameCount++] = hash;
        return true;
    }

    private void Redact(ReadOnlySpan<byte> secret)
    {
        if (redactions.Begin() is { } pointer)
        {
            AppendCurrentPointer(pointer);
        }

        redactions.Complete(secret);
    }

    private string CurrentPointer()
    {
        var pointer = new ByteBuffer(256);
        AppendCurrentPointer(pointer);
        return System.Text.Encoding.UTF8.GetString(pointer.Written);
    }

    // _name holds the names on the way down; indexes of arrays are put between them.
    private void AppendCurrentPointer(ByteBuffer pointer)
    {
        var written = 0;
        for (var at = 0; at <= _depth; at++)
        {
            ref var frame = ref _frames[at];
            pointer.Append(_name.Slice(written, frame.PointerLength - written));
            written = frame.PointerLength;
            if (frame.IsArray)
            {
                pointer.Append((byte)'/');
                pointer.AppendNumber(frame.Index);
            }
        }

        pointer.Append(_name.Slice(written, _name.Length - written));
    }

    private static void AppendPointerSegment(ReadOnlySpan<byte> name, ByteBuffer pointer)
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

    private static int EndOfString(ReadOnlySpan<byte> json, int quote, out bool escaped)
    {
        escaped = false;
        var at = quote + 1;
        while (true)
        {
            at += json[at..].IndexOfAny(QuoteOrEscape);
            if (json[at] == '"')
            {
                return at + 1;
            }

            escaped = true;
            at += 2;
        }
    }

    private static int SkipWhiteSpace(ReadOnlySpan<byte> json, int at)
    {
        while (at < json.Length && json[at] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
        {
            at++;
        }

        return at;
    }

    private struct Frame
    {
        public bool IsArray;
        public bool ExpectName;
        public Sensitivity Own;
        public Sensitivity Value;
        public Traits Name;
        public Traits? Around;
        public bool IsInPem;
        public bool NextGives;
        public int Index;
        public int Start;
        public int FirstName;
        public int Object;
        public int PointerLength;
    }
}
