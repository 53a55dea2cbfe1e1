using System.Security.Cryptography;
using Trailgate.Hashing;

namespace Trailgate.Events;

/// <summary>
/// One immutable blob of the inbox, checked: normalized events and quarantined items, one a line, then the trailer.
/// </summary>
public sealed class Batch
{
    private readonly ReadOnlyMemory<byte> _lines;

    private Batch(ReadOnlyMemory<byte> lines, BatchTrailer trailer, string sha256)
    {
        _lines = lines;
        Trailer = trailer;
        Sha256 = sha256;
    }

    /// <summary>The checked trailer.</summary>
    public BatchTrailer Trailer { get; }

    /// <summary>SHA-256 of the whole blob, trailer included, 64 lower-case hexadecimal digits.</summary>
    public string Sha256 { get; }

    /// <summary>The lines above the trailer, each without its newline, in their order.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> Lines
    {
        get
        {
            var rest = _lines;
            while (rest.Length > 0)
            {
                var end = rest.Span.IndexOf((byte)'\n');
                yield return rest[..end];
                rest = rest[(end + 1)..];
            }
        }
    }

    /// <summary>
    /// Checks a batch against its trailer. Null with a reason when it was cut off or changed: such a batch is kept where
    /// it is, and reported.
    /// </summary>
    public static Batch? Read(ReadOnlyMemory<byte> bytes, out string? damage)
    {
        damage = null;
        var span = bytes.Span;
        if (span.Length == 0 || span[^1] != '\n')
        {
            damage = "the last line is cut off";
            return null;
        }

        var trailerStart = span[..^1].LastIndexOf((byte)'\n') + 1;
        if (BatchTrailer.Read(span[trailerStart..^1]) is not { } trailer)
        {
            damage = "the last line is no trailer";
            return null;
        }

        var lines = bytes[..trailerStart];
        if (lines.Span.Count((byte)'\n') != trailer.Lines)
        {
            damage = $"the trailer counts {trailer.Lines} lines, {lines.Span.Count((byte)'\n')} are there";
            return null;
        }

        var tree = new MerkleTree();
        tree.AppendLines(lines.Span);
        if (tree.ToRoot() != trailer.MerkleRoot)
        {
            damage = "the lines do not have the Merkle root that the trailer names";
            return null;
        }

        return new Batch(lines, trailer, Convert.ToHexStringLower(SHA256.HashData(span)));
    }
}
