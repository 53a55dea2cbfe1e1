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
    /// <summary>JSON texts within JSON texts are opened this many times.</summary>
    private const int MaxTextNesting = 4;

    /// <summary>Above this many members the names of an object are compared through a set.</summary>
    private const int FewMembers = 32;

    /// <summary>
    /// Beyond this many members names are compared no more: such an event is far above its size limit and is cut anyway.
    /// </summary>
    private const int MaxComparedMembers = 65_536;

    private static readonly SearchValues<byte> EndOfScalar = SearchValues.Create(",]} \t\r\n"u8);
    private static readonly SearchValues<byte> QuoteOrEscape = SearchValues.Create("\"\\"u8);

    private readonly Frame[] _frames = new Frame[512];
    private readonly ByteBuffer _name = new(256);
    private readonly ByteBuffer[] _texts = [new(), new(), new(), new(), new()];
    private ulong[] _names = new ulong[256];
    private HashSet<(int Frame, ulong Name)>? _manyNames;
    private ByteBuffer _output = null!; // set by Copy before anything reads it
    private int _depth;
    private int _nameCount;
    private int _textNesting;
    private int _objects;
    private bool _mayHoldShapes;

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
    public CopyFault Copy(
        ReadOnlySpan<byte> json, ReadOnlySpan<byte> member, Sensitivity sensitivity, bool mayHoldShapes, int maxDepth, ByteBuffer output, ReadOnlySpan<byte> parent = default)
    {
        _output = output;
        _mayHoldShapes = mayHoldShapes && settings.Shapes;
        _nameCount = 0;
        _manyNames?.Clear();
        _objects = 0;
        _textNesting = 0;
        _name.Clear();
        _name.Append(parent);
        AppendPointerSegment(member, _name);
        _frames[0] = new Frame { PointerLength = _name.Length, Value = sensitivity };
        _depth = 0;
        return CopyText(json, Math.Min(maxDepth, _frames.Length - 2));
    }

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
        ref var parent = ref _frames[_depth];
        _frames[++_depth] = new Frame
        {
            IsArray = isArray,
            ExpectName = !isArray,
            Start = start,
            Value = parent.Value,
            Own = parent.Value,
            FirstName = _nameCount,
            Object = ++_objects,
            PointerLength = _name.Length,
        };
    }

    private void Leave()
    {
        _nameCount = _frames[_depth].FirstName;
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
            if (escaped)
            {
                _output.Append(json[run..(i + 1)]);
                JsonStrings.AppendCanonical(content, _output);
                run = end - 1;
            }

            i = end;
            return OnName(json, content, escaped);
        }

        if (!NeedsCare(content, escaped, frame.Value, frame.Name))
        {
            i = end;
            return CopyFault.None;
        }

        _output.Append(json[run..i]);
        CopyString(content, escaped);
        run = i = end;
        return CopyFault.None;
    }

    private CopyFault OnName(ReadOnlySpan<byte> json, ReadOnlySpan<byte> content, bool escaped)
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
        AppendPointerSegment(name, _name);
        var hash = traits.Hash(name);
        if (_textNesting == 0 && !AddName(ref frame, hash))
        {
            FaultPointer = CurrentPointer();
            return CopyFault.DuplicateMember;
        }

        frame.Name = traits.Of(name, hash);
        frame.Value = ValueSensitivity(json, ref frame);
        return CopyFault.None;
    }

    private Sensitivity ValueSensitivity(ReadOnlySpan<byte> json, ref Frame frame)
    {
        if (frame.Own == Sensitivity.Material
            || (frame.Name.HasFlag(Traits.Secret) && settings.Names)
            || (frame.Own == Sensitivity.SecretBody && frame.Name.HasFlag(Traits.Material))
            || (frame.Name.HasFlag(Traits.PairedValue) && settings.Names && BelongsToSecretName(json, ref frame)))
        {
            return Sensitivity.Material;
        }

        return frame.Own;
    }

    // {"name":"DB_PASSWORD","value":"x"}, in either order: the name may come after the value, so the object is read on its own.
    // Once an object: hostile ones have many members whose names read as "value".
    private bool BelongsToSecretName(ReadOnlySpan<byte> json, ref Frame frame) =>
        frame.NamesSecret ??= FindsSecretName(json[frame.Start..]);

    private bool FindsSecretName(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, isFinalBlock: false, new JsonReaderState(new JsonReaderOptions { MaxDepth = _frames.Length }));
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isName = reader.TextIs("name"u8) || reader.TextIs("key"u8) || reader.TextIs("header"u8)
                || reader.TextIs("Name"u8) || reader.TextIs("Key"u8);
            if (!reader.Read())
            {
                return false;
            }

            if (isName && reader.TokenType == JsonTokenType.String && !reader.ValueIsEscaped && traits.IsSecret(reader.ValueSpan))
            {
                return true;
            }

            if (!reader.TrySkip())
            {
                return false;
            }
        }

        return false;
    }

    private bool NeedsCare(ReadOnlySpan<byte> content, bool escaped, Sensitivity sensitivity, Traits name) =>
        escaped
        || sensitivity != Sensitivity.Ordinary
        || _mayHoldShapes
        || (content.Length == 44 && settings.Shapes && !name.HasFlag(Traits.Descriptive))
        || Base64Json.MayBe(content);

    private void CopyString(ReadOnlySpan<byte> content, bool escaped)
    {
        _output.Append((byte)'"');
        ref var frame = ref _frames[_depth];
        // Where there is no name (an element of an array), the name of the array counts.
        var gives = frame.Value == Sensitivity.Material
            || (frame.Value == Sensitivity.SecretBody && !NameAround().HasFlag(Traits.Descriptive));
        if (content.Length > 0 && (gives || (settings.Shapes && !NameAround().HasFlag(Traits.Descriptive) && SecretShapes.IsIbmApiKey(content))))
        {
            if (!content.SequenceEqual(Redactions.Replacement))
            {
                Redact(content);
            }

            _output.Append(Redactions.Replacement);
        }
        else if (!escaped)
        {
            if (!Base64Json.MayBe(content) || _textNesting == MaxTextNesting || !TryCopyBase64Json(content))
            {
                CopyPlain(content, content, escaped);
            }
        }
        else if (_textNesting < MaxTextNesting)
        {
            var text = _texts[_textNesting];
            text.Clear();
            JsonStrings.AppendUnescaped(content, text);
            if (!TryCopyJsonText(text.Written))
            {
                CopyPlain(content, text.Written, escaped);
            }
        }
        else
        {
            JsonStrings.AppendCanonical(content, _output);
        }

        _output.Append((byte)'"');
    }

    private void CopyPlain(ReadOnlySpan<byte> content, ReadOnlySpan<byte> text, bool escaped)
    {
        if (!_mayHoldShapes || !SecretShapes.TryFind(text, out var start, out var length))
        {
            if (escaped)
            {
                JsonStrings.AppendCanonical(content, _output);
            }
            else
            {
                _output.Append(content);
            }

            return;
        }

        do
        {
            JsonStrings.AppendEscaped(text[..start], _output);
            Redact(text.Slice(start, length));
            _output.Append(Redactions.Replacement);
            text = text[(start + length)..];
        }
        while (SecretShapes.TryFind(text, out start, out length));

        JsonStrings.AppendEscaped(text, _output);
    }

    // A string that holds a JSON object or array is copied as the same kind of string, its secrets replaced.
    private bool TryCopyJsonText(ReadOnlySpan<byte> text)
    {
        if (TryRedactJsonText(text) is not { } redacted)
        {
            return false;
        }

        JsonStrings.AppendEscaped(redacted.Written, _output);
        return true;
    }

    private bool TryCopyBase64Json(ReadOnlySpan<byte> content)
    {
        if (Base64Json.Decode(content) is not { } text || TryRedactJsonText(text) is not { } redacted)
        {
            return false;
        }

        Base64Json.Append(redacted.Written, _output);
        return true;
    }

    // Null when it is no JSON, or holds no secret and is best kept as it came.
    private ByteBuffer? TryRedactJsonText(ReadOnlySpan<byte> text)
    {
        if (!JsonText.IsObjectOrArray(text))
        {
            return null;
        }

        var output = _output;
        var mayHoldShapes = _mayHoldShapes;
        var before = redactions.Count;
        var inner = new ByteBuffer(text.Length + 64);
        _mayHoldShapes = settings.Shapes; // What was looked at before was its escaped or encoded form.
        _output = inner;
        _textNesting++;
        var bottom = _depth;
        var names = _nameCount;
        var pointer = _name.Length;
        _frames[++_depth] = new Frame { PointerLength = pointer, Value = _frames[bottom].Value, Own = _frames[bottom].Value, FirstName = names };
        var fault = _depth + JsonText.MaxDepth + 1 < _frames.Length ? CopyText(text, JsonText.MaxDepth) : CopyFault.TooDeep;
        _depth = bottom;
        _nameCount = names;
        _name.Truncate(pointer);
        _textNesting--;
        _output = output;
        _mayHoldShapes = mayHoldShapes;
        if (fault != CopyFault.None || redactions.Count == before)
        {
            redactions.Rewind(before);
            return null;
        }

        return inner;
    }

    private Traits NameAround()
    {
        var at = _depth;
        while (at > 0 && _frames[at].IsArray)
        {
            at--;
        }

        return _frames[at].Name;
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
        public bool? NamesSecret;
        public int Index;
        public int Start;
        public int FirstName;
        public int Object;
        public int PointerLength;
    }
}
