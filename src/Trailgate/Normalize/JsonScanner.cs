using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Trailgate.Normalize;

/// <summary>
/// Walks over JSON text (RFC 8259) and checks every byte of it, but tells values from one another only where it is asked
/// to: an event needs to be cut into its members, not into tokens. Accepts what <see cref="Utf8JsonReader"/> accepts, at
/// any depth, in a fraction of its time. The text must be valid UTF-8.
/// </summary>
internal ref struct JsonScanner
{
    private static ReadOnlySpan<byte> NumberEnds => ",}] \t\r\n"u8;

    private readonly ReadOnlySpan<byte> _json;
    private int _at;

    public JsonScanner(ReadOnlySpan<byte> json, int start = 0)
    {
        _json = json;
        _at = start;
    }

    /// <summary>The text.</summary>
    public readonly ReadOnlySpan<byte> Json => _json;

    /// <summary>The next byte's place: of a value, after <see cref="MoveToValue"/>.</summary>
    public readonly int Position => _at;

    /// <summary>What begins here, told by its first byte alone; None where nothing can.</summary>
    public readonly JsonTokenType Type => _at == _json.Length ? JsonTokenType.None : _json[_at] switch
    {
        (byte)'{' => JsonTokenType.StartObject,
        (byte)'[' => JsonTokenType.StartArray,
        (byte)'"' => JsonTokenType.String,
        (byte)'t' => JsonTokenType.True,
        (byte)'f' => JsonTokenType.False,
        (byte)'n' => JsonTokenType.Null,
        (byte)'-' or (>= (byte)'0' and <= (byte)'9') => JsonTokenType.Number,
        _ => JsonTokenType.None,
    };

    /// <summary>Goes over white space to the next of several values. False at the end of the text.</summary>
    public bool MoveToValue()
    {
        _at = SkipWhiteSpace(_json, _at);
        return _at < _json.Length;
    }

    /// <summary>Enters the array or object that begins here. False when it is empty, and then it is behind it.</summary>
    /// <exception cref="JsonException">The text is no JSON.</exception>
    public bool Enter()
    {
        var close = (byte)(_json[_at++] + 2); // {} and [] are two apart
        _at = SkipWhiteSpace(_json, _at);
        return !IsNext(close);
    }

    /// <summary>Behind an element or a member: goes on to the next. False when there is none, and then it is behind the whole.</summary>
    /// <exception cref="JsonException">The text is no JSON.</exception>
    public bool MoveToNext(byte close)
    {
        _at = SkipWhiteSpace(_json, _at);
        if (IsNext((byte)','))
        {
            _at = SkipWhiteSpace(_json, _at);
            return true;
        }

        return IsNext(close) ? false : throw Broken();
    }

    /// <summary>Reads a member's name, and stands on its value then.</summary>
    /// <param name="isEscaped">Whether the name has escapes.</param>
    /// <returns>The name between its quotes, as it is written.</returns>
    /// <exception cref="JsonException">The text is no JSON.</exception>
    public ReadOnlySpan<byte> ReadName(out bool isEscaped)
    {
        var start = _at + 1;
        var end = StringEnd(_json, _at, out isEscaped);
        _at = end < 0 ? end : ValueAfterName(_json, end);
        return _at < 0 ? throw Broken() : _json[start..(end - 1)];
    }

    /// <summary>Goes over the value that begins here.</summary>
    /// <exception cref="JsonException">The text is no JSON.</exception>
    public void Skip()
    {
        _at = ValueEnd(_json, _at);
        if (_at < 0)
        {
            throw Broken();
        }
    }

    /// <summary>Goes over the value that begins here.</summary>
    /// <param name="isPlain">Whether it is a string without escapes and without a sign that could assign a value.</param>
    /// <exception cref="JsonException">The text is no JSON.</exception>
    public void Skip(out bool isPlain)
    {
        isPlain = false;
        if (_at < _json.Length && _json[_at] == '"')
        {
            var hasSign = false;
            var end = StringContent.Scan(_json, _at + 1, ref hasSign);
            if (end < _json.Length && _json[end] == '"')
            {
                isPlain = !hasSign;
                _at = end + 1;
                return;
            }
        }

        Skip();
    }

    // Below, a place less than zero means that the text is no JSON.

    // Not recursive, so that no nesting can exhaust the stack; what is open is one bit a level.
    private static int ValueEnd(ReadOnlySpan<byte> json, int at)
    {
        var open = new OpenContainers();
        while ((uint)at < (uint)json.Length)
        {
            var first = json[at];
            if (first is (byte)'{' or (byte)'[')
            {
                at = SkipWhiteSpace(json, at + 1);
                if ((uint)at >= (uint)json.Length)
                {
                    return -1;
                }

                if (json[at] != first + 2) // {} and [] are two apart
                {
                    open.Push(first == '{');
                    at = first == '{' ? NameEnd(json, at) : at;
                    continue;
                }

                at++;
            }
            else
            {
                at = first == '"' ? StringEnd(json, at, out _) : ScalarEnd(json, at);
                if (at < 0)
                {
                    return at;
                }
            }

            // Behind a value: close what ends here, then go on behind a comma.
            while (true)
            {
                if (open.Depth == 0)
                {
                    return at;
                }

                at = SkipWhiteSpace(json, at);
                if ((uint)at >= (uint)json.Length)
                {
                    return -1;
                }

                if (json[at] == ',')
                {
                    break;
                }

                if (json[at] != (open.IsObject ? (byte)'}' : (byte)']'))
                {
                    return -1;
                }

                open.Pop();
                at++;
            }

            at = SkipWhiteSpace(json, at + 1);
            at = open.IsObject ? NameEnd(json, at) : at;
        }

        return -1;
    }

    // From a name to the value behind it.
    private static int NameEnd(ReadOnlySpan<byte> json, int at)
    {
        at = StringEnd(json, at, out _);
        return at < 0 ? at : ValueAfterName(json, at);
    }

    private static int ValueAfterName(ReadOnlySpan<byte> json, int at)
    {
        at = SkipWhiteSpace(json, at);
        return (uint)at < (uint)json.Length && json[at] == ':' ? SkipWhiteSpace(json, at + 1) : -1;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int StringEnd(ReadOnlySpan<byte> json, int at, out bool isEscaped)
    {
        isEscaped = false;
        if ((uint)at >= (uint)json.Length || json[at] != '"')
        {
            return -1;
        }

        var hasSign = false;
        at = StringContent.Scan(json, at + 1, ref hasSign);
        return (uint)at < (uint)json.Length && json[at] == '"' ? at + 1 : EscapedStringEnd(json, at, out isEscaped);
    }

    private static int EscapedStringEnd(ReadOnlySpan<byte> json, int at, out bool isEscaped)
    {
        isEscaped = true;
        var hasSign = false;
        while (at < json.Length && json[at] == '\\')
        {
            at = EscapeEnd(json, at);
            if (at < 0)
            {
                return at;
            }

            at = StringContent.Scan(json, at, ref hasSign);
        }

        return at < json.Length && json[at] == '"' ? at + 1 : -1;
    }

    private static int EscapeEnd(ReadOnlySpan<byte> json, int at)
    {
        if (at + 1 == json.Length)
        {
            return -1;
        }

        switch (json[at + 1])
        {
            case (byte)'"' or (byte)'\\' or (byte)'/' or (byte)'b' or (byte)'f' or (byte)'n' or (byte)'r' or (byte)'t':
                return at + 2;
            case (byte)'u' when at + 6 <= json.Length:
                foreach (var digit in json.Slice(at + 2, 4))
                {
                    if (!char.IsAsciiHexDigit((char)digit))
                    {
                        return -1;
                    }
                }

                return at + 6;
            default:
                return -1;
        }
    }

    private static int ScalarEnd(ReadOnlySpan<byte> json, int at)
    {
        var word = json[at] switch { (byte)'t' => "true"u8, (byte)'f' => "false"u8, (byte)'n' => "null"u8, _ => [] };
        return word.IsEmpty ? NumberEnd(json, at)
            : json[at..].StartsWith(word) ? at + word.Length
            : -1;
    }

    private static int NumberEnd(ReadOnlySpan<byte> json, int at)
    {
        if (json[at] == '-')
        {
            at++;
        }

        at = at < json.Length && json[at] == '0' ? at + 1 : DigitsEnd(json, at);
        if (at >= 0 && at < json.Length && json[at] == '.')
        {
            at = DigitsEnd(json, at + 1);
        }

        if (at >= 0 && at < json.Length && json[at] is (byte)'e' or (byte)'E')
        {
            at++;
            at = DigitsEnd(json, at < json.Length && json[at] is (byte)'+' or (byte)'-' ? at + 1 : at);
        }

        return at < 0 || at == json.Length || NumberEnds.Contains(json[at]) ? at : -1;
    }

    private static int DigitsEnd(ReadOnlySpan<byte> json, int at)
    {
        var start = at;
        while (at < json.Length && char.IsAsciiDigit((char)json[at]))
        {
            at++;
        }

        return at > start ? at : -1;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int SkipWhiteSpace(ReadOnlySpan<byte> json, int at)
    {
        while ((uint)at < (uint)json.Length && json[at] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
        {
            at++;
        }

        return at;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool IsNext(byte value)
    {
        if ((uint)_at < (uint)_json.Length && _json[_at] == value)
        {
            _at++;
            return true;
        }

        return false;
    }

    // The reader of the platform tells the place of the fault, and what is wrong there.
    private readonly JsonException Broken()
    {
        var reader = new Utf8JsonReader(_json, new JsonReaderOptions { MaxDepth = int.MaxValue, AllowMultipleValues = true });
        try
        {
            while (reader.Read())
            {
            }
        }
        catch (JsonException e)
        {
            return e;
        }

        // Never seen: the two agree. Refusing is the safe side.
        return new JsonException("Not JSON.", path: null, lineNumber: 0, bytePositionInLine: 0);
    }

    private ref struct OpenContainers
    {
        private ulong _isObject;
        private List<ulong>? _outer;

        public int Depth { get; private set; }

        public readonly bool IsObject => (_isObject & 1) != 0;

        public void Push(bool isObject)
        {
            if (Depth > 0 && Depth % 64 == 0)
            {
                (_outer ??= []).Add(_isObject);
            }

            _isObject = (_isObject << 1) | (isObject ? 1UL : 0);
            Depth++;
        }

        public void Pop()
        {
            Depth--;
            _isObject >>= 1;
            if (Depth > 0 && Depth % 64 == 0)
            {
                _isObject = _outer![^1];
                _outer.RemoveAt(_outer.Count - 1);
            }
        }
    }
}
