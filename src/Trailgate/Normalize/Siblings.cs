using System.Text.Json;

namespace Trailgate.Normalize;

/// <summary>
/// What the members of one object tell about one another: <c>{"name":"DB_PASSWORD","value":"x"}</c> and
/// <c>{"kind":"Secret","data":{...}}</c>, in any order.
/// </summary>
internal static class Siblings
{
    /// <summary>
    /// <see cref="Traits.Secret"/> when a member names a secret, <see cref="Traits.KindMaterial"/> when the object is one.
    /// </summary>
    /// <param name="json">Begins with the object; what follows it does not matter.</param>
    /// <param name="maxDepth">How deep it can nest.</param>
    /// <param name="traits">Tells which names name secrets.</param>
    public static Traits Of(ReadOnlySpan<byte> json, int maxDepth, NameTraits traits)
    {
        var found = Traits.None;
        var reader = new Utf8JsonReader(json, isFinalBlock: false, new JsonReaderState(new JsonReaderOptions { MaxDepth = maxDepth }));
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isKind = reader.TextIs("kind"u8);
            var isName = TraitsOf(ref reader, traits).HasFlag(Traits.PairName);
            if (!reader.Read())
            {
                return found;
            }

            if (reader.TokenType == JsonTokenType.String)
            {
                found |= isName ? TraitsOf(ref reader, traits) & Traits.Secret : Traits.None;
                found |= isKind && (reader.TextIs("Secret"u8) || reader.TextIs("ConfigMap"u8)) ? Traits.KindMaterial : Traits.None;
            }
            else if (!reader.TrySkip())
            {
                return found;
            }
        }

        return found;
    }

    private static Traits TraitsOf(ref Utf8JsonReader reader, NameTraits traits)
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
}
