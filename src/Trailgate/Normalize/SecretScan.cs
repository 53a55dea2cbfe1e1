using System.Buffers;
using System.Runtime.CompilerServices;

namespace Trailgate.Normalize;

/// <summary>
/// Walks over the secrets of one text, from the left: those by shape, those behind a secret's name and a colon or an
/// equals sign, and Base64 runs that hold such. Each kind is searched for again only when its last find has been passed,
/// so that a text of many secrets takes no longer than one of few.
/// </summary>
internal ref struct SecretScan
{
    private const int Assigned = SecretShapes.Count;
    private const int Flagged = Assigned + 1;
    private const int Encoded = Flagged + 1;
    private const int Kinds = Encoded + 1;
    private const int MaxNesting = 3;
    private const int MaxName = 64;

    /// <summary>No shape without a sign or a blank in it is shorter.</summary>
    private const int ShortestShape = 12;

    /// <summary>A name of three letters, a sign and a value.</summary>
    private const int ShortestAssignment = 5;

    private static readonly SearchValues<byte> Plain = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_."u8);
    private static readonly SearchValues<byte> HexDigits = SearchValues.Create("abcdef0123456789-"u8);
    private static readonly SearchValues<byte> Signs = SearchValues.Create(":=>"u8);
    private static readonly SearchValues<byte> Base64Run =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_"u8);

    private static readonly SearchValues<byte> EndOfWord = SearchValues.Create(" \t\r\n\"'<"u8);
    private static readonly SearchValues<byte> EndOfJsonScalar = SearchValues.Create(" \t\r\n,}]\"'"u8);

    private readonly ReadOnlySpan<byte> _text;
    private readonly NameTraits _traits;
    private readonly RedactionSettings _settings;
    private readonly bool _shapes;
    private readonly int _nesting;
    private Finds _finds;
    private int _at;
    private bool _isStarted;

    /// <param name="text">The text.</param>
    /// <param name="traits">Tells which names name secrets.</param>
    /// <param name="settings">What is redacted.</param>
    /// <param name="shapes">False when the caller knows that nothing in the text is a secret by its shape.</param>
    /// <param name="nesting">How many encodings were opened around the text.</param>
    public SecretScan(ReadOnlySpan<byte> text, NameTraits traits, RedactionSettings settings, bool shapes = true, int nesting = 0)
    {
        _shapes = shapes;
        _text = text;
        _traits = traits;
        _settings = settings;
        _nesting = nesting;
    }

    /// <summary>Whether a text is too plain to hold a secret: one check instead of all the searches, for most names and ids.</summary>
    public static bool IsPlain(ReadOnlySpan<byte> text) =>
        text.Length < ShortestShape ? !text.ContainsAnyExcept(Plain) : !text.ContainsAnyExcept(HexDigits);

    /// <summary>Whether secrets by their shape are searched for.</summary>
    public readonly bool FindsShapes => _shapes;

    /// <summary>
    /// Whether a text can assign a value to a name. Most texts have no sign of it, and CRNs, which are made of colons,
    /// assign nothing.
    /// </summary>
    public static bool MayAssign(ReadOnlySpan<byte> text) => text.IndexOfAny(Signs) >= 0 && CanAssign(text);

    /// <summary>As <see cref="MayAssign"/>, of a text that has a sign.</summary>
    public static bool CanAssign(ReadOnlySpan<byte> text) =>
        text.Length >= ShortestAssignment && !(text.StartsWith("crn:"u8) && text.IndexOfAny("= >"u8) < 0);

    /// <summary>Whether the text assigns a secret.</summary>
    public readonly bool Assigns() => FindAssigned() is not null;

    /// <summary>Whether the text has the flag of a command line with a secret behind it.</summary>
    public readonly bool HasFlag() => FindFlagged() is not null;

    /// <summary>The next secret: where it begins and how long it is. False when there is none left.</summary>
    public bool Next(out int start, out int length)
    {
        start = int.MaxValue;
        var end = 0;
        for (var kind = 0; kind < Kinds; kind++)
        {
            if (!_isStarted || _finds[kind].Start < _at)
            {
                var found = Find(kind);
                _finds[kind] = found is { } range ? (range.Start.Value, range.End.Value) : (int.MaxValue, 0);
            }

            var (first, last) = _finds[kind];
            if (first < start || (first == start && last > end))
            {
                (start, end) = (first, last);
            }
        }

        _isStarted = true;
        length = end - start;
        _at = end;
        return start != int.MaxValue;
    }

    private readonly Range? Find(int kind) => kind switch
    {
        Assigned => _settings.Names ? FindAssigned() : null,
        Flagged => _settings.Names ? FindFlagged() : null,
        Encoded => _shapes && _nesting < MaxNesting ? FindEncoded() : null,
        _ => _shapes && _settings.Shapes ? SecretShapes.Find(kind, _text, _at) : null,
    };

    // password=x, "password":"x", password: x, <password>x</password>
    private readonly Range? FindAssigned()
    {
        for (var at = _at; at < _text.Length;)
        {
            var next = _text[at..].IndexOfAny(Signs);
            if (next < 0)
            {
                return null;
            }

            var sign = at + next;
            at = sign + 1;
            var nameEnd = sign - (_text[_at..sign].Length - _text[_at..sign].TrimEnd(" \t\r\n\"'\\"u8).Length);
            var nameStart = NameStart(nameEnd);
            if (nameStart == nameEnd)
            {
                continue;
            }

            var isQuery = nameStart > 0 && _text[sign] == '=' && _text[nameStart - 1] is (byte)'?' or (byte)'&';
            var traits = TraitsOf(ref nameStart, nameEnd);
            if (!traits.HasFlag(Traits.Secret) && !(isQuery && traits.HasFlag(Traits.Query)))
            {
                continue;
            }

            var assignment = new Assignment(_text, nameStart, nameEnd, sign, traits);
            if (assignment.TryReadValue(out var start, out var length) && (traits.HasFlag(Traits.Secret) || length >= 16))
            {
                return start..(start + length);
            }
        }

        return null;
    }

    private readonly int NameStart(int end)
    {
        var start = end;
        while (start > 0 && end - start < MaxName
            && (char.IsAsciiLetterOrDigit((char)_text[start - 1]) || _text[start - 1] is (byte)'_' or (byte)'-' or (byte)'.' or (byte)'$' or >= 0x80))
        {
            start--;
        }

        return start;
    }

    // "API key: x": the word before may belong to the name.
    private readonly Traits TraitsOf(ref int nameStart, int nameEnd)
    {
        var name = _text[nameStart..nameEnd];
        var traits = MayBeName(name) ? _traits.Of(name, _traits.Hash(name)) : Traits.None;
        if (traits.HasFlag(Traits.Secret) || nameStart < 2 || _text[nameStart - 1] != ' ')
        {
            return traits;
        }

        var before = NameStart(nameStart - 1);
        var both = _text[before..nameEnd];
        var joined = before == nameStart - 1 ? traits : _traits.Of(both, _traits.Hash(both));
        if (!joined.HasFlag(Traits.Secret))
        {
            return traits;
        }

        nameStart = before;
        return joined;
    }

    // Times, versions and ports stand before colons as well, each another one: they are not looked up. No secret's name
    // that is shipped has fewer than two letters.
    private readonly bool MayBeName(ReadOnlySpan<byte> name)
    {
        const int FewestLetters = 2;
        var letters = 0;
        foreach (var c in name)
        {
            letters += char.IsAsciiLetter((char)c) || c >= 0x80 ? 1 : 0;
            if (letters == FewestLetters)
            {
                return true;
            }
        }

        return _traits.HasExtraSecrets;
    }

    // --password x, as command lines have it.
    private readonly Range? FindFlagged()
    {
        for (var at = _at; at < _text.Length;)
        {
            var next = _text[at..].IndexOf("--"u8);
            if (next < 0)
            {
                return null;
            }

            var nameStart = at + next + 2;
            var nameEnd = nameStart;
            while (nameEnd < _text.Length && nameEnd - nameStart <= MaxName
                && (char.IsAsciiLetterOrDigit((char)_text[nameEnd]) || _text[nameEnd] is (byte)'-' or (byte)'_' or (byte)'.'))
            {
                nameEnd++;
            }

            at = Math.Max(nameStart, nameEnd);
            if (nameEnd == nameStart || nameEnd >= _text.Length || _text[nameEnd] != ' ' || !_traits.IsSecret(_text[nameStart..nameEnd]))
            {
                continue;
            }

            var start = _text.Length - _text[nameEnd..].TrimStart(" \"'"u8).Length;
            var run = _text[start..].IndexOfAny(EndOfWord);
            var end = run < 0 ? _text.Length : start + run;
            if (end > start && _text[start] != '-' && !_text[start..end].SequenceEqual(Redactions.Replacement))
            {
                return start..end;
            }
        }

        return null;
    }

    // The Base64 of JSON, or of a PEM key, that holds a secret gives way as a whole.
    private readonly Range? FindEncoded()
    {
        for (var at = _at; at < _text.Length;)
        {
            var json = _text[at..].IndexOf("ey"u8);
            var pem = _text[at..(json < 0 ? _text.Length : at + json)].IndexOf("LS0tLS1"u8);
            var next = pem >= 0 ? pem : json;
            if (next < 0)
            {
                return null;
            }

            var start = at + next;
            var run = _text[start..].IndexOfAnyExcept(Base64Run);
            var end = run < 0 ? _text.Length : start + run;
            var content = _text[start..end];
            at = Math.Max(end, start + 2);
            var beginsRun = start == 0 || !Base64Run.Contains(_text[start - 1]) || _text[start - 1] is (byte)'/' or (byte)'-' or (byte)'_';
            if (beginsRun && content.Length >= 12 && (pem >= 0 || Base64Json.MayBe(content)) && Base64Json.Decode(content) is { } decoded
                && new SecretScan(TextRedactor.WithoutNeedlessEscapes(decoded), _traits, _settings, shapes: true, _nesting + 1).Next(out _, out _))
            {
                while (end < _text.Length && _text[end] == '=')
                {
                    end++;
                }

                return start..end;
            }
        }

        return null;
    }

    [InlineArray(Kinds)]
    private struct Finds
    {
        private (int Start, int End) _first;
    }

    /// <summary>A secret's name and the sign behind it: tells where the value lies, if it is one.</summary>
    private readonly ref struct Assignment(ReadOnlySpan<byte> text, int nameStart, int nameEnd, int sign, Traits traits)
    {
        private readonly ReadOnlySpan<byte> _text = text;

        public bool TryReadValue(out int start, out int length)
        {
            start = sign + 1;
            length = 0;
            var isElement = _text[sign] == '>';
            if (isElement)
            {
                if (nameStart == 0 || _text[nameStart - 1] != '<')
                {
                    return false;
                }

                var close = _text[start..].IndexOf((byte)'<');
                length = close < 0 ? _text.Length - start : close;
                return IsSecret(start, length);
            }

            // "=>", ":=" and "==" assign as well.
            start = _text.Length - _text[start..].TrimStart(IsQuotedName() ? "=> \t:\r\n"u8 : "=> \t:"u8).Length;
            if (_text[start..].StartsWith(Redactions.Replacement))
            {
                return false;
            }

            var escapes = _text[start..].IndexOfAnyExcept((byte)'\\');
            if (escapes >= 0 && _text[start + escapes] is (byte)'"' or (byte)'\'')
            {
                start += escapes + 1;
                length = QuotedLength(_text[start..], _text[start - 1], escapes);
                return IsSecret(start, length);
            }

            if (start < _text.Length && _text[start] is (byte)'{' or (byte)'[' && IsQuotedName())
            {
                length = ContainerLength(_text[start..]);
                return true;
            }

            var isPlain = _text[sign] == '=' || IsQuotedName();
            if (!isPlain && !MayBeMeant(start))
            {
                return false;
            }

            length = BareLength(start);
            return length > 0 && (isPlain || !traits.HasFlag(Traits.Weak) || traits.HasFlag(Traits.WholeLine) || HasMoreThanLetters(_text.Slice(start, length)));
        }

        private bool IsSecret(int start, int length) => length > 0 && !_text[start..].StartsWith(Redactions.Replacement);

        private bool IsQuotedName() => nameEnd < sign && _text[nameEnd..sign].IndexOfAny((byte)'"', (byte)'\'') >= 0;

        // Behind a colon prose goes on, and scopes and CRNs are made of words and colons: secret:read, ...:secret:id.
        private bool MayBeMeant(int start) =>
            !(nameStart > 0 && _text[nameStart - 1] is (byte)':' or (byte)'/') && (!traits.HasFlag(Traits.Weak) || start > sign + 1);

        private static bool HasMoreThanLetters(ReadOnlySpan<byte> value)
        {
            foreach (var c in value)
            {
                if (!char.IsAsciiLetter((char)c) && c is not ((byte)' ' or (byte)'.' or (byte)'-'))
                {
                    return true;
                }
            }

            return false;
        }

        private int BareLength(int start)
        {
            var rest = _text[start..];
            if (IsQuotedName())
            {
                var scalar = rest.IndexOfAny(EndOfJsonScalar);
                return scalar < 0 ? rest.Length : scalar;
            }

            // At the begin of a line, or of a quoted text, the value has all the rest of it.
            var before = _text[..nameStart].TrimEnd(" \t"u8);
            var isWhole = before.IsEmpty || before[^1] is (byte)'\n' or (byte)'\r' or (byte)'"' or (byte)'\'' || traits.HasFlag(Traits.WholeLine);
            for (var at = 0; at < rest.Length; at++)
            {
                switch (rest[at])
                {
                    case (byte)'\r' or (byte)'\n' or (byte)'"' or (byte)'<':
                    case (byte)'\'' or (byte)' ' or (byte)'\t' when !isWhole:
                    case (byte)')' or (byte)']' or (byte)'}' when !isWhole:
                    case (byte)',' or (byte)';' or (byte)'&' when !traits.HasFlag(Traits.WholeLine) && IsSeparator(rest[(at + 1)..], isWhole):
                        return at;
                    case (byte)'\\' when at + 1 < rest.Length && rest[at + 1] is (byte)'"' or (byte)'\\' or (byte)'n' or (byte)'r':
                        return at;
                    default:
                        break;
                }
            }

            return rest.Length;
        }

        // A comma or semicolon within a password is followed by more of it, one behind it by a blank or the next name.
        private static bool IsSeparator(ReadOnlySpan<byte> rest, bool isWhole)
        {
            if (rest.IsEmpty || (!isWhole && rest[0] is (byte)' ' or (byte)'\t'))
            {
                return true;
            }

            rest = rest.TrimStart(" \t"u8);
            var name = 0;
            while (name < rest.Length && name < MaxName && (char.IsAsciiLetterOrDigit((char)rest[name]) || rest[name] is (byte)'_' or (byte)'-' or (byte)'.' or (byte)' '))
            {
                name++;
            }

            return name > 0 && name < rest.Length && rest[name] == '=';
        }

        // A quote behind so many backslashes as the first one had ends the value: JSON in a string in a string has 1, 3, 7...
        // of them, its escaped quotes have more, and a backslash of the value's own is written as twice as many and two.
        private static int QuotedLength(ReadOnlySpan<byte> text, byte quote, int escapes)
        {
            var run = 0;
            for (var at = 0; at < text.Length; at++)
            {
                if (text[at] == '\\')
                {
                    run++;
                    continue;
                }

                if (text[at] == quote && run % (2 * (escapes + 1)) == escapes)
                {
                    return at - escapes;
                }

                run = 0;
            }

            return text.Length;
        }

        // To the bracket that closes the first one, or to the end.
        private static int ContainerLength(ReadOnlySpan<byte> text)
        {
            var depth = 0;
            for (var at = 0; at < text.Length; at++)
            {
                switch (text[at])
                {
                    case (byte)'{' or (byte)'[':
                        depth++;
                        break;
                    case (byte)'}' or (byte)']' when --depth == 0:
                        return at + 1;
                    case (byte)'"':
                        var escapes = 0;
                        while (at - escapes > 0 && text[at - escapes - 1] == '\\')
                        {
                            escapes++;
                        }

                        at += 1 + QuotedLength(text[(at + 1)..], (byte)'"', escapes) + escapes;
                        break;
                    default:
                        break;
                }
            }

            return text.Length;
        }
    }
}
