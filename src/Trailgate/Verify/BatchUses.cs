using System.Security.Cryptography;
using System.Text;
using Trailgate.Archive;
using Trailgate.Events;
using Trailgate.Storage;

namespace Trailgate.Verify;

/// <summary>
/// Which batches the manifests consumed: in one form, which all regions that a batch held something of agree on, and once.
/// A deletion can be lost with the power, and a put that was repeated can bring a batch back; then a later run consumes
/// the same bytes again, and counts copies. That is told, and is no finding.
/// </summary>
internal sealed class BatchUses
{
    // By 16 bytes of the name's hash, which two names never share, not even when somebody tries.
    private readonly Dictionary<UInt128, UInt128> _consumed = [];
    private readonly Dictionary<string, (string Sha256, BlobName By)> _run = new(StringComparer.Ordinal);

    /// <summary>Whether a run consumed a batch of that path. To be asked when all manifests were read.</summary>
    public bool Contains(string path) => _consumed.ContainsKey(Key(path));

    public void BeginRun() => _run.Clear();

    /// <summary>Adds what a manifest of the run lists.</summary>
    public void Add(Manifest manifest, BlobName name, Findings findings)
    {
        var last = "";
        foreach (var batch in manifest.Batches)
        {
            if (!batch.Name.StartsWith(BatchName.Prefix, StringComparison.Ordinal) || !BlobName.IsValidPath(batch.Name) || !Digest.TryParse(batch.Sha256, out var sha256))
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
                if (_consumed.TryGetValue(Key(batch.Name), out var before))
                {
                    if (before == sha256.Upper)
                    {
                        findings.Remark(RemarkCodes.BatchAgain, "batches came back after they were archived, and were consumed once more");
                    }
                    else
                    {
                        findings.Add(FindingCodes.BatchConflict, name, $"its batch {batch.Name} has another SHA-256 than the run before that consumed it says");
                    }
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
        foreach (var (batch, (sha256, _)) in _run)
        {
            _consumed.TryAdd(Key(batch), Digest.TryParse(sha256, out var digest) ? digest.Upper : default);
        }
    }

    private static UInt128 Key(string path)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(path), hash);
        return Digest.Read(hash).Upper;
    }
}
