using System.Globalization;

namespace Trailgate.Benchmarks.Alerts;

/// <summary>An event that the rule <c>delete</c> tells of.</summary>
internal static class DeleteEvent
{
    /// <summary>Its JSON. Who did it and the project make the group that its alert belongs to.</summary>
    public static string Json(string correlationId, string initiator, DateTimeOffset at) => string.Create(CultureInfo.InvariantCulture,
        $$"""{"action":"codeengine.application.delete","eventTime":"{{at:yyyy-MM-ddTHH:mm:ss.fffZ}}","outcome":"success","severity":"warning","correlationId":"{{correlationId}}","initiator":{"id":"{{initiator}}","name":"{{initiator}}@example.com"},"target":{"id":"crn:v1:bluemix:public:codeengine:eu-de:a/0123456789abcdef0123456789abcdef:11111111-2222-3333-4444-555555555555:application:web","name":"web"},"logSourceCRN":"crn:v1:bluemix:public:codeengine:eu-de:a/0123456789abcdef0123456789abcdef:::"}""");
}
