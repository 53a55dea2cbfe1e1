using System.Text;
using Trailgate.Archive;
using Trailgate.Events;
using Trailgate.Signing;
using Trailgate.Storage;
using Trailgate.Tests.Storage;
using static Trailgate.Tests.Archive.ArchiveScene;

namespace Trailgate.Tests.Archive;

/// <summary>The notes that runs write, under the keys that sign them.</summary>
public sealed class SignedLedgerTests : IDisposable
{
    private readonly SigningKey _key = SigningKey.Create("trailgate");
    private readonly SigningKey _other = SigningKey.Create("trailgate");

    public void Dispose()
    {
        _key.Dispose();
        _other.Dispose();
    }

    [Fact]
    public async Task Every_note_of_a_run_is_signed_and_its_text_is_the_ledgers()
    {
        var scene = Scene(_key);
        await scene.PutBatchAsync(1, Event("a"));
        await scene.RunAsync();
        await scene.PutBatchAsync(2, Event("b"));
        await scene.RunAsync();

        Assert.Equal(2, scene.Paths(Containers.Ledger).Count);
        Assert.All(scene.Paths(Containers.Ledger), path =>
        {
            var note = Read(scene.Bytes(Containers.Ledger, path));
            Assert.Equal(NoteVerdict.Valid, note.Check(TrustedKeys.Of([_key.Verifier])));
            Assert.Equal(NoteVerdict.UnknownKey, note.Check(TrustedKeys.Of([_other.Verifier])));
            Assert.Equal(note.Text, LedgerNote.ReadText(note.Text)!.ToText());
        });
    }

    [Fact]
    public async Task The_chain_of_notes_goes_over_their_stored_bytes_signatures_included()
    {
        var scene = Scene(_key);
        await scene.PutBatchAsync(1, Event("a"));
        await scene.RunAsync();
        await scene.PutBatchAsync(2, Event("b"));
        await scene.RunAsync();

        Assert.Equal(
            Hash(scene.Bytes(Containers.Ledger, "0000000001.note").Span),
            LedgerNote.Read(scene.Bytes(Containers.Ledger, "0000000002.note").Span)!.Previous);
    }

    [Fact]
    public async Task While_keys_are_changed_the_old_one_and_the_new_one_sign()
    {
        var scene = Scene(_other, _key);
        await scene.PutBatchAsync(1, Event("a"));
        await scene.RunAsync();

        var note = Read(scene.Bytes(Containers.Ledger, "0000000001.note"));

        Assert.Equal([_other.Verifier.Id, _key.Verifier.Id], note.Signatures.Select(signature => signature.KeyId));
        Assert.Equal(NoteVerdict.Valid, note.Check(TrustedKeys.Of([_key.Verifier])));
        Assert.Equal(NoteVerdict.Valid, note.Check(TrustedKeys.Of([_other.Verifier])));
    }

    [Fact]
    public async Task A_run_that_dies_anywhere_is_resumed_though_its_second_signature_is_another()
    {
        for (var n = 1; ; n++)
        {
            var scene = Scene(_key);
            await scene.PutBatchAsync(1, Event("a"), Event("b", region: "eu-de"));
            var count = 0;
            scene.Store.After = _ =>
            {
                if (Interlocked.Increment(ref count) == n)
                {
                    throw new StorageException("the process dies here");
                }
            };
            var died = await Record.ExceptionAsync(scene.RunAsync) is not null;
            var stood = scene.Paths(Containers.Ledger).Select(path => Hash(scene.Bytes(Containers.Ledger, path).Span)).ToList();
            scene.Store.After = null;

            await scene.RunAsync();

            Assert.True(scene.Paths(Containers.Ledger) is ["0000000001.note"], $"after operation {n}");
            Assert.Equal(NoteVerdict.Valid, Read(scene.Bytes(Containers.Ledger, "0000000001.note")).Check(TrustedKeys.Of([_key.Verifier])));
            // What was published once stands: its hash may be in somebody's hands.
            Assert.All(stood, hash => Assert.Equal(hash, Hash(scene.Bytes(Containers.Ledger, "0000000001.note").Span)));
            if (!died)
            {
                Assert.True(n > 10);
                return;
            }
        }
    }

    [Fact]
    public async Task A_note_of_another_text_under_the_name_stops_the_run_however_well_it_is_signed()
    {
        var scene = Scene(_key);
        await scene.PutBatchAsync(1, Event("a"));
        var foreign = new LedgerNote("trailgate", 1, scene.Time.GetUtcNow(), null, [new RegionHead(Region.Global, 1, new string('a', 64))]);
        scene.Store.Before = call =>
        {
            // After the plan was made, before its note is written.
            if (call.Operation == BlobOperation.Put && call.Target == ArchiveNames.Note(1).ToString() && scene.Paths(Containers.Archive).Count > 0)
            {
                scene.Store.Before = null;
                scene.Store.PutAsync(ArchiveNames.Note(1), foreign.ToBytes(new SigningKeys([_key])), CancellationToken.None).GetAwaiter().GetResult();
            }
        };

        await Assert.ThrowsAsync<ArchiveConflictException>(scene.RunAsync);
    }

    private static ArchiveScene Scene(params SigningKey[] keys) => new() { Signing = new SigningKeys(keys) };

    private static SignedNote Read(ReadOnlyMemory<byte> bytes) =>
        SignedNote.TryRead(bytes.Span, out var note, out var problem) ? note : throw new InvalidOperationException($"{problem}: {Encoding.UTF8.GetString(bytes.Span)}");
}
