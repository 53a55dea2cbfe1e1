using System.CommandLine;
using System.Net.Sockets;
using Trailgate.Benchmarks;
using Trailgate.Benchmarks.Load;
using Trailgate.Benchmarks.Servers;

var time = TimeProvider.System;

var url = new Option<string>("--url") { Description = "Where it listens.", DefaultValueFactory = _ => "http://127.0.0.1:7072" };
var connections = Count("--connections", 64, "Connections, each with one request on the way.");
var threads = Count("--threads", 1, "Threads of the generator.");
var seconds = Count("--seconds", 10, "Length of a round.");
var sustainSeconds = Count("--seconds", 120, "How long.");
var warmUp = Count("--warm-up", 3, "Seconds of load of each kind before the first round, for the JIT.");
var rounds = Count("--rounds", 3, "Rounds of each kind for each server.");
var events = Count("--events", 100, "Events a request.");
var data = new Option<string?>("--data-parent") { Description = "Where the product's data directory is made and removed again. The disk matters." };
var archive = new Option<string>("--archive") { Description = "When archive runs start (NCRONTAB).", DefaultValueFactory = _ => "*/10 * * * * *" };
var target = new Option<string?>("--target") { Description = "One of the two alone." };
target.AcceptOnlyFromAmong("bare", "trailgate");

var bare = new Command("bare", "A bare Kestrel endpoint that drains the body and answers 202.") { url };
bare.SetAction((arguments, cancellationToken) => BareServer.RunAsync(arguments.GetValue(url)!, cancellationToken));

var ingest = new Command("ingest", "The product beside the bare endpoint: single events and bodies of 100.") { connections, threads, seconds, warmUp, rounds, target, data };
ingest.SetAction((arguments, cancellationToken) => ReportAsync(() => new IngestComparison(time, new IngestOptions
{
    Target = arguments.GetValue(target),
    Shape = Shape(arguments),
    Round = TimeSpan.FromSeconds(arguments.GetValue(seconds)),
    WarmUp = TimeSpan.FromSeconds(arguments.GetValue(warmUp)),
    Rounds = arguments.GetValue(rounds),
    DataParent = arguments.GetValue(data),
}).RunAsync(cancellationToken)));

var sustain = new Command("sustain", "Bodies at full speed against the product while archive runs go on; memory over time.") { connections, threads, sustainSeconds, events, archive, data };
sustain.SetAction((arguments, cancellationToken) => ReportAsync(() => new SustainRun(
    time, Shape(arguments), arguments.GetValue(events), TimeSpan.FromSeconds(arguments.GetValue(sustainSeconds)), arguments.GetValue(archive)!, arguments.GetValue(data))
    .RunAsync(cancellationToken)));

var root = new RootCommand("Measures Trailgate. Build with -c Release.") { bare, ingest, sustain };
return await root.Parse(args).InvokeAsync();

LoadShape Shape(ParseResult arguments)
{
    var all = arguments.GetValue(connections);
    return new LoadShape(all, Math.Min(arguments.GetValue(threads), all));
}

static Option<int> Count(string name, int value, string description)
{
    var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => value };
    option.Validators.Add(result =>
    {
        if (result.GetValueOrDefault<int>() is < 1 or > 10_000)
        {
            result.AddError($"{name} must lie between 1 and 10,000.");
        }
    });
    return option;
}

// What a measurement can run into is one sentence, not a stack trace.
static async Task<int> ReportAsync(Func<Task<int>> action)
{
    try
    {
        return await action();
    }
    catch (Exception e) when (e is ServerException or SocketException or InvalidDataException or IOException or OperationCanceledException)
    {
        await Console.Error.WriteLineAsync(e is OperationCanceledException ? "Stopped." : e.Message);
        return 2;
    }
}
