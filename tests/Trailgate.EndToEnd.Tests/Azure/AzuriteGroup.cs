using Trailgate.Tests.Azurite;

namespace Trailgate.EndToEnd.Tests.Azure;

/// <summary>Tests that share one Azurite, each in an account of its own, one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class AzuriteGroup : ICollectionFixture<TestAzurite>
{
    public const string Name = "Azurite";
}
