using System.Text.Json.Serialization;
using Trailgate.Verify;

namespace Trailgate.Cli.Verify;

/// <summary>The JSON of checked receipts.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ReceiptFinding))]
[JsonSerializable(typeof(ReceiptSummary))]
internal sealed partial class ReceiptJson : JsonSerializerContext;
