using System.CommandLine;
using Trailgate.Benchmarks;
using Trailgate.Benchmarks.Alerts;
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
var events = Count("--events", 100, "Events a request.", most: 1_000);
var data = new Option<string?>("--data-parent") { Description = "Where the product's data directory is made and removed again. The disk matters." };
var archive = new Option<string>("--archive") { Description = "When archive runs start (NCRONTAB).", DefaultValueFactory = _ => "*/10 * * * * *" };
var trailgate = new Option<string>("--trailgate")
{
    Description = "The product's assembly; another build can be measured too.",
    DefaultValueFactory = _ => Path.Combine(AppContext.BaseDirectory, "trailgate.dll"),
};
var target = new Option<string?>("--target") { Description = "One of them alone." };
target.AcceptOnlyFromAmong("bare", "trailgate", "put-blob");
var azurite = new Option<bool>("--azurite") { Description = "Keeps everything in an Azurite that is started for it; `ingest` then measures a plain Put Blob a request as well." };
var commits = new Option<int?>("--commits") { Description = "The product's Trailgate:Ingest:Commits, 1 to 16." };
var receipts = new Option<bool>("--receipts") { Description = "Measures the product with a signed receipt in every answer as well." };
var connection = new Option<string>("--connection") { Description = "Where blobs are put.", Required = true };

var bare = new Command("bare", "A bare Kestrel endpoint that drains the body and answers 202.") { url };
bare.SetAction((arguments, cancellationToken) => BareServer.RunAsync(arguments.GetValue(url)!, cancellationToken));

var putBlob = new Command("put-blob", "An endpoint that puts each body as a blob of its own.") { url, connection };
putBlob.SetAction((arguments, cancellationToken) => PutBlobServer.RunAsync(arguments.GetValue(url)!, arguments.GetValue(connection)!, cancellationToken));

var ingest = new Command("ingest", "The product beside the bare endpoint: single events and bodies of 100.") { connections, threads, seconds, warmUp, rounds, target, azurite, commits, receipts, trailgate, data };
ingest.SetAction((arguments, cancellationToken) => ReportAsync(() => new IngestComparison(time, new IngestOptions
{
    Target = arguments.GetValue(target),
    Shape = Shape(arguments),
    Round = TimeSpan.FromSeconds(arguments.GetValue(seconds)),
    WarmUp = TimeSpan.FromSeconds(arguments.GetValue(warmUp)),
    Rounds = arguments.GetValue(rounds),
    Trailgate = arguments.GetValue(trailgate)!,
    DataParent = arguments.GetValue(data),
    Azurite = arguments.GetValue(azurite),
    Commits = arguments.GetValue(commits),
    Receipts = arguments.GetValue(receipts),
}).RunAsync(cancellationToken)));

var roundTrips = new Option<int[]>("--round-trips") { Description = "How far the account is away, in milliseconds.", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [2, 5, 10, 20] };
var commitSeconds = Count("--seconds", 4, "Length of a round.");
var inFlight = new Command("commits", "How many commits at once suit an account that is some way off.") { connections, threads, roundTrips, commitSeconds, trailgate, data };
inFlight.SetAction((arguments, cancellationToken) => ReportAsync(() => new CommitsRun(
    time, Shape(arguments), arguments.GetValue(roundTrips)!, TimeSpan.FromSeconds(arguments.GetValue(commitSeconds)), arguments.GetValue(trailgate)!, arguments.GetValue(data))
    .RunAsync(cancellationToken)));

var sustain = new Command("sustain", "Bodies at full speed against the product while archive runs go on; memory over time.") { connections, threads, sustainSeconds, events, archive, trailgate, data };
sustain.SetAction((arguments, cancellationToken) => ReportAsync(() => new SustainRun(
    time, Shape(arguments), arguments.GetValue(events), TimeSpan.FromSeconds(arguments.GetValue(sustainSeconds)), arguments.GetValue(archive)!,
    arguments.GetValue(trailgate)!, arguments.GetValue(data))
    .RunAsync(cancellationToken)));

var iterations = Count("--rounds", 10, "Rounds of each.");
var normalize = new Command("normalize", "The normalizer on one core beside reading, copying and hashing the same events.") { iterations };
normalize.SetAction(arguments => ReadingBenchmark.Run(arguments.GetValue(iterations)));

var eventsToVerify = Count("--thousands", 300, "Thousands of events in the archive.", most: 100_000);
var verifyRounds = Count("--rounds", 5, "Rounds of each.");
var verify = new Command("verify", "The verifier over an archive beside plain gunzip and SHA-256 over the same segments.") { eventsToVerify, verifyRounds, data };
verify.SetAction((arguments, cancellationToken) => ReportAsync(() =>
    new VerifySpeed(time, arguments.GetValue(eventsToVerify), arguments.GetValue(verifyRounds), arguments.GetValue(data)).RunAsync(cancellationToken)));

var deletes = Count("--events", 300, "How many alerts.");
var burst = new Option<bool>("--burst") { Description = "Instead of single alerts: 50,000 within a minute, over files; messages, counts and memory." };
var alerts = new Command("alerts", "How long one alert takes from the POST of its event to a receiver, on an idle system.") { deletes, azurite, burst, trailgate, data };
alerts.SetAction((arguments, cancellationToken) => ReportAsync(() => arguments.GetValue(burst)
    ? new AlertBurst(time, arguments.GetValue(trailgate)!, arguments.GetValue(data)).RunAsync(cancellationToken)
    : new AlertLatency(time, arguments.GetValue(deletes), arguments.GetValue(azurite), arguments.GetValue(trailgate)!, arguments.GetValue(data)).RunAsync(cancellationToken)));

var eventsToQuery = Count("--thousands", 1_000, "Thousands of events in the archive.", most: 100_000);
var queryRounds = Count("--rounds", 5, "Rounds of each query.");
var query = new Command("query", "Queries over 90 days and six regions, cold, beside a scan of the same archive.") { eventsToQuery, queryRounds, data };
query.SetAction((arguments, cancellationToken) => ReportAsync(() =>
    new QuerySpeed(time, arguments.GetValue(eventsToQuery), arguments.GetValue(queryRounds), arguments.GetValue(data)).RunAsync(cancellationToken)));

var batches = Count("--batches", 100_000, "Batches in the inbox.", most: 1_000_000);
var perBatch = Count("--events", 3, "Events in each.");
var backlog = new Command("backlog", "How much memory an archive run and the verifier take over an inbox that nobody emptied for long.") { batches, perBatch, trailgate, data };
backlog.SetAction((arguments, cancellationToken) => ReportAsync(() => new BacklogRun(
    time, arguments.GetValue(batches), arguments.GetValue(perBatch), arguments.GetValue(trailgate)!, arguments.GetValue(data)).RunAsync(cancellationToken)));

var root = new RootCommand("Measures Trailgate. Build with -c Release.") { bare, putBlob, ingest, inFlight, normalize, sustain, verify, query, backlog, alerts };

// 0 done, 1 done and something was not accepted, 2 could not: as the product's own command.
var parsed = root.Parse(args);
var code = await parsed.InvokeAsync();
return parsed.Errors.Count > 0 ? 2 : code;

LoadShape Shape(ParseResult arguments)
{
    var all = arguments.GetValue(connections);
    return new LoadShape(all, Math.Min(arguments.GetValue(threads), all));
}

static Option<int> Count(string name, int value, string description, int most = 10_000)
{
    var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => value };
    option.Validators.Add(result =>
    {
        if (result.GetValueOrDefault<int>() is var number && (number < 1 || number > most))
        {
            result.AddError($"{name} must lie between 1 and {most}.");
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
    catch (Exception e) when (e is ServerException or Trailgate.Cli.CommandFailedException or InvalidDataException or IOException or HttpRequestException or OperationCanceledException)
    {
        await Console.Error.WriteLineAsync(e is OperationCanceledException ? "Stopped." : e.Message);
        return 2;
    }
}
