using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using Trailgate.Hashing;
using Trailgate.Storage;
using Trailgate.Verify;

namespace Trailgate.Benchmarks;

/// <summary>
/// The verifier over an archive beside two plainer readers of the same segments, in turns: one in this process that
/// hashes the stored bytes, gunzips and hashes the lines, on as many threads; and gzip and sha256sum, as many at once.
/// </summary>
internal sealed class VerifySpeed(TimeProvider time, int thousands, int rounds, string? dataParent)
{
    private static readonly int Cores = Environment.ProcessorCount;

    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var directory = Path.Combine(dataParent ?? Path.GetTempPath(), $"trailgate-verify-{Environment.ProcessId}");
        try
        {
            Console.WriteLine(Machine.Describe());
            var store = new FileBlobStore(directory);
            var run = await new VerifyArchive(store).MakeAsync(thousands, cancellationToken);
            var segments = Directory.GetFiles(Path.Combine(store.Root, Containers.Archive), "*.ndjson.gz", SearchOption.AllDirectories);
            var trees = segments.Aggregate(TimeSpan.Zero, (sum, path) => sum + TimeTree(path));
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"archive runs: {run.TotalSeconds:F2} s for these events, of which the Merkle roots {trees.TotalSeconds:F2} s ({100 * trees / run:F0} %)"));
            return await CompareAsync(store, segments, cancellationToken);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private async Task<int> CompareAsync(FileBlobStore store, string[] segments, CancellationToken cancellationToken)
    {
        var bytes = segments.Sum(static path => new FileInfo(path).Length);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{thousands * 1000:N0} events in {segments.Length:N0} segments, {bytes / 1e6:F0} MB stored; {Cores} threads each"));
        var table = new Table(("round", -6), ("verify, s", 10), ("MB/s of lines", 14), ("plain, s", 10), ("ratio", 7), ("gzip | sha256sum, s", 20), ("ratio", 7));
        table.WriteTitles();
        var ratios = new List<double>();
        for (var round = 0; round <= rounds; round++)
        {
            var start = time.GetTimestamp();
            var report = await new StoreVerifier(new Store(Store.DefaultName, store), time, new VerifyOptions()).RunAsync(cancellationToken);
            var verify = time.GetElapsedTime(start).TotalSeconds;
            if (report.FindingCount > 0 || report.Events != thousands * 1000)
            {
                throw new InvalidDataException($"The archive of the measurement is not what it should be: {string.Join("; ", report.Findings.Take(3))}");
            }

            start = time.GetTimestamp();
            Parallel.ForEach(segments, new ParallelOptions { MaxDegreeOfParallelism = Cores, CancellationToken = cancellationToken }, Read);
            var plain = time.GetElapsedTime(start).TotalSeconds;
            start = time.GetTimestamp();
            await RunToolsAsync(store.Root, cancellationToken);
            var tools = time.GetElapsedTime(start).TotalSeconds;
            if (round > 0)
            {
                ratios.Add(plain / verify);
            }

            table.Write(
                round == 0 ? "warm" : round.ToString(CultureInfo.InvariantCulture), Seconds(verify), report.LineBytes / verify / 1e6,
                Seconds(plain), Seconds(plain / verify), Seconds(tools), Seconds(tools / verify));
        }

        ratios.Sort();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"median ratio to plain gunzip + SHA-256 in this process: {ratios[ratios.Count / 2]:F2}"));
        return 0;
    }

    /// <summary>How long an archive run took over the Merkle root of a segment: the same code over the same lines.</summary>
    private TimeSpan TimeTree(string path)
    {
        using var gzip = new GZipStream(File.OpenRead(path), CompressionMode.Decompress);
        using var inflated = new MemoryStream();
        gzip.CopyTo(inflated);
        var began = time.GetTimestamp();
        var tree = new MerkleTree();
        tree.AppendLines(inflated.GetBuffer().AsSpan(0, (int)inflated.Length));
        tree.ToRoot();
        return time.GetElapsedTime(began);
    }

    private static void Read(string path)
    {
        Span<byte> digest = stackalloc byte[32];
        var stored = File.ReadAllBytes(path);
        SHA256.HashData(stored, digest);
        using var gzip = new GZipStream(new MemoryStream(stored), CompressionMode.Decompress);
        SHA256.HashData(gzip, digest);
    }

    private static async Task RunToolsAsync(string root, CancellationToken cancellationToken)
    {
        using var shell = Process.Start(new ProcessStartInfo("/bin/sh")
        {
            ArgumentList =
            {
                "-c",
                $"find '{root}/archive' -name '*.ndjson.gz' -print0 | xargs -0 -P {Cores} -n 20 sh -c 'sha256sum \"$@\"; gzip -dc \"$@\" | sha256sum' sh > /dev/null",
            },
        }) ?? throw new InvalidDataException("There is no /bin/sh.");
        await shell.WaitForExitAsync(cancellationToken);
    }

    private static string Seconds(double value) => value.ToString("F2", CultureInfo.InvariantCulture);
}
