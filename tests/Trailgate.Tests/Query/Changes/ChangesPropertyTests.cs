using System.Text.Json;
using System.Text.Json.Nodes;
using FsCheck;
using Trailgate.Events;
using Random = System.Random;

namespace Trailgate.Tests.Query.Changes;

/// <summary>
/// An object lives through random changes, some of which fail; the events that tell of them arrive in any order, some
/// twice, some archived meanwhile. Beside it stands a model that knows the object at every moment.
/// </summary>
public sealed class ChangesPropertyTests
{
    private const string Secret = "not-to-be-seen-anywhere";
    private static readonly string[] Fields = ["scale", "image", "env", "labels", "password"];
    private static readonly string[] Keys = ["a", "b", "c/d", "e~f"];

    [Fact]
    public void Replaying_the_differences_of_a_target_gives_its_last_state() => ForAllSeeds(async random =>
    {
        var life = new Life(random, answersAreWhole: true);
        await life.StoreAsync();

        JsonNode replayed = new JsonObject();
        foreach (var (id, _, after) in life.Steps)
        {
            var changes = await life.History.ChangesAsync(id);
            Assert.Empty(changes.GetProperty("unknown").EnumerateArray());
            foreach (var difference in changes.GetProperty("differences").EnumerateArray())
            {
                Apply(replayed, difference);
            }

            Assert.True(JsonNode.DeepEquals(after, replayed), $"{after.ToJsonString()}\n{replayed.ToJsonString()}\n{changes}");
        }
    });

    [Fact]
    public void What_is_said_of_old_values_is_true_also_where_answers_show_only_some_of_the_object() => ForAllSeeds(SaysWhatIsTrueAsync);

    [Theory]
    [InlineData(67897208)]
    public Task So_it_is_of_histories_that_went_wrong_once(int seed) => SaysWhatIsTrueAsync(new Random(seed));

    [Fact]
    public void A_secret_never_shows() => ForAllSeeds(async random =>
    {
        var life = new Life(random, answersAreWhole: random.Next(2) == 0) { WithSecrets = true };
        await life.StoreAsync();

        foreach (var (id, _, _) in life.Steps)
        {
            Assert.DoesNotContain(Secret, (await life.History.ChangesAsync(id)).ToString(), StringComparison.Ordinal);
        }
    });

    private static async Task SaysWhatIsTrueAsync(Random random)
    {
        var life = new Life(random, answersAreWhole: false);
        await life.StoreAsync();

        foreach (var (id, before, after) in life.Steps)
        {
            var changes = await life.History.ChangesAsync(id);
            var told = changes.GetProperty("differences").EnumerateArray().ToList();
            foreach (var difference in told)
            {
                var old = Find(before, difference.GetProperty("path").GetString()!);
                Assert.True(difference.TryGetProperty("old", out var claimed)
                    ? JsonNode.DeepEquals(JsonNode.Parse(claimed.GetRawText()), old)
                    : old is null, $"{difference}\n{before.ToJsonString()}");
            }

            // Whatever differs is told, or named as unknown.
            var named = told.Select(difference => difference.GetProperty("path").GetString()!)
                .Concat(changes.GetProperty("unknown").EnumerateArray().Select(path => path.GetString()!)).ToList();
            foreach (var field in Fields.Where(field => !JsonNode.DeepEquals(before[field], after[field])))
            {
                Assert.Contains(named, path => path == $"/{field}" || path.StartsWith($"/{field}/", StringComparison.Ordinal));
            }
        }
    }

    private static void ForAllSeeds(Func<Random, Task> property) =>
        Prop.ForAll<int>(seed => property(new Random(seed)).GetAwaiter().GetResult())
            .Check(new Configuration { MaxNbOfTest = 60, EndSize = int.MaxValue, QuietOnSuccess = true, Runner = Config.QuickThrowOnFailure.Runner });

    // RFC 6902, to the letter: what is replaced or removed must be there, and so must the object that something is added to.
    private static void Apply(JsonNode root, JsonElement difference)
    {
        var path = difference.GetProperty("path").GetString()!;
        var slash = path.LastIndexOf('/');
        var place = Assert.IsType<JsonObject>(slash == 0 ? root : Find(root, path[..slash]));
        var name = Unescape(path[(slash + 1)..]);
        var op = difference.GetProperty("op").GetString();
        Assert.Equal(op != "add", place.ContainsKey(name));
        if (op == "remove")
        {
            place.Remove(name);
        }
        else
        {
            place[name] = JsonNode.Parse(difference.GetProperty("value").GetRawText());
        }
    }

    private static JsonNode? Find(JsonNode? node, string path) =>
        path.Split('/').Skip(1).Aggregate(node, static (found, name) => (found as JsonObject)?[Unescape(name)]);

    private static string Unescape(string name) => name.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);

    /// <summary>The life of one object.</summary>
    private sealed class Life(Random random, bool answersAreWhole)
    {
        private const string Type = "codeengine.application";

        private readonly List<string> _events = [];

        public ChangeHistory History { get; } = new();

        public bool WithSecrets { get; init; }

        /// <summary>Each change that was done, with the object before and after it.</summary>
        public List<(EventId Id, JsonObject Before, JsonObject After)> Steps { get; } = [];

        public async Task StoreAsync()
        {
            var changes = Live();
            var arriving = _events.Concat(_events.Where(_ => random.Next(4) == 0)).ToArray();
            random.Shuffle(arriving);
            var ids = new Dictionary<string, EventId>();
            foreach (var raw in arriving)
            {
                ids[raw] = await History.AddAsync(raw, archived: random.Next(3) == 0 && !ids.ContainsKey(raw));
            }

            Steps.AddRange(changes.Select(change => (ids[change.Raw], change.Before, change.After)));
        }

        private List<(string Raw, JsonObject Before, JsonObject After)> Live()
        {
            var changes = new List<(string, JsonObject, JsonObject)>();
            var state = new JsonObject { ["name"] = "shop" };
            foreach (var field in Fields.Where(_ => random.Next(2) == 0))
            {
                state[field] = Value(field);
            }

            changes.Add((Event("create", state.DeepClone(), state), new JsonObject(), Copy(state)));
            for (var i = 0; i < 12; i++)
            {
                var patch = new JsonObject { ["name"] = "shop" };
                foreach (var field in Fields.Where(_ => random.Next(3) == 0))
                {
                    patch[field] = random.Next(4) == 0 ? null : field is "env" or "labels" ? Map(nulls: true) : Value(field);
                }

                switch (random.Next(5))
                {
                    case 0:
                        Event("update", patch, state, "failure");
                        break;
                    case 1:
                        Event("read", new JsonObject { ["name"] = "shop" }, state);
                        break;
                    default:
                        var before = Copy(state);
                        Merge(state, patch);
                        changes.Add((Event("update", patch, state), before, Copy(state)));
                        break;
                }
            }

            return changes;
        }

        private string Event(string verb, JsonNode request, JsonObject state, string outcome = "success")
        {
            string? answer = null;
            if (outcome == "success")
            {
                var shown = Copy(state);
                if (answersAreWhole)
                {
                    shown["entity_tag"] = "1"; // Code Engine's sign of a whole object
                }
                else
                {
                    foreach (var field in Fields.Where(_ => random.Next(2) == 0))
                    {
                        shown.Remove(field);
                    }
                }

                answer = verb == "update" && random.Next(2) == 0 ? null : shown.ToJsonString();
            }

            var raw = History.Raw($"{Type}.{verb}", request.ToJsonString(), answer, outcome);
            _events.Add(raw);
            return raw;
        }

        private JsonNode Value(string field) => field switch
        {
            "env" or "labels" => Map(nulls: false),
            "scale" => JsonValue.Create(random.Next(3)),
            // Without secrets an ordinary field: what is redacted can not be replayed.
            "password" when !WithSecrets => JsonValue.Create(random.Next(2) == 0),
            "password" => JsonValue.Create($"{Secret}-{random.Next(2)}"),
            _ => random.Next(3) == 0 ? new JsonArray(random.Next(2), "x") : JsonValue.Create($"v{random.Next(3)}"),
        };

        private JsonObject Map(bool nulls)
        {
            var map = new JsonObject();
            foreach (var key in Keys.Where(_ => random.Next(2) == 0))
            {
                map[key] = nulls && random.Next(3) == 0 ? null : JsonValue.Create(random.Next(3));
            }

            return map;
        }

        private static JsonObject Copy(JsonObject value) => (JsonObject)value.DeepClone();

        // RFC 7396.
        private static void Merge(JsonObject target, JsonObject patch)
        {
            foreach (var (name, value) in patch)
            {
                if (value is null)
                {
                    target.Remove(name);
                }
                else if (value is JsonObject inner)
                {
                    if (target[name] is not JsonObject below)
                    {
                        target[name] = below = [];
                    }

                    Merge(below, inner);
                }
                else
                {
                    target[name] = value.DeepClone();
                }
            }
        }
    }
}
