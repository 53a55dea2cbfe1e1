using System.Buffers;

namespace Trailgate.Normalize;

/// <summary>
/// Finds texts that are secrets by their shape, whatever member they stand in: JSON Web Tokens, PEM private keys, AWS
/// access keys, GitHub and Slack tokens, IBM Cloud API keys, passwords in URLs, and credentials after Bearer or Basic.
/// </summary>
internal static class SecretShapes
{
    /// <summary>IBM Cloud API keys have 44 characters of base64url and no mark of their own.</summary>
    private const int IbmApiKeyLength = 44;

    private static readonly SearchValues<byte> TokenCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"u8);

    private static readonly SearchValues<byte> CredentialCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~+/="u8);

    private static readonly SearchValues<byte> EndOfAuthority = SearchValues.Create("/?# \"\\<>"u8);

    /// <summary>
    /// Whether a raw event can hold a shape at all. Most hold none, and a few vectorized searches over the whole event
    /// are cheaper than looking at each string. Errs on the side of yes.
    /// </summary>
    public static bool MayOccurIn(ReadOnlySpan<byte> json) =>
        json.Contains((byte)'\\')
        || json.IndexOf("eyJ"u8) >= 0
        || json.IndexOf("PRIVATE KEY"u8) >= 0
        || json.IndexOf("AKIA"u8) >= 0
        || json.IndexOf("ASIA"u8) >= 0
        || json.IndexOf("gh"u8) is var gh && gh >= 0 && (json.IndexOf("github_pat_"u8) >= 0 || HasGitHubMark(json[gh..]))
        || json.IndexOf("xox"u8) >= 0
        || json.IndexOf("earer "u8) >= 0
        || json.IndexOf("asic "u8) >= 0
        || json.Contains((byte)'@') && HasUserInfo(json);

    /// <summary>The first secret in a text: where it begins and how long it is. False when there is none.</summary>
    public static bool TryFind(ReadOnlySpan<byte> text, out int start, out int length)
    {
        start = int.MaxValue;
        length = 0;
        Consider(FindJwt(text), ref start, ref length);
        Consider(FindPem(text), ref start, ref length);
        Consider(FindPrefixed(text, "AKIA"u8, 20, 20), ref start, ref length);
        Consider(FindPrefixed(text, "ASIA"u8, 20, 20), ref start, ref length);
        Consider(FindGitHub(text), ref start, ref length);
        Consider(FindPrefixed(text, "github_pat_"u8, 30, 255), ref start, ref length);
        Consider(FindPrefixed(text, "xox"u8, 15, 255), ref start, ref length);
        Consider(FindAfterScheme(text, "earer "u8, (byte)'b'), ref start, ref length);
        Consider(FindAfterScheme(text, "asic "u8, (byte)'b'), ref start, ref length);
        Consider(FindUserInfo(text), ref start, ref length);
        return length > 0;
    }

    /// <summary>Whether a whole value has the shape of an IBM Cloud API key: 44 characters of base64url, all three classes.</summary>
    public static bool IsIbmApiKey(ReadOnlySpan<byte> text) =>
        text.Length == IbmApiKeyLength
        && !text.ContainsAnyExcept(TokenCharacters)
        && text.ContainsAnyInRange((byte)'A', (byte)'Z')
        && text.ContainsAnyInRange((byte)'a', (byte)'z')
        && text.ContainsAnyInRange((byte)'0', (byte)'9');

    private static void Consider(Range? found, ref int start, ref int length)
    {
        if (found is { } range && range.Start.Value < start)
        {
            start = range.Start.Value;
            length = range.End.Value - start;
        }
    }

    // header.payload.signature, each base64url; the header is a JSON object, which always begins with eyJ (RFC 7519).
    private static Range? FindJwt(ReadOnlySpan<byte> text)
    {
        for (var at = 0; at < text.Length;)
        {
            var next = text[at..].IndexOf("eyJ"u8);
            if (next < 0)
            {
                return null;
            }

            var start = at + next;
            var end = start + Run(text[start..], TokenCharacters);
            if (end < text.Length && text[end] == '.')
            {
                var second = end + 1 + Run(text[(end + 1)..], TokenCharacters);
                if (second - end > 10)
                {
                    return start..(second < text.Length && text[second] == '.' ? second + 1 + Run(text[(second + 1)..], TokenCharacters) : second);
                }
            }

            at = end;
        }

        return null;
    }

    private static Range? FindPem(ReadOnlySpan<byte> text)
    {
        var key = text.IndexOf("PRIVATE KEY-----"u8);
        var begin = key < 0 ? -1 : text[..key].LastIndexOf("-----BEGIN "u8);
        if (begin < 0)
        {
            return null;
        }

        var bodyStart = key + "PRIVATE KEY-----".Length;
        var last = text[bodyStart..].IndexOf("PRIVATE KEY-----"u8);
        return begin..(last < 0 ? text.Length : bodyStart + last + "PRIVATE KEY-----".Length);
    }

    private static Range? FindPrefixed(ReadOnlySpan<byte> text, ReadOnlySpan<byte> prefix, int minLength, int maxLength)
    {
        for (var at = 0; at < text.Length;)
        {
            var next = text[at..].IndexOf(prefix);
            if (next < 0)
            {
                return null;
            }

            var start = at + next;
            var run = Run(text[start..], TokenCharacters);
            if (run >= minLength && run <= maxLength && (start == 0 || !TokenCharacters.Contains(text[start - 1])))
            {
                return start..(start + run);
            }

            at = start + prefix.Length;
        }

        return null;
    }

    // ghp_, gho_, ghu_, ghs_, ghr_ and at least 36 characters.
    private static Range? FindGitHub(ReadOnlySpan<byte> text)
    {
        for (var at = 0; at + 4 < text.Length;)
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
        || json.IndexOf("ghs_"u8) >= 0 || json.IndexOf("ghr_"u8) >= 0;

    // "Authorization: Bearer xyz" in a text. Eight characters keep "basic plan" and "bearer of" out.
    private static Range? FindAfterScheme(ReadOnlySpan<byte> text, ReadOnlySpan<byte> rest, byte first)
    {
        for (var at = 0; at < text.Length;)
        {
            var next = text[at..].IndexOf(rest);
            if (next < 0)
            {
                return null;
            }

            var restStart = at + next;
            var start = restStart + rest.Length;
            var run = Run(text[start..], CredentialCharacters);
            var credential = text.Slice(start, run);
            if (restStart > 0 && (text[restStart - 1] | 0x20) == first && run >= 12
                && (credential.ContainsAnyInRange((byte)'0', (byte)'9') || credential[^1] == '='))
            {
                return start..(start + run);
            }

            at = start;
        }

        return null;
    }

    // scheme://user:password@host: the password gives way (RFC 3986, section 3.2.1).
    private static Range? FindUserInfo(ReadOnlySpan<byte> text)
    {
        for (var at = 0; at < text.Length;)
        {
            var next = text[at..].IndexOf("://"u8);
            if (next < 0)
            {
                return null;
            }

            var start = at + next + 3;
            var end = text[start..].IndexOfAny(EndOfAuthority);
            var authority = end < 0 ? text[start..] : text.Slice(start, end);
            var sign = authority.LastIndexOf((byte)'@');
            var colon = sign < 0 ? -1 : authority[..sign].IndexOf((byte)':');
            if (colon >= 0 && colon + 1 < sign && !authority[(colon + 1)..sign].SequenceEqual(Redactions.Replacement))
            {
                return (start + colon + 1)..(start + sign);
            }

            at = start;
        }

        return null;
    }

    private static bool HasUserInfo(ReadOnlySpan<byte> json) => FindUserInfo(json) is not null;

    private static int Run(ReadOnlySpan<byte> text, SearchValues<byte> characters)
    {
        var end = text.IndexOfAnyExcept(characters);
        return end < 0 ? text.Length : end;
    }
}
