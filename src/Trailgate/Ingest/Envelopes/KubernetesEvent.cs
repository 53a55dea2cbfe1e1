using System.Buffers.Text;
using System.Text.Json;
using Trailgate.Normalize;

namespace Trailgate.Ingest.Envelopes;

/// <summary>
/// An audit event of a Kubernetes API server (<c>audit.k8s.io</c>), told in CADF's words. One request has one auditID and
/// an event for each stage, so its id is both, and the auditID joins the stages. Only the last stage knows how it ended:
/// the earlier ones are interim.
/// </summary>
internal sealed class KubernetesEvent : Envelope
{
    public override string Type => "kubernetes";

    /// <summary>What the translation puts into members of its own; everything else is kept as it came.</summary>
    private static readonly string[] Translated =
    [
        "kind", "apiVersion", "auditID", "verb", "user", "impersonatedUser", "userAgent", "objectRef", "responseStatus", "requestObject",
        "responseObject", "stageTimestamp",
    ];

    private static readonly byte[] ServiceAccountPrefix = "system:serviceaccount:"u8.ToArray();

    public override bool TryOpen(RawObject item, out OpenedEnvelope opened)
    {
        opened = default;
        if (item.HasEventCore || !item.IsText("auditID"u8) || !item.IsText("stage"u8) || !item.IsText("verb"u8))
        {
            return false;
        }

        // Events in an EventList carry no apiVersion of their own; one that names another API is something else.
        if (item["apiVersion"u8].IsPresent && !IsApi(item))
        {
            return false;
        }

        var facts = new FactsWriter(Type).Add("apiVersion", item, "apiVersion"u8).Build() with { IsInterim = !IsFinal(item) };
        opened = Translate(item) is { } json
            ? new OpenedEnvelope { Facts = facts, Content = json, IsEvent = true }
            : OpenedEnvelope.Faulty(facts, "a member of its user, objectRef or responseStatus stands twice; which one is meant can not be known");
        return true;
    }

    /// <summary>Whether an object says that it belongs to the audit API, in any version.</summary>
    public static bool IsApi(RawObject item) =>
        item["apiVersion"u8] is { Type: JsonTokenType.String } value && JsonInText.Unescape(item.JsonOf(value)).StartsWith("audit.k8s.io/"u8);

    private static bool IsFinal(RawObject item) => item.IsText("stage"u8, "ResponseComplete"u8) || item.IsText("stage"u8, "Panic"u8);

    private static byte[]? Translate(RawObject item)
    {
        var user = new Fields(item.JsonOf("user"u8), "username", "uid");
        var impersonated = new Fields(item.JsonOf("impersonatedUser"u8), "username", "uid");
        var target = new Fields(item.JsonOf("objectRef"u8), "resource", "subresource", "namespace", "name", "apiGroup", "apiVersion");
        var status = new Fields(item.JsonOf("responseStatus"u8), "code", "reason", "message", "status");
        if (user.HasDuplicate || impersonated.HasDuplicate || target.HasDuplicate || status.HasDuplicate)
        {
            return null;
        }

        var output = new ByteBuffer(item.Json.Length + 512);
        var json = new JsonMemberWriter(output);
        json.Text("id", [.. Content(item, "auditID"u8), (byte)'/', .. Content(item, "stage"u8)]);
        json.Value("eventTime", item.JsonOf(item["stageTimestamp"u8].IsPresent ? "stageTimestamp"u8 : "requestReceivedTimestamp"u8));
        json.Text("action", Action(item, target));
        json.Text("outcome", Outcome(item, status));
        WriteReason(json, status);
        WriteInitiator(json, item, user, impersonated);
        WriteTarget(json, item, target);
        json.Text("correlationId", Content(item, "auditID"u8));
        json.Value("requestData", item.JsonOf("requestObject"u8));
        json.Value("responseData", item.JsonOf("responseObject"u8));
        json.Rest(item.Json, Translated);
        json.End();
        return output.Written.ToArray();
    }

    private static byte[] Action(RawObject item, Fields target)
    {
        var resource = target.Text("resource");
        ReadOnlySpan<byte> thing = resource.IsEmpty ? "nonresourceurl"u8 : resource;
        var subresource = target.Text("subresource");
        return resource.IsEmpty || subresource.IsEmpty
            ? [.. "kubernetes."u8, .. thing, (byte)'.', .. Content(item, "verb"u8)]
            : [.. "kubernetes."u8, .. thing, (byte)'.', .. subresource, (byte)'.', .. Content(item, "verb"u8)];
    }

    private static ReadOnlySpan<byte> Outcome(RawObject item, Fields status)
    {
        if (Utf8Parser.TryParse(status["code"], out int code, out _) && code > 0)
        {
            return code < 400 ? "success"u8 : "failure"u8;
        }

        return item.IsText("stage"u8, "Panic"u8) ? "failure"u8
            : status.Text("status").SequenceEqual("Success"u8) ? "success"u8
            : status.Text("status").SequenceEqual("Failure"u8) ? "failure"u8
            : IsFinal(item) ? [] // nothing is known: it is left out, and the normalizer says that it assumed
            : "pending"u8;
    }

    private static void WriteReason(JsonMemberWriter json, Fields status)
    {
        if (status.IsEmpty)
        {
            return;
        }

        json.Begin("reason");
        json.Value("reasonCode", status["code"]);
        json.Value("reasonType", status["reason"].IsEmpty ? status["status"] : status["reason"]);
        json.Value(status.Text("status").SequenceEqual("Success"u8) ? "message" : "reasonForFailure", status["message"]);
        json.Rest(status.Json, "code", "reason", "message", "status", "metadata");
        json.End();
    }

    // IBM's authnId and authnName tell who logged in where that is another than who acts.
    private static void WriteInitiator(JsonMemberWriter json, RawObject item, Fields user, Fields impersonated)
    {
        var actor = impersonated.IsEmpty ? user : impersonated;
        if (actor.IsEmpty && !item["sourceIPs"u8].IsPresent && !item["userAgent"u8].IsPresent)
        {
            return;
        }

        json.Begin("initiator");
        json.Value("id", actor.Text("uid").IsEmpty ? actor["username"] : actor["uid"]);
        json.Value("name", actor["username"]);
        if (!actor.IsEmpty)
        {
            json.Text("typeURI", actor.Text("username").StartsWith(ServiceAccountPrefix) ? "service/security/account/serviceid"u8 : "service/security/account/user"u8);
        }

        if (!impersonated.IsEmpty)
        {
            json.Value("authnId", user.Text("uid").IsEmpty ? user["username"] : user["uid"]);
            json.Value("authnName", user["username"]);
        }

        WriteHost(json, item);
        json.Rest(actor.Json, "username", "uid");
        if (!impersonated.IsEmpty)
        {
            json.Value("authnUser", user.Json);
        }

        json.End();
    }

    // A client can set all addresses but the last one, which the API server saw itself.
    private static void WriteHost(JsonMemberWriter json, RawObject item)
    {
        var addresses = item["sourceIPs"u8];
        RawValue last = default;
        if (addresses.Type == JsonTokenType.StartArray)
        {
            var reader = new Utf8JsonReader(item.JsonOf(addresses), ItemNormalizer.SingleValue);
            reader.Read();
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                var start = (int)reader.TokenStartIndex;
                var type = reader.TokenType;
                reader.Skip();
                last = new RawValue(type, start, (int)reader.BytesConsumed);
            }
        }

        if (last.Type != JsonTokenType.String && !item["userAgent"u8].IsPresent)
        {
            return;
        }

        json.Begin("host");
        json.Value("address", last.Type == JsonTokenType.String ? last.In(item.JsonOf(addresses)) : []);
        json.Value("agent", item.JsonOf("userAgent"u8));
        json.End();
    }

    private static void WriteTarget(JsonMemberWriter json, RawObject item, Fields target)
    {
        json.Begin("target");
        if (target.Text("resource").IsEmpty)
        {
            var uri = item["requestURI"u8];
            var path = uri.Type == JsonTokenType.String ? JsonInText.Unescape(item.JsonOf(uri)) : [];
            var query = path.IndexOf((byte)'?');
            json.Text("id", query < 0 ? path : path[..query]);
            json.Text("typeURI", "kubernetes/nonresourceurl"u8);
            json.Rest(target.Json, "id", "typeURI");
        }
        else
        {
            json.Text("id", ResourcePath(target));
            json.Value("name", target["name"]);
            json.Text("typeURI", target.Text("subresource").IsEmpty
                ? [.. "kubernetes/"u8, .. target.Text("resource")]
                : [.. "kubernetes/"u8, .. target.Text("resource"), (byte)'/', .. target.Text("subresource")]);
            json.Rest(target.Json, "id", "name", "typeURI");
        }

        json.End();
    }

    // The resource's path in the API: what names it in every cluster, also where objectRef has no uid.
    private static byte[] ResourcePath(Fields target)
    {
        var path = new ByteBuffer(128);
        path.Append(target.Text("apiGroup").IsEmpty ? "/api"u8 : "/apis"u8);
        AppendSegment(path, target.Text("apiGroup"));
        AppendSegment(path, target.Text("apiVersion"));
        if (!target.Text("namespace").IsEmpty)
        {
            path.Append("/namespaces"u8);
            AppendSegment(path, target.Text("namespace"));
        }

        // The reference to a namespace itself names it as its own namespace as well.
        if (!(target.Text("resource").SequenceEqual("namespaces"u8) && !target.Text("namespace").IsEmpty))
        {
            AppendSegment(path, target.Text("resource"));
            AppendSegment(path, target.Text("name"));
        }

        AppendSegment(path, target.Text("subresource"));
        return path.Written.ToArray();
    }

    private static void AppendSegment(ByteBuffer path, ReadOnlySpan<byte> segment)
    {
        if (!segment.IsEmpty)
        {
            path.Append((byte)'/');
            path.Append(segment);
        }
    }

    private static ReadOnlySpan<byte> Content(RawObject item, ReadOnlySpan<byte> name) => JsonInText.Unescape(item.JsonOf(name));
}
