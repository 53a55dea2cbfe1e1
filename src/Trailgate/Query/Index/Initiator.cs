namespace Trailgate.Query.Index;

/// <summary>Who did something; empty for what the event does not say.</summary>
internal readonly record struct Initiator(string Id, string Name)
{
    /// <summary>What the facet shows.</summary>
    public string Shown => Name.Length > 0 ? Name : Id;
}
