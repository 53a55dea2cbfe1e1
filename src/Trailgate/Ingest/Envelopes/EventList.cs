using System.Text.Json;

namespace Trailgate.Ingest.Envelopes;

/// <summary>
/// A list of events under a name that lists have, with what else its sender tells beside it: pages of Hermes
/// (<c>events</c>), Azure Monitor (<c>records</c>), OData (<c>value</c>), Kubernetes' EventList (<c>items</c>).
/// </summary>
internal sealed class EventList : Envelope
{
    private const string KubernetesType = "kubernetes-list";

    private static readonly string[] Names = ["events", "records", "value", "logs", "items"];

    public override string Type => "list";

    public override bool TryOpen(RawObject item, out OpenedEnvelope opened)
    {
        opened = default;
        if (item.HasEventCore)
        {
            return false;
        }

        string? found = null;
        foreach (var name in Names)
        {
            if (IsListOfObjects(item, System.Text.Encoding.ASCII.GetBytes(name)))
            {
                if (found is not null)
                {
                    opened = OpenedEnvelope.Faulty(FactsWriter.TypeOnly(found), $"it has a list under '{name}' as well; which one holds the events can not be known");
                    return true;
                }

                found = name;
            }
        }

        if (found is null)
        {
            return false;
        }

        var member = System.Text.Encoding.ASCII.GetBytes(found);
        var isKubernetes = KubernetesEvent.IsApi(item) && item.IsText("kind"u8, "EventList"u8);
        opened = new OpenedEnvelope
        {
            Facts = new FactsWriter(isKubernetes ? KubernetesType : found).Skip(item, member).Build(item),
            Content = item.JsonOf(member),
        };
        return true;
    }

    // An empty list is one as well: that there was nothing in it is worth telling.
    private static bool IsListOfObjects(RawObject item, ReadOnlySpan<byte> name)
    {
        if (!item.IsArray(name))
        {
            return false;
        }

        var reader = new Utf8JsonReader(item.JsonOf(name), ItemNormalizer.SingleValue);
        reader.Read();
        reader.Read();
        return reader.TokenType is JsonTokenType.EndArray or JsonTokenType.StartObject;
    }
}
