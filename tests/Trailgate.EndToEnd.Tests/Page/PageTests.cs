using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Trailgate.EndToEnd.Tests.Load;
using static Microsoft.Playwright.Assertions;

namespace Trailgate.EndToEnd.Tests.Page;

/// <summary>The page in a real browser, over a real server: each flow on a desktop in light and on a phone in dark colours.</summary>
[Collection(PageGroup.Name)]
public sealed class PageTests(PageScene scene)
{
    [ChromiumTheory]
    [InlineData(Screen.Desktop)]
    [InlineData(Screen.Phone)]
    public async Task Events_are_found_by_facet_shown_with_their_reason_and_left_out_again(Screen screen)
    {
        await using var visit = await OpenAsync(screen);
        await Expect(visit.Row("alice@example.com").First).ToBeVisibleAsync();
        await visit.LookAsync("events");

        await FiltersAsync(visit, screen);
        await Facet(visit, "failure").ClickAsync();
        await FiltersAsync(visit, screen);

        await Expect(visit.Page.Locator("main a.row")).ToHaveCountAsync(2);
        await Expect(visit.Row("could not delete application shop")).ToContainTextAsync("failed: 403 Forbidden: The caller lacks the role Writer in this project.");
        Assert.Contains("outcome=failure", visit.Page.Url, StringComparison.Ordinal);
        await visit.LookAsync("events-by-facet");

        await FiltersAsync(visit, screen);
        await Facet(visit, "failure").ClickAsync();
        await FiltersAsync(visit, screen);

        await Expect(visit.Row("could not delete")).ToHaveCountAsync(0);
        await Expect(visit.Row("began to create job")).ToBeVisibleAsync();
        Assert.Contains("outcome=!failure", visit.Page.Url, StringComparison.Ordinal);
        await visit.Page.GoBackAsync();
        await Expect(visit.Page.Locator("main a.row")).ToHaveCountAsync(2);
        visit.AssertQuiet();
    }

    [ChromiumTheory]
    [InlineData(8)]
    [InlineData(14)]
    public async Task A_day_that_begins_near_the_end_of_the_histogram_does_not_widen_the_page(int hoursOfLastDay)
    {
        var to = TimeProvider.System.GetUtcNow().Date.AddHours(hoursOfLastDay);
        await using var visit = await OpenAsync(Screen.Phone, $"from={to.AddDays(-7):yyyy-MM-dd'T'HH:mm:ss'Z'}&to={to:yyyy-MM-dd'T'HH:mm:ss'Z'}");

        await Expect(visit.Page.Locator(".axis span").First).ToBeVisibleAsync();

        await visit.LookAsync($"last-day-of-{hoursOfLastDay}-hours");
        Assert.Equal(0, await visit.Page.Locator(".axis").EvaluateAsync<int>("axis => axis.scrollWidth - axis.clientWidth"));
    }

    [ChromiumTheory]
    [InlineData(Screen.Desktop)]
    [InlineData(Screen.Phone)]
    public async Task A_drag_over_the_histogram_keeps_the_events_below_it(Screen screen)
    {
        await using var visit = await OpenAsync(screen, "initiator=ana@example.com");
        await Expect(visit.Page.Locator(".heading strong")).ToHaveTextAsync($"{PageEvents.Reads} events");
        var plot = await visit.Page.Locator(".plot").BoundingBoxAsync() ?? throw new InvalidOperationException("There is no histogram.");

        // The last tenth of seven days: less than the two days in which the reads are.
        await visit.Page.Mouse.MoveAsync(plot.X + plot.Width * 0.9f, plot.Y + 40);
        await visit.Page.Mouse.DownAsync();
        await visit.Page.Mouse.MoveAsync(plot.X + plot.Width - 2, plot.Y + 40, new() { Steps = 4 });
        await visit.Page.Mouse.UpAsync();

        await Expect(visit.Link("Reset the window")).ToBeVisibleAsync();
        var heading = visit.Page.Locator(".heading strong");
        await Expect(heading).Not.ToHaveTextAsync($"{PageEvents.Reads} events");
        var kept = int.Parse((await heading.InnerTextAsync()).Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);
        Assert.InRange(kept, 1, PageEvents.Reads - 1);
        Assert.Matches("from=.*&to=", visit.Page.Url);
        await visit.LookAsync("window");
        await visit.Link("Reset the window").ClickAsync();
        await Expect(heading).ToHaveTextAsync($"{PageEvents.Reads} events");
        visit.AssertQuiet();
    }

    [ChromiumTheory]
    [InlineData(Screen.Desktop)]
    [InlineData(Screen.Phone)]
    public async Task An_event_is_a_sentence_facts_and_JSON(Screen screen)
    {
        await using var visit = await OpenAsync(screen, "text=could+not", "correlationId=" + PageEvents.Deployment, "outcome=failure");
        await Expect(visit.Page.GetByText("Nothing matches")).ToBeVisibleAsync();
        await visit.Page.GotoAsync($"/#?correlationId={PageEvents.Deployment}&outcome=failure");

        await visit.Row("could not delete").ClickAsync();

        var panel = visit.Page.GetByRole(AriaRole.Complementary, new() { Name = "Event" });
        await Expect(panel.Locator(".sentence")).ToHaveTextAsync(new Regex("^alice@example.com could not delete application shop of webshop in us-south at \\d\\d:\\d\\d:\\d\\d\\.$"));
        await Expect(panel.GetByText("failed: 403 Forbidden")).ToBeVisibleAsync();
        await Expect(panel.GetByText("192.0.2.17")).ToBeVisibleAsync();
        await Expect(panel.Locator("dt:text-is('Object') + dd")).ToHaveTextAsync("shop");
        await Expect(panel.Locator("dt:text-is('Target') + dd")).ToHaveTextAsync("webshop");
        await visit.LookAsync("event");
        await panel.GetByRole(AriaRole.Link, new() { Name = "JSON" }).ClickAsync();
        await Expect(panel.Locator(".json")).ToContainTextAsync("\"reasonForFailure\": \"The caller lacks the role Writer in this project.\"");
        await visit.LookAsync("event-json");
        await visit.Page.Keyboard.PressAsync("Escape");
        await Expect(panel).ToBeHiddenAsync();
        visit.AssertQuiet();
    }

    [ChromiumTheory]
    [InlineData(Screen.Desktop)]
    [InlineData(Screen.Phone)]
    public async Task A_hostile_event_stays_text(Screen screen)
    {
        await using var visit = await OpenAsync(screen, "correlationId=req-hostile");

        var row = visit.Page.Locator("main a.row");
        await Expect(row).ToContainTextAsync("<img src=x onerror=alert(1)>");
        // What would turn the letters behind it around is spelt out.
        await Expect(row).ToContainTextAsync("\\u202emoc.elpmaxe@toor");
        await Expect(row).ToContainTextAsync("</style></script><b>bold</b>");
        await row.ClickAsync();
        await Expect(visit.Page.Locator(".told")).ToContainTextAsync("</style></script><b>bold</b>");
        await visit.LookAsync("hostile");
        await visit.Link("JSON").ClickAsync();
        await Expect(visit.Page.Locator(".json").First).ToContainTextAsync("\"<script>alert(2)</script>\": \"\\\">");
        await visit.LookAsync("hostile-json");
        Assert.Equal(0, await visit.Page.Locator("main img, main b, main script, main svg[onload]").CountAsync());
        visit.AssertQuiet();
    }

    [ChromiumTheory]
    [InlineData(Screen.Desktop)]
    [InlineData(Screen.Phone)]
    public async Task The_archive_tells_the_balance_and_who_signed(Screen screen)
    {
        await using var visit = await OpenAsync(screen, "tab=archive");

        await Expect(visit.Page.GetByText("Balanced in every region.")).ToBeVisibleAsync();
        await Expect(visit.Page.GetByText("Signed by this server’s key")).ToBeVisibleAsync();
        await Expect(visit.Page.Locator(".term.archived dd")).ToHaveTextAsync($"{PageEvents.Reads + 1}");
        await Expect(visit.Page.Locator(".integrity")).ToHaveTextAsync(new Regex("^Signed .* ago$"));
        await visit.LookAsync("archive");
        visit.AssertQuiet();
    }

    [ChromiumTheory]
    [InlineData(Screen.Desktop)]
    public async Task The_keyboard_finds_opens_and_closes(Screen screen)
    {
        await using var visit = await OpenAsync(screen);
        var keyboard = visit.Page.Keyboard;
        await Expect(visit.Row("ana@example.com").First).ToBeVisibleAsync();

        await keyboard.PressAsync("/");
        await keyboard.TypeAsync("-who:ana@example.com region:us-south");
        await keyboard.PressAsync("Enter");
        await Expect(visit.Row("ana@example.com")).ToHaveCountAsync(0);
        Assert.Contains("region=us-south&initiator=!ana@example.com", visit.Page.Url, StringComparison.Ordinal);
        await Expect(visit.Row("updated application shop")).ToBeVisibleAsync();
        await keyboard.PressAsync("Escape");
        await keyboard.PressAsync("j");
        await keyboard.PressAsync("j");
        await keyboard.PressAsync("Enter");
        await Expect(visit.Page.Locator(".sentence")).ToContainTextAsync("updated application shop");
        await keyboard.PressAsync("j");
        await Expect(visit.Page.Locator(".sentence")).ToContainTextAsync("read secret");
        await keyboard.PressAsync("Escape");
        await Expect(visit.Page.Locator(".panel")).ToBeHiddenAsync();
        await keyboard.PressAsync("?");
        await Expect(visit.Page.GetByRole(AriaRole.Dialog, new() { Name = "Help" })).ToBeVisibleAsync();
        await visit.LookAsync("help");
        await keyboard.PressAsync("Escape");
        await keyboard.PressAsync("5");
        await Expect(visit.Page.GetByText("Everything received is somewhere")).ToBeVisibleAsync();
        visit.AssertQuiet();
    }

    [ChromiumTheory]
    [InlineData(Screen.Desktop)]
    public async Task Arrow_keys_choose_a_window_in_the_histogram(Screen screen)
    {
        await using var visit = await OpenAsync(screen, "initiator=ana@example.com");
        await Expect(visit.Page.Locator(".heading strong")).ToHaveTextAsync($"{PageEvents.Reads} events");

        await visit.Page.Locator(".plot").FocusAsync();
        await visit.Page.Keyboard.PressAsync("End");
        await visit.Page.Keyboard.PressAsync("Shift+ArrowLeft");
        await Expect(visit.Page.GetByRole(AriaRole.Status)).ToHaveTextAsync(new Regex(@"\d+ events?$"));
        await visit.Page.Keyboard.PressAsync("Enter");

        await Expect(visit.Link("Reset the window")).ToBeVisibleAsync();
        Assert.Matches("from=.*&to=", visit.Page.Url);
        visit.AssertQuiet();
    }

    [ChromiumTheory]
    [InlineData(Screen.Desktop)]
    public async Task What_arrives_while_one_looks_comes_in_by_itself(Screen screen)
    {
        await using var visit = await OpenAsync(screen, "region=eu-gb", "live=1");
        await Expect(visit.Page.GetByText("Nothing matches")).ToBeVisibleAsync();

        await Post.AcceptedAsync(scene.Address, PageEvents.Late(TimeProvider.System.GetUtcNow(), "late@example.com"));

        await Expect(visit.Row("late@example.com created build")).ToBeVisibleAsync();
        visit.AssertQuiet();
    }

    // Sources deliver late and out of order: the newest arrival is seldom the newest event.
    [ChromiumTheory]
    [InlineData("br-sao", "live=1")]
    [InlineData("au-syd", "live=1&columns=eventTime%2Cinitiator.name")]
    public async Task What_arrives_late_comes_in_where_it_belongs(string region, string state)
    {
        await using var visit = await OpenAsync(Screen.Desktop, $"region={region}", "last=7d", state);
        await Expect(visit.Page.GetByText("Nothing matches")).ToBeVisibleAsync();
        var now = TimeProvider.System.GetUtcNow();
        var hours = new[] { 50, 2, 26, 1, 49, 3 };

        for (var sent = 0; sent < hours.Length; sent += 2)
        {
            // By pairs, so that the list has some when others come.
            await Post.AcceptedAsync(scene.Address, PageEvents.Late(now.AddHours(-hours[sent]), $"{hours[sent]}@example.com", region));
            await Post.AcceptedAsync(scene.Address, PageEvents.Late(now.AddHours(-hours[sent + 1]), $"{hours[sent + 1]}@example.com", region));
            await Expect(visit.Page.Locator("main a.row")).ToHaveCountAsync(sent + 2);
        }

        using var client = new HttpClient();
        using var answer = JsonDocument.Parse(await client.GetStringAsync(new Uri(scene.Address, $"/api/events?region={region}&from=7d")));
        Assert.Equal(
            answer.RootElement.GetProperty("events").EnumerateArray().Select(found => found.GetProperty("id").GetString()),
            await visit.Page.EvaluateAsync<string[]>("[...document.querySelectorAll('main a.row')].map(row => row.dataset.id)"));
        // Of each day one heading, and it stands over its own.
        Assert.Empty(await visit.Page.EvaluateAsync<string[]>("""
            [...document.querySelectorAll('main .events .day')].map(heading => heading.dataset.day).filter((day, place, days) => days.indexOf(day) !== place)
            """));
        Assert.Empty(await visit.Page.EvaluateAsync<string[]>("""
            (() => {
              let day = null;
              const wrong = [];
              for (const line of document.querySelectorAll('main .events > li')) {
                if (line.classList.contains('day')) day = line.dataset.day;
                else if (new Date(line.querySelector('time').dateTime).getUTCDate() !== Number(/\b(\d{1,2})\b/.exec(day)?.[1])) wrong.push(`${day}: ${line.textContent}`);
              }
              return wrong;
            })()
            """));
        visit.AssertQuiet();
    }

    [ChromiumTheory]
    [InlineData(Screen.Desktop)]
    public async Task Actions_read_as_words(Screen screen)
    {
        await using var visit = await OpenAsync(screen, "tab=story");

        var said = await visit.Page.EvaluateAsync<string[]>("""
            async actions => {
              const { partsOf, past, plain } = await import('/js/words.js');
              return actions.map(action => { const { verb, object } = partsOf(action); return `${past(verb)} ${object}, could not ${plain(verb)}`; });
            }
            """, Words.Keys);

        Assert.Equal(Words.Values, said);
        visit.AssertQuiet();
    }

    [ChromiumTheory]
    [InlineData("a b", "text=a b")]
    [InlineData("text:a b", "text=a b")]
    [InlineData("b text:\"a c\" region:us-south", "region=us-south&text=b a c")]
    [InlineData("-kind:read -a b -c", "kind=!read&text=b&text=!old&text=!a&text=!c")]
    [InlineData("crn:v1:x - 2026-11-22", "text=crn:v1:x - 2026-11-22")]
    [InlineData("from:2026-11-22 To:\"2026-11-23\" a", "from=2026-11-22&to=2026-11-23&text=a")]
    [InlineData("id:0123abcd -id:x", "event=0123abcd&text=before&text=!id:x")]
    [InlineData("constructor:x", "text=constructor:x")]
    public async Task What_is_typed_becomes_filters_and_words(string typed, string expected)
    {
        await using var visit = await OpenAsync(Screen.Desktop, "tab=story");

        var state = await visit.Page.EvaluateAsync<string>("""
            async typed => {
              const { withTyped } = await import('/js/filters.js');
              const state = withTyped(new URLSearchParams(typed.includes('-a') ? 'text=before&text=!old' : 'text=before'), typed);
              return [...state].map(pair => pair.join('=')).join('&');
            }
            """, typed);

        Assert.Equal(expected, state);
        visit.AssertQuiet();
    }

    [ChromiumTheory]
    [InlineData(Screen.Phone)]
    public async Task A_server_that_is_away_is_said_and_asked_again(Screen screen)
    {
        await using var visit = await OpenAsync(screen, "tab=archive");
        await Expect(visit.Page.GetByText("Balanced in every region.")).ToBeVisibleAsync();
        await visit.Page.RouteAsync("**/api/**", route => route.AbortAsync());

        await visit.Link("Events").ClickAsync();

        await Expect(visit.Page.GetByText("Trailgate does not answer").First).ToBeVisibleAsync();
        await visit.LookAsync("away");
        await visit.Page.UnrouteAllAsync();
        await visit.Page.Locator(".list").GetByRole(AriaRole.Button, new() { Name = "Try again" }).ClickAsync();
        await Expect(visit.Row("ana@example.com").First).ToBeVisibleAsync();
        visit.AssertQuiet(but: "net::ERR_FAILED");
    }

    private static Dictionary<string, string> Words { get; } = new(StringComparer.Ordinal)
    {
        ["codeengine.application.delete"] = "deleted application, could not delete",
        ["codeengine.jobrun.list"] = "listed jobrun, could not list",
        ["codeengine.secret.read"] = "read secret, could not read",
        ["cloud-object-storage.object.copy"] = "copied object, could not copy",
        ["is.instance.instance.stop"] = "stopped instance, could not stop",
        ["iam-identity.account-apikey.login"] = "logged in to account apikey, could not log in to",
        ["iam-identity.serviceId.create"] = "created service id, could not create",
        ["deleted.project"] = "deleted project, could not delete",
        ["delete/role_assignment"] = "deleted role assignment, could not delete",
        ["kms.secrets.ack-delete"] = "did \u201cack-delete\u201d to secrets, could not do \u201cack-delete\u201d to",
    };

    private Task<Visit> OpenAsync(Screen screen, params string[] state) =>
        Visit.OpenAsync(scene.Browser, scene.Address, screen, state.Length == 0 ? "/" : $"/#?{string.Join('&', state)}");

    private static ILocator Facet(Visit visit, string value) =>
        visit.Page.Locator(".facets").GetByRole(AriaRole.Button, new() { NameRegex = new Regex($"^{value} ") });

    // On a phone the facets are behind a button.
    private static Task FiltersAsync(Visit visit, Screen screen) => screen == Screen.Phone ? visit.Button("Filters").ClickAsync() : Task.CompletedTask;
}

/// <summary>The tests that share the server and the browser.</summary>
[CollectionDefinition(Name)]
public sealed class PageGroup : ICollectionFixture<PageScene>
{
    public const string Name = "page";
}
