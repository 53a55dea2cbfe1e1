namespace Trailgate.Hosting;

/// <summary>
/// What an access key permits. No scope implies another: a key of the operators that may not read events is possible.
/// </summary>
[Flags]
public enum Scopes
{
    /// <summary>Nothing; for a route: open to everyone, as probes are.</summary>
    None = 0,

    /// <summary>Send events.</summary>
    Ingest = 1,

    /// <summary>Look at events, stories, alerts and counters.</summary>
    Read = 2,

    /// <summary>Change what is kept about events: saved views, redeliveries.</summary>
    Admin = 4,
}

/// <summary>The text form of <see cref="Scopes"/>, as in settings: <c>ingest,read,admin</c>.</summary>
public static class ScopesText
{
    private static readonly (Scopes Scope, string Name)[] Names =
        [(Scopes.Ingest, "ingest"), (Scopes.Read, "read"), (Scopes.Admin, "admin")];

    /// <summary>Every scope, as a setting would list them.</summary>
    public static string All { get; } = (Scopes.Ingest | Scopes.Read | Scopes.Admin).ToText();

    /// <summary>The names, split by commas; empty for none.</summary>
    public static string ToText(this Scopes scopes) =>
        string.Join(',', Names.Where(pair => scopes.HasFlag(pair.Scope)).Select(pair => pair.Name));

    /// <summary>Reads names split by commas; case and blanks do not matter. False when a name is unknown or none is there.</summary>
    public static bool TryParse(string? text, out Scopes scopes)
    {
        scopes = Scopes.None;
        foreach (var part in (text ?? "").Split(',', StringSplitOptions.TrimEntries))
        {
            var known = Array.Find(Names, pair => pair.Name.Equals(part, StringComparison.OrdinalIgnoreCase)).Scope;
            if (known == Scopes.None)
            {
                scopes = Scopes.None;
                return false;
            }

            scopes |= known;
        }

        return true;
    }
}
