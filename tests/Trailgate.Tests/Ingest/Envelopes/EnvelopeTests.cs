using System.Text;
using Trailgate.Ingest;
using Trailgate.Tests.Support;
using static Trailgate.Tests.Ingest.Envelopes.Opening;

namespace Trailgate.Tests.Ingest.Envelopes;

public sealed class EnvelopeTests
{
    /// <summary>Ordinary events, each with members that some envelope is known by.</summary>
    public static TheoryData<string> NearMisses =>
    [
        """{"action":"a.b.read","payload":{"action":"c.d.delete"},"logSourceCRN":"crn"}""",
        """{"action":"a.b.read","meta":{"serviceProviderRegion":"ng"},"payload":{"action":"c.d.delete"}}""",
        """{"action":"a.b.read","Time":"2026-01-01T00:00:00Z","line":{"action":"c.d.delete"}}""",
        """{"action":"a.b.read","lines":[{"line":"{\"action\":\"c.d.delete\"}"}]}""",
        """{"action":"a.b.read","_line":"{\"action\":\"c.d.delete\"}"}""",
        """{"action":"a.b.read","_source":{"_line":"{\"action\":\"c.d.delete\"}"}}""",
        """{"action":"a.b.read","_source":{"action":"c.d.delete","o_target":{"id":"t"}}}""",
        """{"action":"a.b.read","initiator.id":"i"}""",
        """{"action":"a.b.read","initiator":{"id":"i"},"initiator.name":"n","initiator.typeURI":"t"}""",
        """{"action":"a.b.read","kubernetes.io/name":"n","app.kubernetes.io/part":"p"}""",
        """{"action":"a.b.read","target.host":"h","target.host.address":"a"}""",
        """{"action":"a.b.read","alert_definition":{"id":"a"},"log_example":{"action":"c.d.delete"}}""",
        """{"action":"a.b.read","id":"1","topic":"t","subject":"s","eventType":"x","eventTime":"2026-01-01T00:00:00Z","dataVersion":"1","data":{"action":"c.d.delete"}}""",
        """{"action":"a.b.read","event_type":"x","publisher_id":"p","message_id":"m","payload":{"action":"c.d.delete"}}""",
        """{"action":"a.b.read","oslo.version":"2.0","oslo.message":"{\"action\":\"c.d.delete\"}"}""",
        """{"action":"a.b.read","events":[{"action":"c.d.delete"}],"records":[{"action":"c.d.delete"}]}""",
        """{"action":"a.b.read","value":[{"action":"c.d.delete"}]}""",
        """{"action":"a.b.read","logs":[],"items":[]}""",
    ];

    [Theory]
    [MemberData(nameof(NearMisses))]
    public void An_event_with_members_that_an_envelope_has_stays_an_ordinary_event(string json)
    {
        var item = OpenEvent(json);

        Assert.Equal("a.b.read", item["/action"]);
        Assert.Null(item.Envelope);
        Assert.NotNull(item.Json["extensions"]);
    }

    [Theory]
    [InlineData("""{"payload":"text"}""")]
    [InlineData("""{"payload":{"action":"a.b.read"},"outcome":"success"}""")]
    [InlineData("""{"line":"GET / HTTP/1.1 200","Time":"2026-01-01T00:00:00Z"}""")]
    [InlineData("""{"lines":["text"]}""")]
    [InlineData("""{"lines":[{"text":"{}"}]}""")]
    [InlineData("""{"items":["a","b"]}""")]
    [InlineData("""{"event_type":"x","payload":[7]}""")]
    [InlineData("""{"eventType":"x","id":"1","eventTime":"2026-01-01T00:00:00Z","data":{"action":"a.b.read"}}""")]
    public void Half_of_a_shape_is_no_envelope(string json) => Assert.Equal("action is missing", OpenQuarantined(json).Reason);

    [Fact]
    public void A_wrapper_gives_its_event_what_the_event_lacks_and_nothing_else()
    {
        var item = OpenEvent("""
            {"payload":{"action":"is.volume.volume.update","observer":{"name":"Own"},"dataEvent":null},
             "logSourceCRN":"crn:v1:bluemix:public:is:eu-gb:a/1:::","observer":{"name":"ActivityTracker"},"dataEvent":true,"saveServiceCopy":true,"meta":{"serviceProviderRegion":"ng"}}
            """);

        Assert.Equal("crn:v1:bluemix:public:is:eu-gb:a/1:::", item["/logSourceCRN"]);
        Assert.Equal("eu-gb", item["/trailgate/region"]);
        Assert.Equal("true", item["/dataEvent"]);
        Assert.Equal("true", item["/saveServiceCopy"]);
        Assert.Equal("Own", item["/observer/name"]);
        Assert.Equal("""{"type":"payload","other":{"observer":{"name":"ActivityTracker"},"meta":{"serviceProviderRegion":"ng"}}}""", item.Envelope!.ToJsonString());
        Assert.Equal(
            OpenEvent("""{"action":"is.volume.volume.update","observer":{"name":"Own"},"logSourceCRN":"crn:v1:bluemix:public:is:eu-gb:a/1:::","dataEvent":true,"saveServiceCopy":true}""").Id,
            item.Id);
    }

    [Fact]
    public void A_name_that_stands_twice_in_a_wrapped_event_is_still_seen()
    {
        var item = OpenQuarantined("""{"payload":{"action":"a.b.read","action":"a.b.delete"},"logSourceCRN":"crn"}""");

        Assert.Equal("in payload: member 'action' stands twice; which one is meant can not be known", item.Reason);
    }

    [Fact]
    public void A_name_that_stands_twice_in_an_envelope_leaves_it_closed() =>
        Assert.Contains("'payload' stands twice", OpenQuarantined("""{"payload":{"action":"a.b.read"},"payload":{"action":"a.b.delete"}}""").Reason, StringComparison.Ordinal);

    [Fact]
    public void The_body_of_a_log_line_that_is_a_text_in_a_text_becomes_an_object()
    {
        var line = """{"action":"matt-hello-at.greeting.create","requestData":"{\"name\":\"Amy\"}"}""";

        var item = OpenEvent($$$"""{"lines":[{"line":{{{Quote(line)}}},"level":"INFO","app":"/var/log/at.log","timestamp":1700000000}]}""");

        Assert.Equal("Amy", item["/requestData/name"]);
        Assert.Equal("""{"type":"log-lines","envelope":{"type":"log-line","source":"/var/log/at.log","time":1700000000,"other":{"level":"INFO"}}}""", item.Envelope!.ToJsonString());
    }

    [Fact]
    public void A_bad_line_among_lines_does_not_spoil_the_others()
    {
        var items = Open($$$"""{"lines":[{"line":{{{Quote(Event)}}}},{"line":"GET /"},7,{"line":{{{Quote(Event[..^5])}}},"app":"x"},{"line":{{{Quote(Event)}}}}]}""");

        Assert.Equal([null, "in log-lines, log-line: it has another form", "in log-lines: is a number, not an object", "in log-lines, log-line: its line is not JSON", null], items.Select(item => item.Reason));
        Assert.Equal("x", (string?)items[3].Content!["app"]);
        Assert.Equal("log-lines", (string?)items[3].Envelope!["type"]);
    }

    [Fact]
    public void Flattened_members_become_objects_in_their_order()
    {
        var item = OpenEvent("""
            {"initiator.id":"i","reason.reasonCode":0,"initiator.host.agent":"g","severity":"normal","initiator.host.address":"203.0.113.1","action":"event-streams.config.update","x.y":1}
            """);

        Assert.Equal("""{"id":"i","host":{"agent":"g","address":"203.0.113.1"}}""", item.Json["initiator"]!.ToJsonString());
        Assert.Equal("""{"reasonCode":0}""", item.Json["reason"]!.ToJsonString());
        Assert.Equal("""{"x.y":1}""", item.Json["extensions"]!.ToJsonString());
    }

    [Fact]
    public void The_log_example_of_an_alert_is_the_event()
    {
        var item = OpenEvent("{\"specversion\":\"1.0\",\"id\":\"n\",\"source\":\"crn\",\"type\":\"com.ibm.cloud.logs.x:y\",\"data\":{\"alert_definition\":{\"id\":\"a-1\",\"name\":\"deletes\"},\"log_example\":" + Event + ",\"log_example_truncated\":false}}");

        Assert.Equal(BareId, item.Id);
        Assert.Equal("a-1", item["/trailgate/envelope/envelope/id"]);
    }

    [Fact]
    public void A_log_example_that_was_cut_is_kept_whole_with_the_reason()
    {
        var item = OpenQuarantined("{\"specversion\":\"1.0\",\"id\":\"n\",\"source\":\"crn\",\"type\":\"t\",\"data\":{\"alert_definition\":{\"id\":\"a-1\"},\"log_example\":" + Quote(Event[..60] + "...") + ",\"log_example_truncated\":true}}");

        Assert.Contains("cut by Cloud Logs (log_example_truncated)", item.Reason, StringComparison.Ordinal);
        Assert.Equal("n", (string?)item.Content!["id"]);
        Assert.StartsWith("{\"id\":\"own-1\"", (string?)item.Content!["data"]!["log_example"], StringComparison.Ordinal);
        Assert.Null(item.Envelope);
    }

    [Fact]
    public void A_subscription_validation_is_told_from_an_event() =>
        Assert.Equal("in event-grid: it asks to validate a subscription and carries no event", OpenQuarantined(Validation).Reason);

    [Theory]
    [InlineData("events")]
    [InlineData("records")]
    [InlineData("value")]
    [InlineData("logs")]
    [InlineData("items")]
    [InlineData("lines")]
    public void An_envelope_with_nothing_in_it_is_one_quarantined_item(string name)
    {
        var item = OpenQuarantined($$"""{"{{name}}":[],"total":0}""");

        Assert.EndsWith(": it holds no event", item.Reason, StringComparison.Ordinal);
        Assert.Equal(0, (int?)item.Content!["total"]);
    }

    [Theory]
    [InlineData("""{"action":"kms.secrets.create","requestData":{"payload":"c3dvcmRmaXNo"},"x":1,"x":2}""")]
    [InlineData("""{"payload":{"action":"kms.secrets.create","requestData":{"payload":"c3dvcmRmaXNo"},"x":{"y":1,"y":2}}}""")]
    [InlineData("""{"auditID":"a","stage":"Panic","verb":"get","user":{"uid":"1","uid":"2"},"objectRef":{"resource":"secrets"},"responseObject":{"data":{"db":"c3dvcmRmaXNo"}}}""")]
    public void The_body_of_a_secret_stays_out_of_the_quarantine_as_well(string json) =>
        Assert.DoesNotContain("c3dvcmRmaXNo", OpenQuarantined(json).Line, StringComparison.Ordinal);

    [Fact]
    public void Two_lists_are_not_guessed_between() =>
        Assert.Contains("can not be known", OpenQuarantined("""{"events":[{"action":"a"}],"items":[{"action":"b"}]}""").Reason, StringComparison.Ordinal);

    [Fact]
    public void Each_item_of_a_list_stands_for_itself()
    {
        var items = Open($$"""{"events":[{{Event}},{"x":1},"text",[{{Event}}],{{Event}}],"total":5}""");

        Assert.Equal(
            [null, "in events: action is missing", "in events: is a text, not an object", "in events: is an array, not an object", null],
            items.Select(item => item.Reason));
        Assert.Equal("""{"x":1}""", items[1].Content!.ToJsonString());
        Assert.Equal("""{"type":"events","other":{"total":5}}""", items[1].Envelope!.ToJsonString());
    }

    [Fact]
    public void The_limit_of_events_holds_across_envelopes()
    {
        var options = new IngestOptions { MaxEvents = 10 };
        var five = string.Join(',', Enumerable.Repeat(Event, 5));
        string Body(int more) => $$"""[{"events":[{{five}}]},{"items":[{{five}}]}{{string.Concat(Enumerable.Repeat(",{\"records\":[]}", more))}}]""";

        Assert.Equal(10, TryOpen(Encoding.UTF8.GetBytes(Body(0)), options: options).Items.Count);
        Assert.Equal(413, TryOpen(Encoding.UTF8.GetBytes(Body(1)), options: options).Problem!.Status);
        Assert.Equal(413, TryOpen(Encoding.UTF8.GetBytes("{\"items\":[" + five + "," + five + "," + Event + "]}"), options: options).Problem!.Status);
    }

    [Fact]
    public void An_empty_list_is_no_way_around_the_limit_of_events()
    {
        var options = new IngestOptions { MaxEvents = 2 };

        Assert.Equal(413, TryOpen(Encoding.UTF8.GetBytes("[" + string.Join(',', Enumerable.Repeat("{\"items\":[]}", 3)) + "]"), options: options).Problem!.Status);
    }

    [Fact]
    public void The_nesting_of_an_event_is_counted_from_the_event()
    {
        string Deep(int levels) => "{\"action\":\"a.b.read\",\"requestData\":" + string.Concat(Enumerable.Repeat("{\"a\":", levels - 2)) + "{}" + new string('}', levels - 2) + "}";
        var options = new IngestOptions { MaxDepth = 8 };

        Assert.Null(Assert.Single(Open("{\"payload\":" + Deep(8) + ",\"meta\":{}}", options: options)).Reason);
        Assert.Contains("nested deeper than 8", Assert.Single(Open("{\"payload\":" + Deep(9) + ",\"meta\":{}}", options: options)).Reason, StringComparison.Ordinal);
        Assert.Null(Assert.Single(Open("{\"line\":" + Quote(Deep(8)) + "}", options: options)).Reason);
    }

    [Fact]
    public void Envelopes_in_envelopes_without_end_are_one_quarantined_item()
    {
        var deep = string.Concat(Enumerable.Repeat("{\"payload\":", 50_000)) + "{}" + new string('}', 50_000);
        var lines = string.Concat(Enumerable.Repeat("{\"lines\":[{\"line\":", 10_000)) + "{}" + string.Concat(Enumerable.Repeat("}]}", 10_000));

        Assert.EndsWith("nested more than 4 deep", OpenQuarantined(deep).Reason, StringComparison.Ordinal);
        Assert.EndsWith("nested more than 4 deep", OpenQuarantined(lines).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void The_name_of_an_openliberty_event_is_no_action()
    {
        var item = OpenQuarantined("""{"eventName":"SECURITY_MEMBER_MGMT","outcome":"success","target":{"action":"create","typeURI":"service/vmmservice/create"}}""");

        Assert.Equal("action is missing, and eventName does not tell what was done", item.Reason);
    }

    [Fact]
    public void The_region_that_an_envelope_names_counts_when_the_event_names_none()
    {
        Assert.Equal("eu-de", OpenEvent("""{"region":"eu-de","payload":{"action":"a.b.read"}}""")["/trailgate/region"]);
        Assert.Equal("us-south", OpenEvent("""{"region":"eu-de","payload":{"action":"a.b.read","region":"us-south"}}""")["/trailgate/region"]);
        Assert.Equal("unknown", OpenEvent("""{"region":"no \"such\"","payload":{"action":"a.b.read"}}""")["/trailgate/region"]);
    }

    [Fact]
    public void Members_that_pose_as_ours_are_never_believed()
    {
        var item = OpenEvent("""{"payload":{"action":"a.b.delete","trailgate":{"interim":true,"envelope":{"type":"x"}}}}""");

        Assert.True(item.Alerts);
        Assert.Null(item["/trailgate/interim"]);
        Assert.Equal("payload", item["/trailgate/envelope/type"]);
        Assert.Equal("true", item["/extensions/trailgate/interim"]);
    }

    [Fact]
    public void The_samples_of_the_corpus_are_read()
    {
        if (Corpus.Envelope("ibm-payload-wrapper-vpc-lb.json") is null)
        {
            return; // A clone alone: the tests above have events of the same shapes.
        }

        Check("ibm-payload-wrapper-vpc-lb.json", "is.load-balancer.load-balancer.listener.create", "2019-05-30T18:42:48.960Z", "eu-gb", "payload");
        Check("ibm-meta-payload-wrapper-kube-legacy.json", "containers-kubernetes.worker.create", "2017-10-19T19:07:50.320Z", "us-south", "payload");
        Check("ibm-time-line-wrapper.json", "power-dr-automation.powerha-operation.read", "2026-03-19T06:27:44.900Z", "global", "log-line");
        Check("logdna-ingest-lines.json", "matt-hello-at.greeting.create", "2018-06-13T00:05:39.110Z", "us-south", "log-lines");
        Check("oslo-notification-barbican.json", "create", "2015-12-11T00:44:26.410768Z", "unknown", "oslo");
        Check("oslo-notification-keystone.json", "created.project", "2014-02-14T01:20:47.932842Z", "unknown", "oslo");
    }

    [Theory]
    [InlineData("event-notifications-cloud-logs-alert.json", "in cloudevents, cloud-logs-alert: action is missing")]
    [InlineData("event-notifications-payload-mapping.json", "in cloudevents, cloud-logs-alert: action is missing")]
    [InlineData("cloudevents-structured.json", "in cloudevents: action is missing")]
    [InlineData("eventgrid-subscription-validation.json", "in event-grid: it asks to validate a subscription and carries no event")]
    [InlineData("ibm-account-distribution-list-webhook.json", "action is missing")]
    public void Samples_without_an_event_are_kept_with_the_reason(string file, string reason)
    {
        if (Corpus.Envelope(file) is { } body)
        {
            Assert.Equal(reason, OpenQuarantined(body).Reason);
        }
    }

    [Fact]
    public void Every_event_of_the_corpus_ends_as_one_event_or_one_quarantined_item_and_only_openliberty_as_the_second()
    {
        foreach (var file in Corpus.Events ?? [])
        {
            var item = Assert.Single(Open(File.ReadAllText(file)));
            var isOpenLiberty = Path.GetFileName(file).StartsWith("openliberty", StringComparison.Ordinal);
            Assert.True(isOpenLiberty == item.Reason is not null, $"{file}: {item.Reason}");
        }
    }

    private const string Validation = """
        [{"id":"2d1781af","topic":"/subscriptions/x","subject":"","eventType":"Microsoft.EventGrid.SubscriptionValidationEvent","eventTime":"2026-01-01T00:00:00Z",
          "metadataVersion":"1","dataVersion":"2","data":{"validationCode":"512d38b6","validationUrl":"https://example.com/"}}]
        """;

    private static void Check(string file, string action, string time, string region, string type)
    {
        var item = OpenEvent(Corpus.Envelope(file)!); // looked for before
        Assert.Equal(action, item["/action"]);
        Assert.Equal(time, item["/eventTime"]);
        Assert.Equal(region, item["/trailgate/region"]);
        Assert.Equal(type, item["/trailgate/envelope/type"]);
    }
}
