using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Trailgate.Alerts.Rules;
using Trailgate.Events;

namespace Trailgate.Alerts;

/// <summary>
/// Names an alert by what raised it: the first 128 bits of SHA-256 over the rule's name, a newline, and the event id (for
/// the pipeline's own alerts: the subject). Raising it again, after a crash or a redelivery, gives the same id.
/// </summary>
/// <param name="Value">The 128 bits, most significant first.</param>
internal readonly record struct AlertId(UInt128 Value)
{
    /// <summary>The id of the alert that a rule raises for an event.</summary>
    public static AlertId Of(AlertRule rule, EventId id) => Of(rule.Name, id.ToString());

    /// <summary>The id of an alert of the pipeline about a subject.</summary>
    public static AlertId OfPipeline(string subject) => Of(AlertRule.Pipeline, subject);

    /// <summary>The id of a notification that is no alert, by what it is about.</summary>
    public static AlertId OfNotification(NotificationKind kind, string subject) =>
        // A rule's name has no slash, so that no alert has the same id.
        Of(kind == NotificationKind.Summary ? "notification/summary" : "notification/resolution", subject);

    /// <summary>Reads 32 lower-case hexadecimal digits.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out AlertId id)
    {
        var parsed = EventId.TryParse(text, out var same);
        id = new AlertId(same.Value);
        return parsed;
    }

    /// <summary>32 lower-case hexadecimal digits.</summary>
    public override string ToString() => Value.ToString("x32", CultureInfo.InvariantCulture);

    private static AlertId Of(string rule, string subject) =>
        new(BinaryPrimitives.ReadUInt128BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes($"{rule}\n{subject}"))));
}
