using System.Buffers;

namespace Trailgate.Normalize;

/// <summary>
/// Finds texts that are secrets by their shape, whatever member they stand in: JSON Web Tokens, PEM private keys, AWS
/// access keys, GitHub and Slack tokens, IBM Cloud API keys, passwords in URLs, and credentials after Bearer or Basic.
/// </summary>
internal static class SecretShapes
{
    /// <summary>IBM Cloud API keys have 44 characters of base64url and no mark of their own.</summary>
    public const int IbmApiKeyLength = 44;

    private static readonly SearchValues<byte> TokenCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"u8);

    private static readonly SearchValues<byte> CredentialCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~+/="u8);

    private static readonly SearchValues<byte> CapitalsAndDigits = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"u8);

    private static readonly SearchValues<byte> Base64Characters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="u8);

    private static readonly SearchValues<byte> Blanks = SearchValues.Create(" \t"u8);

    private static readonly SearchValues<byte> EndOfUrl = SearchValues.Create(" \t\r\n\"'\\<>"u8);

    private static readonly SearchValues<byte> EndOfAuthority = SearchValues.Create("/?# \"\\<>"u8);

    /// <summary>Whether a text can hold a shape at all. Errs on the side of yes.</summary>
    /// <param name="json">A raw event, or a text.</param>
    /// <param name="hasMarks">Whether <see cref="SecretMarks"/> has seen any; a false alarm is noticed here.</param>
    public static bool MayOccurIn(ReadOnlySpan<byte> json, bool hasMarks) =>
        (hasMarks && HasMark(json))
        || (json.Contains((byte)'@') && (FindUserInfo(json, 0) is not null || json.IndexOf("@tcp("u8) >= 0));

    private static bool HasMark(ReadOnlySpan<byte> json) =>
        json.IndexOf("\\u"u8) >= 0
        || json.IndexOf("eyJ"u8) >= 0
        || json.IndexOf("PRIVATE KEY"u8) >= 0
        || json.IndexOf("AKIA"u8) >= 0
        || json.IndexOf("ASIA"u8) >= 0
        || HasGitHubMark(json)
        || json.IndexOf("xox"u8) >= 0
        || HasScheme(json, "earer"u8)
        || HasScheme(json, "asic"u8)
        || HasScheme(json, "EARER"u8)
        || HasScheme(json, "ASIC"u8)
        || json.IndexOf("LS0tLS1"u8) >= 0
        || json.IndexOf("eyA"u8) >= 0
        || json.IndexOf("ewo"u8) >= 0;

    private static bool HasScheme(ReadOnlySpan<byte> text, ReadOnlySpan<byte> end)
    {
        for (var at = text.IndexOf(end); at >= 0; at = text.IndexOf(end))
        {
            text = text[(at + end.Length)..];
            if (!text.IsEmpty && text[0] is (byte)' ' or (byte)'\t')
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>How many kinds of shapes <see cref="Find"/> knows.</summary>
    public const int Count = 11;

    /// <summary>The first secret of one kind at or after a place, or null.</summary>
    public static Range? Find(int kind, ReadOnlySpan<byte> text, int from) => kind switch
    {
        0 => FindJwt(text, from),
        1 => FindPem(text, from),
        2 => FindAwsKeyId(text, "AKIA"u8, from),
        3 => FindAwsKeyId(text, "ASIA"u8, from),
        4 => FindGitHub(text, from),
        5 => FindPrefixed(text, "github_pat_"u8, 30, from),
        6 => FindPrefixed(text, "xox"u8, 15, from),
        7 => FindAfterScheme(text, "earer"u8, "EARER"u8, isBasic: false, from),
        8 => FindAfterScheme(text, "asic"u8, "ASIC"u8, isBasic: true, from),
        9 => FindUserInfo(text, from),
        _ => FindDriverPassword(text, from),
    };

    /// <summary>Whether a text, whole, looks like the secret half of an AWS access key: 40 characters of Base64 of all three classes.</summary>
    public static bool IsAwsSecretKey(ReadOnlySpan<byte> text) =>
        text.Length == 40
        && !text.ContainsAnyExcept(Base64Characters)
        && text.ContainsAnyInRange((byte)'A', (byte)'Z')
        && text.ContainsAnyInRange((byte)'a', (byte)'z')
        && text.ContainsAnyInRange((byte)'0', (byte)'9');

    /// <summary>Whether the id of an AWS access key stands in a text.</summary>
    public static bool HasAwsKeyId(ReadOnlySpan<byte> text) =>
        FindAwsKeyId(text, "AKIA"u8, 0) is not null || FindAwsKeyId(text, "ASIA"u8, 0) is not null;

    /// <summary>Whether a text begins a PEM private key and does not end it: its lines follow elsewhere.</summary>
    public static bool OpensPem(ReadOnlySpan<byte> text) => FindPem(text, 0) is not null && text.LastIndexOf("-----END "u8) < text.LastIndexOf("-----BEGIN "u8);

    /// <summary>Whether a whole value has the shape of an IBM Cloud API key: 44 characters of base64url, all three classes.</summary>
    public static bool IsIbmApiKey(ReadOnlySpan<byte> text) =>
        text.Length == IbmApiKeyLength
        && !text.ContainsAnyExcept(TokenCharacters)
        && text.ContainsAnyInRange((byte)'A', (byte)'Z')
        && text.ContainsAnyInRange((byte)'a', (byte)'z')
        && text.ContainsAnyInRange((byte)'0', (byte)'9');

    // header.payload.signature, each base64url; the header is a JSON object, which begins with eyJ or, where it has white
    // space, with eyA or ewo (RFC 7519). Encrypted ones have five parts, of which one may be empty.
    private static Range? FindJwt(ReadOnlySpan<byte> text, int from)
    {
        for (var at = from; at < text.Length;)
        {
            var next = text[at..].IndexOf("eyJ"u8);
            if (next < 0)
            {
                return null;
            }

            var start = at + next;
            var end = start + Run(text[start..], TokenCharacters);
            var headerEnd = end;
            while (end < text.Length && text[end] == '.')
            {
                end += 1 + Run(text[(end + 1)..], TokenCharacters);
            }

            if (end - headerEnd > 11)
            {
                return start..end;
            }

            at = headerEnd;
        }

        return null;
    }

    // From "-----BEGIN ... PRIVATE KEY-----" (or "... PRIVATE KEY BLOCK-----") to the end of the next "-----END ...-----".
    private static Range? FindPem(ReadOnlySpan<byte> text, int from)
    {
        const int MaxLabel = 64;
        for (var at = from; at < text.Length;)
        {
            var next = text[at..].IndexOf("PRIVATE KEY"u8);
            if (next < 0)
            {
                return null;
            }

            var key = at + next;
            at = key + "PRIVATE KEY"u8.Length;
            var before = text[Math.Max(from, key - MaxLabel)..key];
            var begin = before.LastIndexOf("-BEGIN "u8);
            var begins = begin < 0 ? begin : before[..(begin + 1)].TrimEnd((byte)'-').Length;
            var rest = text[at..];
            if (begin < 0 || before[(begin + 7)..].Contains((byte)'-') || !(rest.StartsWith("-----"u8) || rest.StartsWith(" BLOCK-----"u8)))
            {
                continue;
            }

            var end = text[at..].IndexOf("-----END "u8);
            if (end < 0)
            {
                return (key - before.Length + begins)..text.Length;
            }

            end += at + "-----END "u8.Length;
            var close = text[end..].IndexOf("-----"u8);
            return (key - before.Length + begins)..(close < 0 ? text.Length : end + close + 5);
        }

        return null;
    }

    // AKIA and 16 more characters of capitals and digits, as a word of its own.
    private static Range? FindAwsKeyId(ReadOnlySpan<byte> text, ReadOnlySpan<byte> prefix, int from)
    {
        const int Length = 20;
        for (var at = from; at < text.Length;)
        {
            var next = text[at..].IndexOf(prefix);
            if (next < 0)
            {
                return null;
            }

            var start = at + next;
            var run = Run(text[start..Math.Min(text.Length, start + Length + 1)], CapitalsAndDigits);
            if (run == Length
                && (start == 0 || !char.IsAsciiLetterOrDigit((char)text[start - 1]))
                && (start + Length == text.Length || !char.IsAsciiLetterOrDigit((char)text[start + Length])))
            {
                return start..(start + Length);
            }

            at = start + prefix.Length;
        }

        return null;
    }

    private static Range? FindPrefixed(ReadOnlySpan<byte> text, ReadOnlySpan<byte> prefix, int minLength, int from)
    {
        for (var at = from; at < text.Length;)
        {
            var next = text[at..].IndexOf(prefix);
            if (next < 0)
            {
                return null;
            }

            var start = at + next;
            var run = Run(text[start..], TokenCharacters);
            if (run >= minLength && (start == 0 || !char.IsAsciiLetterOrDigit((char)text[start - 1])))
            {
                return start..(start + run);
            }

            at = start + run; // Further on in this run the prefix does not begin a word.
        }

        return null;
    }

    // ghp_, gho_, ghu_, ghs_, ghr_ and at least 36 characters.
    private static Range? FindGitHub(ReadOnlySpan<byte> text, int from)
    {
        for (var at = from; at + 4 < text.Length;)
        {
            var next = text[at..].IndexOf("gh"u8);
            if (next < 0 || at + next + 4 >= text.Length)
            {
                return null;
            }

            var start = at + next;
            if (text[start + 3] == '_' && text[start + 2] is (byte)'p' or (byte)'o' or (byte)'u' or (byte)'s' or (byte)'r')
            {
                var run = Run(text[start..], TokenCharacters);
                if (run >= 40)
                {
                    return start..(start + run);
                }
            }

            at = start + 2;
        }

        return null;
    }

    private static bool HasGitHubMark(ReadOnlySpan<byte> json) =>
        json.IndexOf("ghp_"u8) >= 0 || json.IndexOf("gho_"u8) >= 0 || json.IndexOf("ghu_"u8) >= 0
        || json.IndexOf("ghs_"u8) >= 0 || json.IndexOf("ghr_"u8) >= 0 || json.IndexOf("github_pat_"u8) >= 0;

    // "Bearer xyz" or "Basic xyz" in a text. Eight characters keep "basic plan" and "bearer of" out.
    private static Range? FindAfterScheme(ReadOnlySpan<byte> text, ReadOnlySpan<byte> lower, ReadOnlySpan<byte> upper, bool isBasic, int from)
    {
        for (var at = from; at < text.Length;)
        {
            var next = text[at..].IndexOf(lower);
            var other = text[at..(next < 0 ? text.Length : at + next)].IndexOf(upper);
            next = other >= 0 ? other : next;
            if (next < 0)
            {
                return null;
            }

            var restStart = at + next;
            var afterScheme = restStart + lower.Length;
            var blanks = Run(text[afterScheme..], Blanks);
            var start = afterScheme + blanks;
            at = start;
            if (blanks == 0 || restStart == 0 || (text[restStart - 1] | 0x20) != 'b')
            {
                continue;
            }

            var run = Run(text[start..], CredentialCharacters);
            if (run >= 12 && IsCredential(text.Slice(start, run), isBasic))
            {
                return start..(start + run);
            }
        }

        return null;
    }

    // Words of prose have no digits; Basic's credential is the Base64 of "user:password" (RFC 7617).
    private static bool IsCredential(ReadOnlySpan<byte> credential, bool isBasic) =>
        credential.ContainsAnyInRange((byte)'0', (byte)'9') || credential[^1] == '='
        || (isBasic
            ? Base64Json.Decode(credential) is { } pair && Array.IndexOf(pair, (byte)':') > 0
            : credential.Length >= 20 && credential[1..].ContainsAnyInRange((byte)'A', (byte)'Z') && credential.ContainsAnyInRange((byte)'a', (byte)'z'));

    // scheme://user:password@host: the password gives way (RFC 3986, section 3.2.1), also one whose reserved characters
    // were not escaped.
    private static Range? FindUserInfo(ReadOnlySpan<byte> text, int from)
    {
        for (var at = from; at < text.Length;)
        {
            var next = text[at..].IndexOf("://"u8);
            if (next < 0)
            {
                return null;
            }

            var start = at + next + 3;
            at = start;
            var rest = text[start..];
            var end = rest.IndexOfAny(EndOfAuthority);
            var authority = end < 0 ? rest : rest[..end];
            var colon = authority.IndexOf((byte)':');
            if (colon < 0)
            {
                continue;
            }

            var sign = authority.LastIndexOf((byte)'@');
            if (sign < 0 && end >= 0 && rest[end] is (byte)'/' or (byte)'?' or (byte)'#' && authority[0] != '[' && !IsPort(authority[(colon + 1)..]))
            {
                var word = rest.IndexOfAny(EndOfUrl);
                sign = (word < 0 ? rest : rest[..word]).IndexOf((byte)'@');
            }

            if (colon + 1 < sign && !rest[(colon + 1)..sign].SequenceEqual(Redactions.Replacement))
            {
                return (start + colon + 1)..(start + sign);
            }
        }

        return null;
    }

    private static bool IsPort(ReadOnlySpan<byte> text) => text.Length <= 5 && !text.ContainsAnyExceptInRange((byte)'0', (byte)'9');

    // user:password@tcp(host:3306)/database, as drivers of the Go language take it.
    private static Range? FindDriverPassword(ReadOnlySpan<byte> text, int from)
    {
        const int MaxPassword = 256;
        for (var at = from; at < text.Length;)
        {
            var next = text[at..].IndexOf("@tcp("u8);
            if (next < 0)
            {
                return null;
            }

            var sign = at + next;
            var first = Math.Max(from, sign - MaxPassword);
            var word = first + text[first..sign].LastIndexOfAny(EndOfUrl) + 1;
            var colon = text[word..sign].IndexOf((byte)':');
            if (colon >= 0 && word + colon + 1 < sign && !text[(word + colon + 1)..sign].SequenceEqual(Redactions.Replacement))
            {
                return (word + colon + 1)..sign;
            }

            at = sign + 1;
        }

        return null;
    }

    private static int Run(ReadOnlySpan<byte> text, SearchValues<byte> characters)
    {
        var end = text.IndexOfAnyExcept(characters);
        return end < 0 ? text.Length : end;
    }
}
