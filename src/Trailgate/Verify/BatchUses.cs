using System.Security.Cryptography;
using System.Text;
using Trailgate.Archive;
using Trailgate.Events;
using Trailgate.Storage;

namespace Trailgate.Verify;

/// <summary>
/// Which batches the manifests consumed: each once, by one run, which all regions that it held something of must agree on.
/// </summary>
internal sealed class BatchUses
{
    // 16 bytes of a hash for each batch. Two batches never share them, not even when somebody tries.
    private readonly HashSet<UInt128> _consumed = [];
    private readonly Dictionary<string, (string Sha256, BlobName By)> _run = new(StringComparer.Ordinal);

    /// <summary>Whether a run consumed a batch of that path. To be asked when all manifests were read.</summary>
    public bool Contains(string path) => _consumed.Contains(Key(path));

    public void BeginRun() => _run.Clear();

    /// <summary>Adds what a manifest of the run lists.</summary>
    public void Add(Manifest manifest, BlobName name, Findings findings)
    {
        var last = "";
        foreach (var batch in manifest.Batches)
        {
            if (!batch.Name.StartsWith(BatchName.Prefix, StringComparison.Ordinal) || !BlobName.IsValidPath(batch.Name) || !Digest.TryParse(batch.Sha256, out _))
            {
                findings.Add(FindingCodes.ManifestMalformed, name, "it lists a batch that can not be one");
                return;
            }

            if (string.CompareOrdinal(batch.Name, last) <= 0)
            {
                findings.Add(
                    batch.Name == last ? FindingCodes.BatchRepeated : FindingCodes.ManifestMalformed, name,
                    batch.Name == last ? $"it lists the batch {batch.Name} twice" : "its batches are not in order");
                return;
            }

            last = batch.Name;
            if (_run.TryAdd(batch.Name, (batch.Sha256, name)))
            {
                if (_consumed.Contains(Key(batch.Name)))
                {
                    findings.Add(FindingCodes.BatchRepeated, name, $"a run before consumed the batch {batch.Name} as well");
                }
            }
            else if (_run[batch.Name].Sha256 != batch.Sha256)
            {
                findings.Add(FindingCodes.BatchConflict, name, $"its batch {batch.Name} has another SHA-256 than in {_run[batch.Name].By}");
            }
        }
    }

    public void EndRun()
    {
        foreach (var batch in _run.Keys)
        {
            _consumed.Add(Key(batch));
        }
    }

    private static UInt128 Key(string path)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(path), hash);
        return Digest.Read(hash).Upper;
    }
}
