using System.Globalization;
using System.IO.Compression;
using System.Text;
using Trailgate.Archive;
using Trailgate.Signing;
using Trailgate.Storage;
using Trailgate.Tests.Archive;
using Trailgate.Tests.Storage;
using Trailgate.Tests.Support;
using Trailgate.Verify;

namespace Trailgate.Tests.Verify;

/// <summary>A copy of an archive, and the tools of somebody who wants to change it.</summary>
internal sealed class DamagedArchive(MemoryBlobStore store)
{
    public MemoryBlobStore Store => store;

    /// <summary>What whoever checks knows.</summary>
    public VerifyOptions Options { get; set; } = new() { Keys = EvidenceScene.Trusted, Parallelism = 2 };

    public ManualTimeProvider Time { get; } = new(EvidenceScene.End.AddMinutes(1));

    public IReadOnlyList<string> Paths(string container, string prefix = "") =>
        [.. store.Blobs.Where(blob => blob.Key.Container == container && blob.Key.Path.StartsWith(prefix, StringComparison.Ordinal)).Select(blob => blob.Key.Path)];

    public IReadOnlyList<string> Segments(string region) =>
        [.. Paths(Containers.Archive, $"region={region}/").Where(path => path.EndsWith(".ndjson.gz", StringComparison.Ordinal))];

    /// <summary>The segment of the large run, which has several members.</summary>
    public string LargeSegment =>
        Segments("us-south").Single(path => path.Contains($"/{EvidenceScene.LargeRun:D10}-", StringComparison.Ordinal) && !path.Contains("hour=00", StringComparison.Ordinal));

    public byte[] Read(string container, string path) => store.Blobs.Single(blob => blob.Key == new BlobName(container, path)).Value.ToArray();

    public string Text(string container, string path) => Encoding.UTF8.GetString(Read(container, path));

    public async Task DeleteAsync(string container, string path) =>
        Assert.True(await store.DeleteAsync(new BlobName(container, path), CancellationToken.None));

    public async Task PutAsync(string container, string path, ReadOnlyMemory<byte> bytes) =>
        Assert.Equal(PutResult.Created, await store.PutAsync(new BlobName(container, path), bytes, CancellationToken.None));

    public async Task ReplaceAsync(string container, string path, ReadOnlyMemory<byte> bytes)
    {
        await DeleteAsync(container, path);
        await PutAsync(container, path, bytes);
    }

    /// <summary>Changes the text of a blob; the change must change something.</summary>
    public async Task EditAsync(string container, string path, Func<string, string> edit)
    {
        var text = Text(container, path);
        var edited = edit(text);
        Assert.NotEqual(text, edited);
        await ReplaceAsync(container, path, Encoding.UTF8.GetBytes(edited));
    }

    public List<string> Lines(string segment)
    {
        using var gzip = new GZipStream(new MemoryStream(Read(Containers.Archive, segment)), CompressionMode.Decompress);
        using var reader = new StreamReader(gzip, Encoding.UTF8);
        return [.. reader.ReadToEnd().Split('\n')[..^1]];
    }

    /// <summary>Puts other lines into a segment, in members as runs make them.</summary>
    public async Task RewriteAsync(string segment, Action<List<string>> edit)
    {
        var lines = Lines(segment);
        edit(lines);
        await ReplaceAsync(Containers.Archive, segment, Compress(lines));
    }

    public static byte[] Compress(IEnumerable<string> lines)
    {
        using var stored = new MemoryStream();
        var member = new StringBuilder();
        foreach (var line in lines)
        {
            if (member.Length > 0 && Encoding.UTF8.GetByteCount(member.ToString()) + Encoding.UTF8.GetByteCount(line) + 1 > 256 * 1024)
            {
                stored.Write(Gzip.Compress(Encoding.UTF8.GetBytes(member.ToString()), CompressionLevel.Optimal));
                member.Clear();
            }

            member.Append(line).Append('\n');
        }

        stored.Write(Gzip.Compress(Encoding.UTF8.GetBytes(member.ToString()), CompressionLevel.Optimal));
        return stored.ToArray();
    }

    public static string ManifestPath(string region, long sequence) => string.Create(CultureInfo.InvariantCulture, $"region={region}/manifests/{sequence:D10}.json");

    public static string NotePath(long sequence) => string.Create(CultureInfo.InvariantCulture, $"{sequence:D10}.note");

    public Manifest Manifest(string region, long sequence) => ManifestJson.Read(Read(Containers.Archive, ManifestPath(region, sequence)))!;

    public LedgerNote Note(long sequence) => LedgerNote.Read(Read(Containers.Ledger, NotePath(sequence)))!;

    public int NoteCount => Paths(Containers.Ledger).Count;

    /// <summary>
    /// Changes manifests from one on and then links everything behind it anew: the manifests of its region, and all notes, signed by
    /// somebody. It is what a thief of the key could do, and what a faulty run would do.
    /// </summary>
    public async Task ForgeAsync(string region, long sequence, Func<Manifest, Manifest> edit, SigningKey key)
    {
        var last = Paths(Containers.Archive, $"region={region}/manifests/").Count;
        var digests = new Dictionary<long, string>();
        for (var next = sequence; next <= last; next++)
        {
            var manifest = Manifest(region, next);
            manifest = edit(next == sequence ? manifest : manifest with { Previous = digests[next - 1] });
            var bytes = ManifestJson.Write(manifest);
            await ReplaceAsync(Containers.Archive, ManifestPath(region, next), bytes);
            digests[next] = ArchiveScene.Hash(bytes.Span);
        }

        await ForgeNotesAsync(
            note => note with { Heads = [.. note.Heads.Select(head => head.Region.Name == region && digests.TryGetValue(head.Sequence, out var sha256) ? head with { Sha256 = sha256 } : head)] },
            key);
    }

    /// <summary>Changes notes, and links and signs all of those that come out different.</summary>
    public async Task ForgeNotesAsync(Func<LedgerNote, LedgerNote> edit, SigningKey? key)
    {
        string? previous = null;
        for (var sequence = 1; sequence <= NoteCount; sequence++)
        {
            var stored = Note(sequence);
            var note = edit(stored) with { Previous = previous };
            if (note.ToText() != stored.ToText())
            {
                await ReplaceAsync(Containers.Ledger, NotePath(sequence), note.ToBytes(key is null ? SigningKeys.None : new SigningKeys([key])));
            }

            previous = ArchiveScene.Hash(Read(Containers.Ledger, NotePath(sequence)));
        }

        // The index of days would bear witness against it, and nobody misses one.
        foreach (var path in Paths(Containers.Index).Where(static path => !path.EndsWith(".ids", StringComparison.Ordinal)))
        {
            await DeleteAsync(Containers.Index, path);
        }

        await ForgetInboxAsync();
    }

    /// <summary>Adds to a note a signature of another key, as anybody can: the ones that are there stay.</summary>
    public Task AddSignatureAsync(int sequence, SigningKey key) => EditAsync(Containers.Ledger, NotePath(sequence), text =>
    {
        var signed = Encoding.UTF8.GetString(Note(sequence).ToBytes(new SigningKeys([key])).Span);
        var end = text.LastIndexOf("\n\n", StringComparison.Ordinal) + 2;
        return text[..end] + signed[end..] + text[end..];
    });

    /// <summary>Takes away the last notes and all that they cover.</summary>
    public async Task CutAsync(int keepNotes, bool notesAlone = false)
    {
        var heads = Note(keepNotes).Heads.ToDictionary(head => head.Region.Name, head => head.Sequence);
        foreach (var path in Paths(Containers.Ledger).Skip(keepNotes))
        {
            await DeleteAsync(Containers.Ledger, path);
        }

        foreach (var region in notesAlone ? [] : EvidenceScene.Regions)
        {
            foreach (var path in Paths(Containers.Archive, $"region={region}/"))
            {
                var name = path[(path.LastIndexOf('/') + 1)..];
                if (long.Parse(name.AsSpan(0, 10), CultureInfo.InvariantCulture) > heads[region])
                {
                    await DeleteAsync(Containers.Archive, path);
                    if (path.EndsWith(".ndjson.gz", StringComparison.Ordinal))
                    {
                        await DeleteAsync(Containers.Index, path.Replace(".ndjson.gz", ".ids", StringComparison.Ordinal));
                    }
                }
            }
        }
    }

    /// <summary>A copy without the inbox, as an archive is handed on.</summary>
    public async Task ForgetInboxAsync()
    {
        foreach (var path in Paths(Containers.Inbox))
        {
            await DeleteAsync(Containers.Inbox, path);
        }
    }

    public Task<VerifyReport> VerifyAsync() =>
        new StoreVerifier(OneStore.Over(store), Time, Options).RunAsync(CancellationToken.None);
}
