using System.Text;
using FsCheck;
using Microsoft.Extensions.Logging.Abstractions;
using Trailgate.Archive;
using Trailgate.Query;
using Trailgate.Signing;
using Trailgate.Storage;
using Trailgate.Tests.Archive;
using Trailgate.Tests.Storage;
using Trailgate.Verify;
using static Trailgate.Tests.Archive.ArchiveScene;

namespace Trailgate.Tests.Verify;

/// <summary>Proofs of single events, out of an archive of several runs, regions and hours.</summary>
public sealed class ProofTests : IAsyncLifetime, IDisposable
{
    private static readonly string[] Seeds = [.. Enumerable.Range(0, 13).Select(i => $"event {i}")];

    private readonly SigningKey _key = SigningKey.Create("trailgate");
    private readonly SigningKey _other = SigningKey.Create("trailgate");
    private readonly ArchiveScene _scene;

    public ProofTests() => _scene = new ArchiveScene { Signing = new SigningKeys([_key]) };

    private TrustedKeys Trusted => TrustedKeys.Of([_key.Verifier]);

    public async Task InitializeAsync()
    {
        for (var i = 0; i < 3; i++)
        {
            await _scene.PutBatchAsync(2 * i, Event($"before {i}"), Event($"elsewhere {i}", region: "eu-de"));
            await _scene.RunAsync();
        }

        await _scene.PutBatchAsync(10, [.. Seeds.Select((seed, i) => Event(seed, $"2026-11-22T05:{i:D2}:00.000Z")), Event("alone", "2026-11-22T09:00:00.000Z", "jp-tok")]);
        await _scene.RunAsync();
        await _scene.PutBatchAsync(11, Event("after"));
        await _scene.RunAsync();
        await _scene.PutBatchAsync(12, Event("waiting"));
    }

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose()
    {
        _key.Dispose();
        _other.Dispose();
    }

    [Fact]
    public async Task Every_archived_event_has_a_proof_that_holds()
    {
        foreach (var seed in Seeds.Concat(["alone", "before 0", "elsewhere 2", "after"]))
        {
            var holds = Assert.IsType<ProofVerdict.Holds>(ProofCheck.Check(await FileAsync(seed), Trusted));

            Assert.Equal(Id(seed), holds.Id);
        }
    }

    [Fact]
    public async Task A_proof_ends_in_the_note_of_the_events_own_run()
    {
        var holds = Assert.IsType<ProofVerdict.Holds>(ProofCheck.Check(await FileAsync(Seeds[3]), Trusted));

        Assert.Equal((4L, "us-south", 4L), (holds.Note.Sequence, holds.Manifest.Region.Name, holds.Manifest.Sequence));
    }

    [Fact]
    public async Task A_proof_is_one_line_that_shows_the_event_as_it_is_stored()
    {
        var text = Encoding.UTF8.GetString((await FileAsync("alone")).Span);

        Assert.StartsWith($$"""{"format":"trailgate-proof-1","event":{{Event("alone", "2026-11-22T09:00:00.000Z", "jp-tok")}},"segment":"region=jp-tok/""", text, StringComparison.Ordinal);
        Assert.Equal(text.Length - 1, text.IndexOf('\n', StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_event_in_the_inbox_waits_and_one_that_is_nowhere_is_not_there()
    {
        Assert.IsType<ProofResult.Waiting>(await Prover().ProveAsync(Id("waiting"), CancellationToken.None));
        Assert.IsType<ProofResult.NoSuchEvent>(await Prover().ProveAsync(Id("nowhere"), CancellationToken.None));
    }

    [Fact]
    public async Task Another_key_proves_nothing()
    {
        var fails = Assert.IsType<ProofVerdict.Fails>(ProofCheck.Check(await FileAsync("alone"), TrustedKeys.Of([_other.Verifier])));

        Assert.Contains(_key.ToString(), fails.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_changed_byte_of_a_proof_makes_it_fail()
    {
        var file = (await FileAsync(Seeds[6])).ToArray();
        Assert.IsType<ProofVerdict.Holds>(ProofCheck.Check(file, Trusted));

        for (var i = 0; i < file.Length; i++)
        {
            var changed = file.ToArray();
            // Each bit in its turn: a change of case, of a digit, of a bracket.
            changed[i] ^= (byte)(1 << (i % 8));
            Assert.True(ProofCheck.Check(changed, Trusted) is ProofVerdict.Fails, $"byte {i} of {file.Length}");
        }
    }

    [Fact]
    public async Task A_proof_with_bytes_put_in_taken_out_or_changed_anywhere_fails()
    {
        var file = (await FileAsync(Seeds[6])).ToArray();
        Assert.IsType<ProofVerdict.Holds>(ProofCheck.Check(file, Trusted));
        Prop.ForAll<int, byte, PositiveInt>((place, value, kind) =>
        {
            var at = (int)((uint)place % file.Length);
            byte[] changed = (kind.Get % 4) switch
            {
                0 => [.. file[..at], value, .. file[at..]],
                1 => [.. file[..at], .. file[(at + 1)..]],
                2 => [.. file[..at], value, .. file[(at + 1)..]],
                _ => [.. file[..at], (byte)' ', .. file[at..]],
            };
            return changed.AsSpan().SequenceEqual(file) || ProofCheck.Check(changed, Trusted) is ProofVerdict.Fails;
        }).Check(new Configuration { MaxNbOfTest = 2000, EndSize = int.MaxValue, QuietOnSuccess = true, Runner = Config.QuickThrowOnFailure.Runner });
    }

    [Fact]
    public async Task Parts_of_different_proofs_make_none()
    {
        var one = await ProofAsync(Seeds[1]);
        var two = await ProofAsync(Seeds[2]);
        var alone = await ProofAsync("alone");
        var early = await ProofAsync("before 0");

        Assert.All(
            [
                one with { Event = two.Event }, one with { Index = two.Index }, one with { Path = two.Path },
                one with { Manifest = alone.Manifest }, one with { Manifest = early.Manifest }, one with { Note = early.Note },
                one with { Segment = alone.Segment }, one with { Overflow = "{}"u8.ToArray() },
            ],
            mixed => Assert.IsType<ProofVerdict.Fails>(ProofCheck.Check(mixed.ToBytes(), Trusted)));
        Assert.IsType<ProofVerdict.Holds>(ProofCheck.Check((one with { Note = alone.Note }).ToBytes(), Trusted)); // the same run, the same note
    }

    [Fact]
    public async Task A_note_of_the_right_key_that_is_no_ledger_note_proves_nothing()
    {
        var proof = await ProofAsync("alone");
        var other = Encoding.UTF8.GetString(new SigningKeys([_key]).Sign("trailgate receipt\n").Span);

        Assert.IsType<ProofVerdict.Fails>(ProofCheck.Check((proof with { Note = other }).ToBytes(), Trusted));
    }

    [Fact]
    public async Task What_was_changed_in_the_store_is_not_proven()
    {
        var name = ArchiveNames.Manifest(Region("us-south"), 4);
        var manifest = _scene.Bytes(Containers.Archive, name.Path).ToArray();
        await _scene.Store.DeleteAsync(name, CancellationToken.None);
        await _scene.Store.PutAsync(name, Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(manifest).Replace("\"duplicate\":0", "\"duplicate\":1", StringComparison.Ordinal)), CancellationToken.None);

        var failure = await Assert.ThrowsAsync<ArchiveDamagedException>(() => Prover().ProveAsync(Id(Seeds[0]), CancellationToken.None));

        Assert.Contains("not the manifest that the ledger note names", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Evidence_is_not_written_to_though_its_indexes_are_missing_or_damaged()
    {
        var indexes = _scene.Store.Blobs.Where(static blob => blob.Key.Container == Containers.Index).Select(static blob => blob.Key).ToList();
        foreach (var name in indexes)
        {
            await _scene.Store.DeleteAsync(name, CancellationToken.None);
        }

        await _scene.Store.PutAsync(indexes[0], "damaged"u8.ToArray(), CancellationToken.None);
        var before = _scene.Store.Blobs.Select(static blob => (blob.Key, Convert.ToHexString(blob.Value.Span))).ToList();

        await Prover(isReadOnly: true).ProveAsync(Id("before 0"), CancellationToken.None);

        Assert.Equal(before, _scene.Store.Blobs.Select(static blob => (blob.Key, Convert.ToHexString(blob.Value.Span))));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("""{"format":"trailgate-proof-1"}""")]
    [InlineData("""{"format":"trailgate-proof-1","event":{},"segment":"\ud800","index":0,"path":[],"manifest":{},"note":"x"}""")]
    public void What_is_no_proof_proves_nothing(string text) =>
        Assert.IsType<ProofVerdict.Fails>(ProofCheck.Check(Encoding.UTF8.GetBytes(text), Trusted));

    private EventProver Prover(bool isReadOnly = false) => new(new EventLookup(new StoreReaders(
        [new StoreReader(OneStore.Over(_scene.Store), NullLogger<InboxReader>.Instance, isReadOnly)], NullLogger<StoreReaders>.Instance)));

    private async Task<EventProof> ProofAsync(string seed) =>
        Assert.IsType<ProofResult.Proven>(await Prover().ProveAsync(Id(seed), CancellationToken.None)).Proof;

    private async Task<ReadOnlyMemory<byte>> FileAsync(string seed) => (await ProofAsync(seed)).ToBytes();

    private static Trailgate.Events.Region Region(string name) =>
        Trailgate.Events.Region.TryParse(name.AsSpan(), out var region) ? region : throw new InvalidOperationException(name);
}
