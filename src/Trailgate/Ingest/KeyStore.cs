namespace Trailgate.Ingest;

/// <summary>The store that the access key of a request names: a feature of the request, set where keys are checked.</summary>
/// <param name="Name">The store's name.</param>
internal sealed record KeyStore(string Name);
