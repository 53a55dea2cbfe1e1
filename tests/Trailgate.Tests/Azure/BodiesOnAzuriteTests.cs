using Trailgate.Tests.Ingest;

namespace Trailgate.Tests.Azure;

/// <summary>Every shape in which a body is taken, over a storage account.</summary>
public sealed class AcceptedBodyOnAzuriteTests(AzuriteIngestServer shared) : AcceptedBodyTests(shared), IClassFixture<AzuriteIngestServer>;

/// <summary>Every kind of bad input, over a storage account.</summary>
public sealed class RefusedBodyOnAzuriteTests(AzuriteIngestServer shared) : RefusedBodyTests(shared), IClassFixture<AzuriteIngestServer>;
