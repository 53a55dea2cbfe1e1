using System.Text;
using Trailgate.Events;
using Trailgate.Tests.Support;
using static Trailgate.Tests.Ingest.Envelopes.Opening;

namespace Trailgate.Tests.Ingest.Envelopes;

public sealed class KubernetesTests
{
    private const string DeletedSecret = """
        {"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"RequestResponse","auditID":"b9f5b1b4","stage":"ResponseComplete",
         "requestURI":"/api/v1/namespaces/prod/secrets/db","verb":"delete",
         "user":{"username":"system:serviceaccount:ci:deployer","uid":"5c1e","groups":["system:serviceaccounts"],"extra":{"authentication.kubernetes.io/pod-name":["deployer-1"]}},
         "sourceIPs":["198.51.100.7","203.0.113.10"],"userAgent":"kubectl/v1.34.0",
         "objectRef":{"resource":"secrets","namespace":"prod","name":"db","apiVersion":"v1"},
         "responseStatus":{"metadata":{},"status":"Success","code":200},
         "requestObject":{"kind":"DeleteOptions","apiVersion":"v1"},"responseObject":{"kind":"Secret","data":{"password":"aHVudGVyMg=="}},
         "requestReceivedTimestamp":"2026-01-01T00:00:00.123456Z","stageTimestamp":"2026-01-01T00:00:00.234567Z",
         "annotations":{"authorization.k8s.io/decision":"allow"}}
        """;

    private static string Request(string stage, string members = "") =>
        $$"""{"auditID":"a-1","stage":"{{stage}}","verb":"delete","user":{"username":"jane"},"objectRef":{"resource":"pods","name":"p","namespace":"n","apiVersion":"v1"},"stageTimestamp":"2026-01-01T00:00:00.5Z"{{members}}}""";

    [Fact]
    public void An_audit_event_becomes_a_cadf_event()
    {
        var item = OpenEvent(DeletedSecret);

        Assert.Equal("kubernetes.secrets.delete", item["/action"]);
        Assert.Equal("2026-01-01T00:00:00.234567Z", item["/eventTime"]);
        Assert.Equal("success", item["/outcome"]);
        Assert.Equal("200", item["/reason/reasonCode"]);
        Assert.Equal("Success", item["/reason/reasonType"]);
        Assert.Equal("5c1e", item["/initiator/id"]);
        Assert.Equal("system:serviceaccount:ci:deployer", item["/initiator/name"]);
        Assert.Equal("service/security/account/serviceid", item["/initiator/typeURI"]);
        Assert.Equal("203.0.113.10", item["/initiator/host/address"]);
        Assert.Equal("kubectl/v1.34.0", item["/initiator/host/agent"]);
        Assert.Equal("/api/v1/namespaces/prod/secrets/db", item["/target/id"]);
        Assert.Equal("db", item["/target/name"]);
        Assert.Equal("kubernetes/secrets", item["/target/typeURI"]);
        Assert.Equal("b9f5b1b4", item["/correlationId"]);
        Assert.Equal("b9f5b1b4/ResponseComplete", item["/trailgate/sourceId"]);
        Assert.Equal("delete", item["/trailgate/kind"]);
        Assert.Equal("DeleteOptions", item["/requestData/kind"]);
        Assert.Equal("198.51.100.7", item["/extensions/sourceIPs/0"]);
        Assert.Equal("allow", (string?)item.Json["extensions"]!["annotations"]!["authorization.k8s.io/decision"]);
        Assert.Equal("ResponseComplete", item["/extensions/stage"]);
        Assert.Equal("""{"type":"kubernetes","apiVersion":"audit.k8s.io/v1"}""", item.Envelope!.ToJsonString());
        Assert.True(item.Alerts);
    }

    [Fact]
    public void The_body_of_a_secret_is_redacted()
    {
        var item = OpenEvent(DeletedSecret);

        Assert.DoesNotContain("aHVudGVyMg", item.Line, StringComparison.Ordinal);
        Assert.Contains("[redacted]", item["/responseData"], StringComparison.Ordinal);
    }

    [Fact]
    public void An_event_has_the_same_id_alone_and_in_a_list_where_it_names_no_api()
    {
        var inList = DeletedSecret.Replace("\"kind\":\"Event\",\"apiVersion\":\"audit.k8s.io/v1\",", "", StringComparison.Ordinal);

        var items = Open($$"""{"kind":"EventList","apiVersion":"audit.k8s.io/v1","metadata":{},"items":[{{inList}},{{Request("Panic")}}]}""");

        Assert.Equal(2, items.Count);
        Assert.All(items, item => Assert.Null(item.Reason));
        Assert.Equal(OpenEvent(DeletedSecret).Id, items[0].Id);
        Assert.Equal("kubernetes-list", items[0]["/trailgate/envelope/type"]);
        Assert.Equal("kubernetes", items[0]["/trailgate/envelope/envelope/type"]);
    }

    [Theory]
    [InlineData("RequestReceived", "pending", false)]
    [InlineData("ResponseStarted", "pending", false)]
    [InlineData("ResponseComplete", "unknown", true)]
    [InlineData("Panic", "failure", true)]
    public void Only_the_last_stage_of_a_request_alerts(string stage, string outcome, bool alerts)
    {
        var item = OpenEvent(Request(stage));

        Assert.Equal("kubernetes.pods.delete", item["/action"]);
        Assert.Equal(outcome, item["/outcome"]);
        Assert.Equal(alerts, item.Alerts);
        Assert.Equal(alerts ? null : "true", item["/trailgate/interim"]);
        Assert.True(EventLine.TryRead(Encoding.UTF8.GetBytes(item.Line), out var read));
        Assert.Equal(!alerts, read.IsInterim);
    }

    [Fact]
    public void Stages_of_a_request_are_events_of_their_own_with_one_correlation()
    {
        var first = OpenEvent(Request("RequestReceived"));
        var last = OpenEvent(Request("ResponseComplete"));

        Assert.NotEqual(first.Id, last.Id);
        Assert.Equal("a-1", first["/correlationId"]);
        Assert.Equal("a-1", last["/correlationId"]);
    }

    [Theory]
    [InlineData("""{"code":101}""", "success")]
    [InlineData("""{"code":399}""", "success")]
    [InlineData("""{"code":400}""", "failure")]
    [InlineData("""{"code":503,"status":"Failure"}""", "failure")]
    [InlineData("""{"status":"Failure"}""", "failure")]
    [InlineData("""{"status":"Success"}""", "success")]
    public void The_outcome_follows_from_the_response(string status, string outcome) =>
        Assert.Equal(outcome, OpenEvent(Request("ResponseComplete", ",\"responseStatus\":" + status))["/outcome"]);

    [Fact]
    public void The_reason_of_a_failure_is_told()
    {
        var item = OpenEvent(Request("ResponseComplete", ""","responseStatus":{"status":"Failure","message":"pods \"p\" not found","reason":"NotFound","details":{"kind":"pods"},"code":404}"""));

        Assert.Equal("404", item["/reason/reasonCode"]);
        Assert.Equal("NotFound", item["/reason/reasonType"]);
        Assert.Equal("pods \"p\" not found", item["/reason/reasonForFailure"]);
        Assert.Equal("pods", item["/reason/details/kind"]);
    }

    [Fact]
    public void Under_impersonation_the_initiator_is_who_acts_and_the_login_is_kept()
    {
        var item = OpenEvent(Request("ResponseComplete", ""","impersonatedUser":{"username":"root","groups":["admins"]}"""));

        Assert.Equal("root", item["/initiator/id"]);
        Assert.Equal("root", item["/initiator/name"]);
        Assert.Equal("jane", item["/initiator/authnId"]);
        Assert.Equal("jane", item["/initiator/authnName"]);
        Assert.Equal("admins", item["/initiator/groups/0"]);
    }

    [Theory]
    [InlineData("""{"resource":"pods","subresource":"exec","namespace":"n","name":"p","apiVersion":"v1"}""", "kubernetes.pods.exec.delete", "/api/v1/namespaces/n/pods/p/exec", "kubernetes/pods/exec")]
    [InlineData("""{"resource":"deployments","namespace":"default","name":"web","uid":"u","apiGroup":"apps","apiVersion":"v1"}""", "kubernetes.deployments.delete", "/apis/apps/v1/namespaces/default/deployments/web", "kubernetes/deployments")]
    [InlineData("""{"resource":"nodes","apiVersion":"v1"}""", "kubernetes.nodes.delete", "/api/v1/nodes", "kubernetes/nodes")]
    [InlineData("""{"resource":"namespaces","namespace":"n","name":"n","apiVersion":"v1"}""", "kubernetes.namespaces.delete", "/api/v1/namespaces/n", "kubernetes/namespaces")]
    public void Action_and_target_name_the_resource(string reference, string action, string id, string typeUri)
    {
        var item = OpenEvent($$"""{"auditID":"a","stage":"ResponseComplete","verb":"delete","objectRef":{{reference}}}""");

        Assert.Equal(action, item["/action"]);
        Assert.Equal(id, item["/target/id"]);
        Assert.Equal(typeUri, item["/target/typeURI"]);
    }

    [Fact]
    public void A_request_for_no_resource_has_its_path_as_target()
    {
        var item = OpenEvent("""{"auditID":"a","stage":"ResponseComplete","verb":"get","requestURI":"/healthz?verbose=1","user":{"username":"u"}}""");

        Assert.Equal("kubernetes.nonresourceurl.get", item["/action"]);
        Assert.Equal("/healthz", item["/target/id"]);
        Assert.Equal("/healthz?verbose=1", item["/extensions/requestURI"]);
    }

    [Fact]
    public void A_patch_that_is_an_array_is_kept_as_the_request()
    {
        var item = OpenEvent(Request("ResponseComplete", ""","requestObject":[{"op":"remove","path":"/spec/x"}]"""));

        Assert.Equal("remove", item["/requestData/0/op"]);
    }

    [Fact]
    public void A_name_that_stands_twice_in_the_user_is_no_event()
    {
        var item = OpenQuarantined("""{"auditID":"a","stage":"Panic","verb":"get","user":{"username":"jane","username":"root"}}""");

        Assert.Contains("stands twice", item.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"action":"a.b.read","auditID":"x","stage":"Panic","verb":"get"}""")]
    [InlineData("""{"action":"a.b.read","kind":"EventList","apiVersion":"audit.k8s.io/v1","items":[{"action":"c.d.delete"}]}""")]
    public void An_event_with_members_of_these_names_stays_an_ordinary_event(string json)
    {
        var item = OpenEvent(json);

        Assert.Equal("a.b.read", item["/action"]);
        Assert.Null(item.Envelope);
    }

    [Fact]
    public void The_audit_shape_of_another_api_is_no_event() =>
        Assert.Equal("action is missing", OpenQuarantined("""{"apiVersion":"example.com/v1","auditID":"x","stage":"Panic","verb":"get"}""").Reason);

    [Fact]
    public void The_samples_of_the_corpus_are_read()
    {
        if (Corpus.Envelope("k8s-audit-event.json") is not { } single || Corpus.Envelope("k8s-audit-eventlist.json") is not { } list)
        {
            return; // A clone alone: the tests above have events of the same shapes.
        }

        var get = OpenEvent(single);
        Assert.Equal("kubernetes.pods.get", get["/action"]);
        Assert.Equal("/api/namespaces/default/pods/test", get["/target/id"]);
        Assert.Equal("2023-01-01T00:00:01.000Z", get["/eventTime"]);
        Assert.Equal("success", get["/outcome"]);
        var update = OpenEvent(list);
        Assert.Equal("kubernetes.deployments.update", update["/action"]);
        Assert.Equal("/apis/apps/v1/namespaces/default/deployments/web", update["/target/id"]);
        Assert.Equal("deploy-web-uid", update["/target/uid"]);
        Assert.Equal("unknown", update["/outcome"]);
        Assert.Null(update.Json["initiator"]);
    }
}
