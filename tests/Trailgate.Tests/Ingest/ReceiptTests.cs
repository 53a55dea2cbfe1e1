using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Trailgate.Archive;
using Trailgate.Ingest;
using Trailgate.Signing;
using Trailgate.Storage;
using Trailgate.Verify;

namespace Trailgate.Tests.Ingest;

/// <summary>Receipts, from the answer to the check against the archive.</summary>
public sealed class ReceiptTests
{
    private const string South = "us-south";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    [Fact]
    public async Task Who_does_not_ask_gets_none()
    {
        await using var server = await IngestServer.StartAsync();

        var answer = await PostAsync(server, Body("a"), prefer: null);

        Assert.False(answer.Json.TryGetProperty("receipt", out _));
        Assert.False(answer.Headers.Contains("Preference-Applied"));
    }

    [Theory]
    [InlineData("receipt")]
    [InlineData("Receipt")]
    [InlineData("respond-async, receipt; x=1")]
    [InlineData("receipt=yes")]
    public async Task Who_asks_gets_one_and_is_told_so(string prefer)
    {
        await using var server = await IngestServer.StartAsync();

        var answer = await PostAsync(server, Body("a"), prefer);

        Assert.Equal(202, answer.Status);
        Assert.Equal("receipt", Assert.Single(answer.Headers.GetValues("Preference-Applied")));
        Assert.Equal(NoteVerdict.Valid, Note(answer).Check(Trusted(server)));
        // Answers are appended to a file of receipts, which has one a line.
        Assert.EndsWith("}\n", answer.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("respond-async")]
    [InlineData("receipts")]
    [InlineData("no receipt")]
    [InlineData("")]
    public async Task Another_preference_is_no_wish_for_one(string prefer)
    {
        await using var server = await IngestServer.StartAsync();

        Assert.False((await PostAsync(server, Body("a"), prefer)).Json.TryGetProperty("receipt", out _));
    }

    [Fact]
    public async Task A_setting_gives_one_to_all()
    {
        await using var server = await IngestServer.StartAsync(("Trailgate:Ingest:Receipts", "true"));

        var answer = await PostAsync(server, Body("a"), prefer: null);

        Assert.Equal(NoteVerdict.Valid, Note(answer).Check(Trusted(server)));
        Assert.False(answer.Headers.Contains("Preference-Applied"));
    }

    [Fact]
    public async Task It_names_the_events_in_their_order_and_the_very_batch_that_was_stored()
    {
        await using var server = await IngestServer.StartAsync();

        var answer = await PostAsync(server, Body("a", "b", "c"), "receipt");

        var lines = Note(answer).Text.Split('\n');
        var batch = Assert.Single(await BatchesAsync(server.Store));
        Assert.Equal("trailgate receipt", lines[0]);
        Assert.Equal("trailgate", lines[1]);
        Assert.Equal($"batch default {batch.Path} {Convert.ToHexStringLower(SHA256.HashData(batch.Bytes.Span))}", lines[3]);
        Assert.Equal(answer.Results.Select(result => $"{result.GetProperty("id").GetString()} {South}"), lines[4..^1]);
        Assert.Equal("", lines[^1]);
    }

    [Fact]
    public async Task What_is_no_event_has_no_receipt()
    {
        await using var server = await IngestServer.StartAsync();

        var nothing = await PostAsync(server, "{\"x\":1}", "receipt");
        var some = await PostAsync(server, $"[{{\"x\":1}},{Body("a")[1..]}", "receipt");

        Assert.Equal(422, nothing.Status);
        Assert.False(nothing.Json.TryGetProperty("receipt", out _));
        Assert.Single(Assert.Single(Read(some).Batches).Events);
    }

    [Fact]
    public async Task A_body_for_two_stores_gets_one_that_names_the_batch_of_each()
    {
        using var eu = new Support.TempFolder();
        await using var server = await IngestServer.StartAsync(("Trailgate:Stores:eu:Data", eu.Path), ("Trailgate:Regions:eu-de", "eu"));

        var answer = await PostAsync(server, $"[{Event("a")},{Event("b", "eu-de")},{Event("c")}]", "receipt");

        var receipt = Read(answer);
        Assert.Equal(["default", "eu"], receipt.Batches.Select(batch => batch.Store));
        Assert.Equal([2, 1], receipt.Batches.Select(batch => batch.Events.Count));
        Assert.Equal("eu-de", Assert.Single(receipt.Batches[1].Events).Region.Name);
        Assert.Empty((await CheckAsync(server, Receipt(answer))).Findings);
    }

    [Fact]
    public async Task Receipts_of_requests_that_share_a_batch_name_their_own_events_alone()
    {
        await using var server = await IngestServer.StartAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => PostAsync(server, Body($"event {i}"), "receipt")));

        Assert.All(answers, answer => Assert.Equal(
            answer.Results.Select(result => result.GetProperty("id").GetString()),
            Read(answer).Batches.SelectMany(batch => batch.Events).Select(item => item.Id.ToString())));
        var stored = (await BatchesAsync(server.Store)).ToDictionary(batch => batch.Path, batch => Convert.ToHexStringLower(SHA256.HashData(batch.Bytes.Span)));
        Assert.All(answers.SelectMany(answer => Read(answer).Batches), batch => Assert.Equal(stored[batch.Name], batch.Sha256));
    }

    [Fact]
    public async Task A_promise_is_kept_in_the_inbox_and_in_the_archive()
    {
        await using var server = await IngestServer.StartAsync();
        var first = await PostAsync(server, Body("a", "b"), "receipt");
        await server.Services.GetRequiredService<Archiver>().RunAsync(CancellationToken.None);
        var second = await PostAsync(server, Body("c"), "receipt");

        var report = await CheckAsync(server, $"{first.Body}{second.Body}");

        Assert.Empty(report.Findings);
        Assert.Equal((2, 3, 1), (report.Receipts, report.Events, report.Waiting));
    }

    [Fact]
    public async Task The_copy_of_a_resend_keeps_the_promise_too()
    {
        await using var server = await IngestServer.StartAsync();
        var first = await PostAsync(server, Body("a"), "receipt");
        await server.Services.GetRequiredService<Archiver>().RunAsync(CancellationToken.None);
        var again = await PostAsync(server, Body("a"), "receipt");
        await server.Services.GetRequiredService<Archiver>().RunAsync(CancellationToken.None);

        Assert.Empty((await CheckAsync(server, $"{first.Body}{again.Body}")).Findings);
    }

    [Fact]
    public async Task A_promise_that_was_not_kept_is_found_by_its_line_and_event()
    {
        await using var server = await IngestServer.StartAsync();
        var kept = await PostAsync(server, Body("a"), "receipt");
        var (path, _) = (await BatchesAsync(server.Store))[^1];
        var lost = await PostAsync(server, Body("b"), "receipt");
        var batch = (await BatchesAsync(server.Store)).Single(other => other.Path != path);
        await server.Store.DeleteAsync(new BlobName(Trailgate.Storage.Containers.Inbox, batch.Path), CancellationToken.None);
        await server.Services.GetRequiredService<Archiver>().RunAsync(CancellationToken.None);

        var finding = Assert.Single((await CheckAsync(server, $"{kept.Body}\n{lost.Body}")).Findings);

        Assert.Equal(3, finding.Line);
        Assert.Contains(lost.Results[0].GetProperty("id").GetString()!, finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_batch_that_was_exchanged_is_found_though_it_holds_the_event()
    {
        await using var server = await IngestServer.StartAsync();
        var answer = await PostAsync(server, Body("a"), "receipt");
        var batch = Assert.Single(await BatchesAsync(server.Store));
        var name = new BlobName(Trailgate.Storage.Containers.Inbox, batch.Path);
        await server.Store.DeleteAsync(name, CancellationToken.None);
        var other = Encoding.UTF8.GetString(batch.Bytes.Span).Split('\n')[0].Replace("\"accepted\"", "\"Accepted\"", StringComparison.Ordinal);
        await server.Store.PutAsync(name, Archive.ArchiveScene.Batch(other, other), CancellationToken.None);

        Assert.Contains("not the one that was promised", Assert.Single((await CheckAsync(server, answer.Body)).Findings).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_changed_receipt_and_one_of_another_key_are_found()
    {
        await using var server = await IngestServer.StartAsync();
        var answer = await PostAsync(server, Body("a"), "receipt");
        using var other = SigningKey.Create("trailgate");
        var forged = Encoding.UTF8.GetString(SignedNote.Write(Note(answer).Text, [other]).Span);
        var changed = Receipt(answer).Replace(South, "us-east", StringComparison.Ordinal);
        var unsigned = Note(answer).Text + "\n";

        var report = await CheckAsync(server, forged + changed + unsigned + Receipt(answer));

        Assert.Equal(4, report.Receipts);
        Assert.Equal(
            ["the receipt is signed by none of the given keys", "the signature is wrong: the receipt was changed, or is not of the given key", "the receipt is not signed"],
            report.Findings.Select(finding => finding.Message));
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("7")]
    [InlineData("{\"receipt\":7}")]
    [InlineData("{\"receipt\":\"\\ud800\"}")]
    [InlineData("\"trailgate receipt\\n\"")]
    public async Task A_line_without_a_receipt_is_a_finding(string line)
    {
        await using var server = await IngestServer.StartAsync();

        Assert.Equal(1, Assert.Single((await CheckAsync(server, line)).Findings).Line);
    }

    [Fact]
    public async Task Receipts_are_read_as_answers_as_texts_and_as_notes()
    {
        await using var server = await IngestServer.StartAsync();
        var one = await PostAsync(server, Body("a"), "receipt");
        var two = await PostAsync(server, $"[{Event("b", "eu-de")}]", "receipt");
        var (first, second) = (JsonSerializer.Serialize(Receipt(one)), JsonSerializer.Serialize(Receipt(two)));
        var pretty = JsonSerializer.Serialize(JsonDocument.Parse(two.Body).RootElement, Indented);

        foreach (var (file, line) in new[]
        {
            (one.Body + two.Body, 2),
            ($"{first}\n{second}", 2),
            ($"{first} {second}\n", 1),
            ($"[\n{first},\n{second}]\n", 3),
            ($"[{one.Body.TrimEnd()},{pretty}]", 1),
            (one.Body + pretty, 2),
            (Receipt(one) + Receipt(two), Lines(Receipt(one)) + 1),
            ($"{Receipt(one)}\n{Receipt(two)}\n", Lines(Receipt(one)) + 2), // as jq --raw-output prints them
            ($"\n{Receipt(one)}{Receipt(two).TrimEnd('\n')}", Lines(Receipt(one)) + 2),
        })
        {
            foreach (var form in new[] { file, file.Replace("\n", "\r\n", StringComparison.Ordinal), $"\uFEFF{file}" })
            {
                var report = await CheckAsync(server, form);
                Assert.Equal((2, 2, 0), (report.Receipts, report.Events, report.Findings.Count));

                // The same with the second one spoilt says where that begins.
                var spoilt = Regex.Replace(form, @"eu-de(?=\\n|\r?\n)", South);
                Assert.Equal(line, Assert.Single((await CheckAsync(server, spoilt)).Findings).Line);
            }
        }

        static int Lines(string text) => text.Count(static c => c == '\n');
    }

    [Fact]
    public async Task Answers_without_a_receipt_are_counted_and_are_no_findings()
    {
        await using var server = await IngestServer.StartAsync();
        var plain = await PostAsync(server, Body("a"), prefer: null);
        var signed = await PostAsync(server, Body("b"), "receipt");

        var report = await CheckAsync(server, plain.Body + "\n" + signed.Body + """{"title":"The body is too large.","status":413}""");

        Assert.Equal((1, 2, 1, 0), (report.Receipts, report.WithoutReceipt, report.Events, report.Findings.Count));
    }

    [Fact]
    public async Task A_damaged_line_hides_none_of_the_others()
    {
        await using var server = await IngestServer.StartAsync();
        var answer = await PostAsync(server, Body("a"), "receipt");

        var report = await CheckAsync(server, $"{answer.Body.TrimEnd()[..^1]}\n{answer.Body}");

        Assert.Equal((2, 1), (report.Receipts, report.Events));
        Assert.Equal((1, "no receipt can be read here"), (Assert.Single(report.Findings).Line, report.Findings[0].Message));
    }

    [Fact]
    public async Task An_archive_whose_last_note_no_given_key_signed_vouches_for_nothing()
    {
        await using var server = await IngestServer.StartAsync();
        var answer = await PostAsync(server, Body("a"), "receipt");
        await server.Services.GetRequiredService<Archiver>().RunAsync(CancellationToken.None);
        using var other = SigningKey.Create("trailgate");
        var store = new Store(Store.DefaultName, server.Store);

        await Assert.ThrowsAsync<ArchiveDamagedException>(() => new ReceiptCheck([store], TrustedKeys.Of([other.Verifier])).RunAsync(answer.Body, CancellationToken.None));
    }

    [Theory]
    [InlineData("trailgate receipt\nx\n2026-11-22T06:00:00.000Z\n", true)]
    [InlineData("trailgate receipt\nx\n2026-11-22T06:00:00.000Z\nbatch s n h\n00000000000000000000000000000001 us-south\n", true)]
    [InlineData("trailgate receipt\nx\n2026-11-22T06:00:00.000Z\n00000000000000000000000000000001 us-south\n", false)]
    [InlineData("trailgate receipt\nx\n2026-11-22T06:00:00Z\n", false)]
    [InlineData("trailgate receipt\nx\nyesterday\n", false)]
    [InlineData("trailgate receipt\nx\n2026-11-22T06:00:00.000Z\nbatch s n\n", false)]
    [InlineData("trailgate receipt\nx\n2026-11-22T06:00:00.000Z\nbatch s n h\nABCDEF00000000000000000000000001 us-south\n", false)]
    [InlineData("trailgate\n1\n2026-11-22T06:00:00.000Z\nnone\n", false)]
    public void A_text_is_a_receipt_only_in_the_form_that_is_written(string text, bool read) =>
        Assert.Equal(read, Trailgate.Ingest.Receipt.TryRead(text, out _));

    private static Task<Answer> PostAsync(IngestServer server, string body, string? prefer)
    {
        server.Client.DefaultRequestHeaders.Remove("Prefer");
        if (prefer is not null)
        {
            server.Client.DefaultRequestHeaders.TryAddWithoutValidation("Prefer", prefer);
        }

        return server.PostAsync(body);
    }

    private static string Event(string name, string region = South) =>
        $$"""{"action":"codeengine.application.create","outcome":"success","eventTime":"2026-11-22T05:54:00.123Z","message":"accepted {{name}}","logSourceCRN":"crn:v1:bluemix:public:codeengine:{{region}}:a/1:::"}""";

    private static string Body(params string[] names) => $"[{string.Join(',', names.Select(name => Event(name)))}]";

    private static string Receipt(Answer answer) => answer.Text("receipt");

    private static SignedNote Note(Answer answer) =>
        SignedNote.TryRead(Encoding.UTF8.GetBytes(Receipt(answer)), out var note, out var problem) ? note : throw new InvalidOperationException(problem);

    private static Receipt Read(Answer answer) =>
        Trailgate.Ingest.Receipt.TryRead(Note(answer).Text, out var receipt) ? receipt : throw new InvalidOperationException(answer.Body);

    private static TrustedKeys Trusted(IngestServer server) =>
        TrustedKeys.Of(server.Services.GetRequiredService<SigningKeys>().All.Select(key => key.Verifier));

    private static Task<ReceiptReport> CheckAsync(IngestServer server, string file) =>
        new ReceiptCheck(server.Services.GetRequiredService<Stores>().All, Trusted(server)).RunAsync(file, CancellationToken.None);

    private static async Task<List<(string Path, ReadOnlyMemory<byte> Bytes)>> BatchesAsync(IBlobStore store)
    {
        var batches = new List<(string, ReadOnlyMemory<byte>)>();
        await foreach (var path in store.ListPathsAsync(Trailgate.Storage.Containers.Inbox, "batches/", CancellationToken.None))
        {
            batches.Add((path, (await store.ReadAsync(new BlobName(Trailgate.Storage.Containers.Inbox, path), CancellationToken.None))!.Bytes));
        }

        return batches;
    }
}
