using System.Text.Json;
using Trailgate.Events;
using Trailgate.Normalize;
using static Trailgate.Tests.Query.Changes.ChangeHistory;

namespace Trailgate.Tests.Query.Changes;

public sealed class ChangeSearchTests
{
    private const string Application = "codeengine.application";
    private const string Snapshot = "crn:v1:bluemix:public:is:us-south:a/1::snapshot:s-9";
    private const string ConfigMap = "/api/v1/namespaces/shop/configmaps/flags";

    private readonly ChangeHistory _history = new();

    [Fact]
    public async Task An_update_is_held_against_what_the_create_wrote()
    {
        var created = await _history.AddAsync(_history.Raw(Application + ".create", """{"verb":"create","projectId":"p1","name":"shop","scale":1,"image":"a:1"}"""), archived: true);
        var updated = await _history.AddAsync(_history.Raw(Application + ".update", """{"verb":"update","projectId":"p1","name":"shop","scale":3,"image":"a:1"}"""));

        var changes = await _history.ChangesAsync(updated);

        AssertChanges(changes, "update", "compared", $"replace /scale 3 (1 by {created})");
        Assert.Equal(Project, changes.GetProperty("target").GetString());
        Assert.Empty(changes.GetProperty("unknown").EnumerateArray());
        Assert.False(changes.TryGetProperty("note", out _));
    }

    [Fact]
    public async Task The_last_event_that_showed_a_value_is_the_one_that_is_named()
    {
        await _history.AddAsync(_history.Raw(Application + ".create", """{"name":"shop","scale":1}"""));
        var read = await _history.AddAsync(_history.Raw(Application + ".read", """{"name":"shop"}""", """{"name":"shop","scale":2}"""));
        var updated = await _history.AddAsync(_history.Raw(Application + ".update", """{"name":"shop","scale":3}"""));

        AssertChanges(await _history.ChangesAsync(updated), "update", "compared", $"replace /scale 3 (2 by {read})");
    }

    [Fact]
    public async Task An_object_is_found_in_the_answer_to_a_list()
    {
        var listed = await _history.AddAsync(_history.Raw(
            Application + ".list", """{"verb":"list"}""", """{"apps":[{"name":"other","scale":7},{"name":"shop","scale":2}]}"""));
        var updated = await _history.AddAsync(_history.Raw(Application + ".update", """{"name":"shop","scale":3}"""));

        AssertChanges(await _history.ChangesAsync(updated), "update", "compared", $"replace /scale 3 (2 by {listed})");
    }

    [Fact]
    public async Task Other_objects_of_the_project_and_other_types_of_the_same_name_are_not_looked_at()
    {
        await _history.AddAsync(_history.Raw(Application + ".create", """{"name":"other","scale":1}"""));
        await _history.AddAsync(_history.Raw("codeengine.job.create", """{"name":"shop","scale":1}"""));
        await _history.AddAsync(_history.Raw(Application + ".create", """{"name":"shop","scale":1}""", target: Project.Replace("p1", "p10", StringComparison.Ordinal)));
        var updated = await _history.AddAsync(_history.Raw(Application + ".update", """{"name":"shop","scale":3}"""));

        var changes = await _history.ChangesAsync(updated);

        AssertChanges(changes, "update", "unknown");
        Assert.Equal(["/name", "/scale"], Texts(changes, "unknown"));
    }

    [Fact]
    public async Task A_value_that_no_event_shows_stays_unknown_and_is_named()
    {
        var created = await _history.AddAsync(_history.Raw(Application + ".create", """{"name":"shop","scale":1}"""));
        var updated = await _history.AddAsync(_history.Raw(Application + ".update", """{"name":"shop","scale":2,"env":{"A":"b","x/y~":1}}"""));

        var changes = await _history.ChangesAsync(updated);

        AssertChanges(changes, "update", "compared", $"replace /scale 2 (1 by {created})");
        Assert.Equal(["/env/A", "/env/x~1y~0"], Texts(changes, "unknown"));
    }

    [Fact]
    public async Task A_patch_takes_away_by_null_and_says_nothing_of_what_it_does_not_carry()
    {
        var created = await _history.AddAsync(_history.Raw(Application + ".create", """{"name":"shop","env":{"A":"a","B":"b"},"scale":1}"""));
        var patched = await _history.AddAsync(_history.Raw(Application + ".update", """{"name":"shop","env":{"A":null}}"""));
        var again = await _history.AddAsync(_history.Raw(Application + ".update", """{"name":"shop","env":{"A":"new"},"scale":1}"""));

        AssertChanges(await _history.ChangesAsync(patched), "update", "compared", $"remove /env/A (\"a\" by {created})");
        AssertChanges(await _history.ChangesAsync(again), "update", "compared", $"add /env/A \"new\" (none by {patched})");
    }

    [Theory]
    [InlineData("failure")]
    [InlineData("pending")]
    public async Task What_did_not_succeed_changed_nothing(string outcome)
    {
        var created = await _history.AddAsync(_history.Raw(Application + ".create", """{"name":"shop","scale":1}"""));
        var tried = await _history.AddAsync(_history.Raw(Application + ".update", """{"name":"shop","scale":2}""", outcome: outcome));
        var updated = await _history.AddAsync(_history.Raw(Application + ".update", """{"name":"shop","scale":3}"""));

        AssertChanges(await _history.ChangesAsync(updated), "update", "compared", $"replace /scale 3 (1 by {created})");
        var attempt = await _history.ChangesAsync(tried);
        AssertChanges(attempt, "update", "compared", $"replace /scale 2 (1 by {created})");
        Assert.Contains("this is what was asked for", Note(attempt), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_step_that_tells_of_itself_twice_is_no_change_of_its_own()
    {
        var created = await _history.AddAsync(_history.Raw(Application + ".create", """{"name":"shop","scale":1}"""));
        await _history.AddAsync(_history.Raw(Application + ".update", """{"name":"shop","scale":2}""", correlation: "c-1"));
        var second = await _history.AddAsync(_history.Raw(Application + ".update", """{"name":"shop","scale":2}""", correlation: "c-1"));

        AssertChanges(await _history.ChangesAsync(second), "update", "compared", $"replace /scale 2 (1 by {created})");
    }

    [Fact]
    public async Task What_happened_later_is_not_looked_at_however_it_arrived()
    {
        await _history.AddAsync(_history.Raw(Application + ".update", """{"name":"shop","scale":9}""", minute: 50));
        var updated = await _history.AddAsync(_history.Raw(Application + ".update", """{"name":"shop","scale":3}""", minute: 30));
        var earlier = await _history.AddAsync(_history.Raw(Application + ".update", """{"name":"shop","scale":2}""", minute: 20));

        AssertChanges(await _history.ChangesAsync(updated), "update", "compared", $"replace /scale 3 (2 by {earlier})");
    }

    [Fact]
    public async Task A_create_has_nothing_before_it()
    {
        await _history.AddAsync(_history.Raw(Application + ".create", """{"name":"shop","scale":1}"""));
        var created = await _history.AddAsync(_history.Raw(Application + ".create", """{"verb":"create","name":"shop","spec":{"scale":2}}"""));

        AssertChanges(
            await _history.ChangesAsync(created), "create", "first", "add /name \"shop\" (none by nobody)", """add /spec {"scale":2} (none by nobody)""");
    }

    [Fact]
    public async Task After_a_delete_everything_is_new()
    {
        await _history.AddAsync(_history.Raw(Application + ".create", """{"name":"shop","scale":1}"""));
        var deleted = await _history.AddAsync(_history.Raw(Application + ".delete", """{"verb":"delete","name":"shop"}"""));
        var updated = await _history.AddAsync(_history.Raw(Application + ".update", """{"name":"shop","scale":3}"""));

        AssertChanges(
            await _history.ChangesAsync(updated), "update", "compared", $"add /name \"shop\" (none by {deleted})", $"add /scale 3 (none by {deleted})");
    }

    [Fact]
    public async Task A_delete_says_what_was_deleted()
    {
        await _history.AddAsync(_history.Raw(Application + ".create", """{"verb":"create","name":"shop","scale":1,"image":"a:1"}"""));
        var updated = await _history.AddAsync(_history.Raw(Application + ".update", """{"verb":"update","name":"shop","scale":2}"""));
        var deleted = await _history.AddAsync(_history.Raw(Application + ".delete", """{"verb":"delete","name":"shop"}"""));

        var changes = await _history.ChangesAsync(deleted);

        AssertChanges(changes, "delete", "compared");
        Assert.True(JsonElement.DeepEquals(JsonElement.Parse("""{"name":"shop","scale":2,"image":"a:1"}"""), changes.GetProperty("deleted").GetProperty("last")), changes.ToString());
        Assert.Equal(updated.ToString(), changes.GetProperty("deleted").GetProperty("observed").GetProperty("id").GetString());
    }

    [Fact]
    public async Task A_delete_of_something_never_seen_says_so()
    {
        var deleted = await _history.AddAsync(_history.Raw(Application + ".delete", """{"verb":"delete","name":"shop"}"""));

        var changes = await _history.ChangesAsync(deleted);

        AssertChanges(changes, "delete", "unknown");
        Assert.Contains("No earlier event shows what was deleted.", Note(changes), StringComparison.Ordinal);
        Assert.False(changes.TryGetProperty("deleted", out _));
    }

    [Fact]
    public async Task A_new_value_is_held_against_the_spec_of_the_object()
    {
        var created = await _history.AddAsync(_history.Raw(Application + ".create", """{"verb":"create","name":"shop","spec":{"image":"a:1","max":10}}"""));
        var updated = await _history.AddAsync(_history.Raw(Application + ".update", """{"verb":"update","name":"shop","newValue":{"image":"a:2","max":10}}"""));
        var again = await _history.AddAsync(_history.Raw(Application + ".update", """{"verb":"update","name":"shop","newValue":{"image":"a:3"}}"""));

        AssertChanges(await _history.ChangesAsync(updated), "update", "compared", $"replace /spec/image \"a:2\" (\"a:1\" by {created})");
        AssertChanges(await _history.ChangesAsync(again), "update", "compared", $"replace /spec/image \"a:3\" (\"a:2\" by {updated})");
    }

    [Fact]
    public async Task Values_that_the_source_tells_itself_need_no_earlier_event()
    {
        var updated = await _history.AddAsync(
            """{"action":"user-management.user-setting.update","eventTime":"2026-11-22T05:00:00.00+0000","requestData":{"totalNumberChanges":1,"update":[{"initialValue":false,"newValue":true,"updateType":"2FA update"}]}}""");

        AssertChanges(await _history.ChangesAsync(updated), "update", "compared", $"replace /2FA update true (false by {updated})");
    }

    [Fact]
    public async Task A_target_that_is_the_object_itself_needs_no_name()
    {
        var read = await _history.AddAsync(_history.Raw("is.snapshot.read", response: """{"tags":["a"],"size":10}""", target: Snapshot, name: ""));
        await _history.AddAsync(_history.Raw("is.snapshot.update", """{"size":99}""", target: Snapshot.Replace("s-9", "s-90", StringComparison.Ordinal), name: ""));
        var updated = await _history.AddAsync(_history.Raw("is.snapshot.update", """{"tags":["a","b"],"size":10}""", target: Snapshot, name: ""));

        AssertChanges(await _history.ChangesAsync(updated), "update", "compared", $"""replace /tags ["a","b"] (["a"] by {read})""");
    }

    [Fact]
    public async Task Lists_of_the_place_above_show_an_object_by_its_id()
    {
        var listed = await _history.AddAsync(_history.Raw(
            "is.snapshot.list", response: """{"snapshots":[{"id":"s-8","size":1},{"id":"s-9","size":2}]}""", target: "crn:v1:bluemix:public:is:us-south:a/1:::"));
        var updated = await _history.AddAsync(_history.Raw("is.snapshot.update", """{"size":3}""", target: Snapshot));

        AssertChanges(await _history.ChangesAsync(updated), "update", "compared", $"replace /size 3 (2 by {listed})");
    }

    [Fact]
    public async Task An_update_of_Kubernetes_writes_all_of_the_spec_and_a_patch_some_of_it()
    {
        const string Whole = """{"kind":"ConfigMap","metadata":{"name":"flags","uid":"u1"},"values":{"A":"a","B":"b"}}""";
        var created = await _history.AddAsync(_history.Raw("kubernetes.flags.create", """{"metadata":{"name":"flags"}}""", Whole, target: ConfigMap));
        var updated = await _history.AddAsync(_history.Raw("kubernetes.flags.update", """{"kind":"ConfigMap","metadata":{"name":"flags"},"values":{"A":"new"}}""", target: ConfigMap));
        var patched = await _history.AddAsync(_history.Raw("kubernetes.flags.patch", """{"values":{"C":"c"}}""", target: ConfigMap));

        AssertChanges(
            await _history.ChangesAsync(updated), "update", "compared",
            $"replace /values/A \"new\" (\"a\" by {created})", $"remove /values/B (\"b\" by {created})");
        AssertChanges(await _history.ChangesAsync(patched), "update", "compared", $"add /values/C \"c\" (none by {updated})");
    }

    [Fact]
    public async Task That_something_was_not_there_is_told_by_the_event_that_showed_the_whole_object()
    {
        var read = await _history.AddAsync(_history.Raw("kubernetes.flags.read", response: """{"metadata":{"name":"flags"},"values":{"A":"a"}}""", target: ConfigMap));
        await _history.AddAsync(_history.Raw("kubernetes.flags.patch", """{"values":{"A":"b"}}""", target: ConfigMap));
        var patched = await _history.AddAsync(_history.Raw("kubernetes.flags.patch", """{"values":{"B":"b"}}""", target: ConfigMap));

        AssertChanges(await _history.ChangesAsync(patched), "update", "compared", $"add /values/B \"b\" (none by {read})");
    }

    [Fact]
    public async Task A_list_of_objects_in_a_patch_of_Kubernetes_is_neither_compared_nor_believed()
    {
        await _history.AddAsync(_history.Raw(
            "kubernetes.pods.create", response: """{"metadata":{"name":"flags"},"spec":{"containers":[{"name":"a","image":"1"},{"name":"b","image":"1"}]}}""", target: ConfigMap));
        var first = await _history.AddAsync(_history.Raw("kubernetes.pods.patch", """{"spec":{"containers":[{"name":"a","image":"2"}]}}""", target: ConfigMap));
        var second = await _history.AddAsync(_history.Raw("kubernetes.pods.update", """{"spec":{"containers":[]}}""", target: ConfigMap));

        foreach (var id in (EventId[])[first, second])
        {
            var changes = await _history.ChangesAsync(id);
            Assert.Equal(["/spec/containers"], Texts(changes, "unknown"));
            Assert.DoesNotContain("/spec/containers", changes.GetProperty("differences").ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Single_operations_are_named_and_make_what_they_touch_unknown()
    {
        await _history.AddAsync(_history.Raw("kubernetes.flags.create", response: """{"metadata":{"name":"flags"},"values":{"A":"a","B":"b"}}""", target: ConfigMap));
        var operations = await _history.AddAsync(_history.Raw("kubernetes.flags.patch", """[{"op":"replace","path":"/values/A","value":"x"}]""", target: ConfigMap));
        var patched = await _history.AddAsync(_history.Raw("kubernetes.flags.patch", """{"values":{"A":"y","B":"z"}}""", target: ConfigMap));

        var sent = await _history.ChangesAsync(operations);
        AssertChanges(sent, "update", "unknown");
        Assert.Equal(["/values/A"], Texts(sent, "unknown"));
        Assert.Contains("JSON Patch", Note(sent), StringComparison.Ordinal);
        Assert.Equal(["/values/A"], Texts(await _history.ChangesAsync(patched), "unknown"));
    }

    [Fact]
    public async Task A_read_shows_what_changed_since_it_was_last_known()
    {
        var updated = await _history.AddAsync(_history.Raw(Application + ".update", """{"name":"shop","scale":2}"""));
        var read = await _history.AddAsync(_history.Raw(Application + ".read", """{"name":"shop"}""", """{"name":"shop","scale":5}"""));

        AssertChanges(await _history.ChangesAsync(read), "read", "compared", $"replace /scale 5 (2 by {updated})");
    }

    [Theory]
    [InlineData("codeengine.application.list", """{"apps":[]}""")]
    [InlineData("codeengine.application.read", null)]
    public async Task What_carries_no_values_has_nothing_to_compare(string action, string? response)
    {
        var id = await _history.AddAsync(_history.Raw(action, """{"verb":"read"}""", response));

        AssertChanges(await _history.ChangesAsync(id), "read", "nothing-to-compare");
    }

    [Fact]
    public async Task A_body_that_the_source_left_out_is_said_also_when_it_lies_in_between()
    {
        const string Sentence = "\"Information about the action is not included for performance and size reasons.\"";
        var created = await _history.AddAsync(_history.Raw(Application + ".create", """{"name":"shop","scale":1}"""));
        await _history.AddAsync(_history.Raw(Application + ".update", """{"name":"shop"}""", Sentence));
        var between = await _history.AddAsync(_history.Raw(Application + ".update", """{"name":"shop","scale":3}"""));
        var left = await _history.AddAsync(_history.Raw(Application + ".update", Sentence));

        var after = await _history.ChangesAsync(between);
        AssertChanges(after, "update", "compared", $"replace /scale 3 (1 by {created})");
        Assert.StartsWith("1 changes in between", Note(after), StringComparison.Ordinal);
        var own = await _history.ChangesAsync(left);
        AssertChanges(own, "update", "unknown");
        Assert.Contains("left out by the source", Note(own), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bodies_that_were_limited_are_taken_from_the_overflow()
    {
        var text = new string('x', 20_000);
        var created = await _history.AddAsync(_history.Raw(Application + ".create", $$"""{"name":"shop","scale":1,"log":"{{text}}"}"""));
        var updated = await _history.AddAsync(_history.Raw(Application + ".update", $$"""{"name":"shop","scale":2,"log":"{{text}}"}"""));

        AssertChanges(await _history.ChangesAsync(updated), "update", "compared", $"replace /scale 2 (1 by {created})");
    }

    [Fact]
    public async Task Redacted_values_are_neither_equal_nor_different()
    {
        await _history.AddAsync(_history.Raw(Application + ".create", """{"name":"shop","password":"first","list":[{"password":"first"}]}"""));
        var same = await _history.AddAsync(_history.Raw(Application + ".update", """{"name":"shop","password":"first","list":[{"password":"first"}]}"""));
        var other = await _history.AddAsync(_history.Raw(Application + ".update", """{"name":"shop","password":"second","list":[{"password":"first"},1]}"""));

        var changes = await _history.ChangesAsync(same);
        AssertChanges(changes, "update", "compared");
        Assert.Equal(["/list", "/password"], Texts(changes, "unknown").Order());
        Assert.Contains("Redacted values can not be compared", Note(changes), StringComparison.Ordinal);
        Assert.Equal(["/password"], Texts(await _history.ChangesAsync(other), "unknown"));
    }

    [Fact]
    public async Task Keyed_hashes_tell_whether_redacted_values_changed_and_not_what_they_are()
    {
        var history = new ChangeHistory(new RedactionSettings { HmacKey = "a key of sixteen or more" });
        var created = await history.AddAsync(history.Raw(Application + ".create", """{"name":"shop","password":"first"}"""));
        var same = await history.AddAsync(history.Raw(Application + ".update", """{"name":"shop","password":"first","scale":1}"""));
        var other = await history.AddAsync(history.Raw(Application + ".update", """{"name":"shop","password":"second"}"""));

        var kept = await history.ChangesAsync(same);
        AssertChanges(kept, "update", "compared");
        Assert.Equal(["/scale"], Texts(kept, "unknown"));
        var changed = await history.ChangesAsync(other);
        AssertChanges(changed, "update", "compared", $"replace /password \"[redacted]\" (\"[redacted]\" by {same})");
        Assert.Contains("keyed hashes", Note(changed), StringComparison.Ordinal);
        Assert.NotEqual(created, same);
    }

    [Fact]
    public async Task The_search_ends_and_says_where()
    {
        await _history.AddAsync(_history.Raw(Application + ".update", """{"name":"shop","image":"a:1"}""", minute: 0));
        var lines = Enumerable.Range(1, 600)
            .Select(minute => Normalize.Normalizing.NormalizeEvent(_history.Raw(Application + ".update", $$"""{"name":"shop","scale":{{minute}}}""", minute: minute)).Text)
            .ToArray();
        await _history.Store.BatchAsync(lines);
        var updated = await _history.AddAsync(_history.Raw(Application + ".update", """{"name":"shop","scale":0,"image":"a:2"}""", minute: 601));

        var changes = await _history.ChangesAsync(updated);

        Assert.Equal(["/image"], Texts(changes, "unknown"));
        Assert.Equal(500, changes.GetProperty("examined").GetInt32());
        Assert.Contains("ended after 500 events, at 2026-11-22T01:41:00.000Z", Note(changes), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"name":"shop","a\ud800":1,"scale":2}""")]
    [InlineData("""{"name":"shop","a":"\ud800","scale":2}""")]
    public async Task A_body_with_half_a_character_is_not_looked_into(string body)
    {
        await _history.AddAsync(_history.Raw(Application + ".create", body));
        var updated = await _history.AddAsync(_history.Raw(Application + ".update", body));

        AssertChanges(await _history.ChangesAsync(updated), "update", "unknown");
    }

    [Fact]
    public async Task An_event_without_a_target_says_so()
    {
        var updated = await _history.AddAsync("""{"action":"billing.account-traits.update","eventTime":"2026-11-22T05:00:00.00+0000","requestData":{"mfa":"TOTP"}}""");

        var changes = await _history.ChangesAsync(updated);

        AssertChanges(changes, "update", "unknown");
        Assert.Contains("names no target", Note(changes), StringComparison.Ordinal);
    }

    private static void AssertChanges(JsonElement changes, string kind, string state, params string[] differences)
    {
        Assert.Equal((kind, state), (changes.GetProperty("kind").GetString(), changes.GetProperty("state").GetString()));
        Assert.Equal(differences, changes.GetProperty("differences").EnumerateArray().Select(Describe));
    }

    private static string Describe(JsonElement difference)
    {
        var value = difference.TryGetProperty("value", out var now) ? $" {now.GetRawText()}" : "";
        var old = difference.TryGetProperty("old", out var before) ? before.GetRawText() : "none";
        var by = difference.TryGetProperty("observed", out var observed) ? observed.GetProperty("id").GetString() : "nobody";
        return $"{difference.GetProperty("op").GetString()} {difference.GetProperty("path").GetString()}{value} ({old} by {by})";
    }

    private static string[] Texts(JsonElement changes, string member) => [.. changes.GetProperty(member).EnumerateArray().Select(text => text.GetString()!)];

    private static string Note(JsonElement changes) => changes.TryGetProperty("note", out var note) ? note.GetString()! : "";
}
