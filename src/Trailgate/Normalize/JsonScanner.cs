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
        SkipWhiteSpace();
        return _at < _json.Length;
    }

    /// <summary>Enters the array or object that begins here. False when it is empty, and then it is behind it.</summary>
    /// <exception cref="JsonException">The text is no JSON.</exception>
    public bool Enter()
    {
        var close = (byte)(_json[_at++] + 2); // {} and [] are two apart
        SkipWhiteSpace();
        return !IsNext(close);
    }

    /// <summary>Behind an element or a member: goes on to the next. False when there is none, and then it is behind the whole.</summary>
    /// <exception cref="JsonException">The text is no JSON.</exception>
    public bool MoveToNext(byte close)
    {
        SkipWhiteSpace();
        if (IsNext((byte)','))
        {
            SkipWhiteSpace();
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
        var start = _at;
        if (!SkipName(out isEscaped, out var end))
        {
            throw Broken();
        }

        return _json[(start + 1)..end];
    }

    /// <summary>Goes over the value that begins here.</summary>
    /// <exception cref="JsonException">The text is no JSON.</exception>
    public void Skip()
    {
        if (!TrySkip())
        {
            throw Broken();
        }
    }

    // Not recursive, so that no nesting can exhaust the stack; what is open is one bit a level.
    private bool TrySkip()
    {
        var open = new OpenContainers();
        while (true)
        {
            if (_at == _json.Length)
            {
                return false;
            }

            var first = _json[_at];
            if (first is (byte)'{' or (byte)'[')
            {
                _at++;
                SkipWhiteSpace();
                if (!IsNext((byte)(first + 2)))
                {
                    open.Push(first == '{');
                    if (first == '{' && !SkipName(out _, out _))
                    {
                        return false;
                    }

                    continue;
                }
            }
            else if (!(first == '"' ? SkipString(out _) : SkipScalar(first)))
            {
                return false;
            }

            while (true)
            {
                if (open.Depth == 0)
                {
                    return true;
                }

                SkipWhiteSpace();
                if (IsNext((byte)','))
                {
                    break;
                }

                if (!IsNext(open.IsObject ? (byte)'}' : (byte)']'))
                {
                    return false;
                }

                open.Pop();
            }

            SkipWhiteSpace();
            if (open.IsObject && !SkipName(out _, out _))
            {
                return false;
            }
        }
    }

    private bool SkipName(out bool isEscaped, out int end)
    {
        isEscaped = false;
        end = 0;
        if (_at == _json.Length || _json[_at] != '"' || !SkipString(out isEscaped))
        {
            return false;
        }

        end = _at - 1;
        SkipWhiteSpace();
        if (!IsNext((byte)':'))
        {
            return false;
        }

        SkipWhiteSpace();
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool SkipString(out bool isEscaped)
    {
        isEscaped = false;
        var at = _at + 1;
        var hasSign = false;
        while (true)
        {
            at = StringContent.Scan(_json, at, ref hasSign);
            if (at == _json.Length || _json[at] < 0x20)
            {
                return false;
            }

            if (_json[at] == '"')
            {
                _at = at + 1;
                return true;
            }

            isEscaped = true;
            at = EscapeEnd(at);
            if (at < 0)
            {
                return false;
            }
        }
    }

    // The byte behind an escape; less than zero when it is none.
    private readonly int EscapeEnd(int at)
    {
        if (at + 1 == _json.Length)
        {
            return -1;
        }

        switch (_json[at + 1])
        {
            case (byte)'"' or (byte)'\\' or (byte)'/' or (byte)'b' or (byte)'f' or (byte)'n' or (byte)'r' or (byte)'t':
                return at + 2;
            case (byte)'u' when at + 6 <= _json.Length:
                foreach (var digit in _json.Slice(at + 2, 4))
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

    private bool SkipScalar(byte first) => first switch
    {
        (byte)'t' => SkipWord("true"u8),
        (byte)'f' => SkipWord("false"u8),
        (byte)'n' => SkipWord("null"u8),
        _ => SkipNumber(),
    };

    private bool SkipWord(ReadOnlySpan<byte> word)
    {
        if (!_json[_at..].StartsWith(word))
        {
            return false;
        }

        _at += word.Length;
        return true;
    }

    private bool SkipNumber()
    {
        var at = _at;
        if (_json[at] == '-')
        {
            at++;
        }

        if (at < _json.Length && _json[at] == '0')
        {
            at++;
        }
        else if (!SkipDigits(ref at))
        {
            return false;
        }

        if (at < _json.Length && _json[at] == '.')
        {
            at++;
            if (!SkipDigits(ref at))
            {
                return false;
            }
        }

        if (at < _json.Length && _json[at] is (byte)'e' or (byte)'E')
        {
            at++;
            if (at < _json.Length && _json[at] is (byte)'+' or (byte)'-')
            {
                at++;
            }

            if (!SkipDigits(ref at))
            {
                return false;
            }
        }

        _at = at;
        return at == _json.Length || NumberEnds.Contains(_json[at]);
    }

    private readonly bool SkipDigits(ref int at)
    {
        var start = at;
        while (at < _json.Length && char.IsAsciiDigit((char)_json[at]))
        {
            at++;
        }

        return at > start;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void SkipWhiteSpace()
    {
        while (_at < _json.Length && _json[_at] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
        {
            _at++;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool IsNext(byte value)
    {
        if (_at < _json.Length && _json[_at] == value)
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

        return new JsonException($"Not JSON at byte {_at + 1}.", path: null, lineNumber: 0, bytePositionInLine: _at);
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
