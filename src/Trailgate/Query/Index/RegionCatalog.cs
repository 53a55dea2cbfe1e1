using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Trailgate.Archive;
using Trailgate.Events;
using Trailgate.Storage;

namespace Trailgate.Query.Index;

/// <summary>
/// What the index of a region consists of: up to which manifest it is complete, and the files of each day. It is replaced by
/// compare-and-swap; the files that it names are written once.
/// </summary>
/// <param name="Region">The region.</param>
/// <param name="Sequence">Everything that the manifests up to this one list is in the files, and nothing else.</param>
/// <param name="Sha256">SHA-256 of that manifest.</param>
/// <param name="Days">The files, the oldest day first; those of one day in the order of what they hold. Only to the last of them is added.</param>
internal sealed record RegionCatalog(Region Region, long Sequence, string Sha256, IReadOnlyList<IndexedDay> Days)
{
    private const string Title = "trailgate index 2";

    /// <summary>Where a region's catalog lies.</summary>
    public static BlobName NameOf(Region region) => new(Containers.Index, $"region={region.Name}/catalog.txt");

    /// <summary>The bytes to store: a line of title, one of the manifest, one for each day, and the SHA-256 over them.</summary>
    public byte[] Write()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{Title}\n{Region.Name} {Sequence} {Sha256}\n");
        foreach (var day in Days)
        {
            text.Append(day.ToLine()).Append('\n');
        }

        text.Append(ArchiveReader.Sha256Of(Encoding.ASCII.GetBytes(text.ToString()))).Append('\n');
        return Encoding.ASCII.GetBytes(text.ToString());
    }

    /// <summary>Reads stored bytes; null when they are no catalog of the region, or damaged.</summary>
    public static RegionCatalog? Read(ReadOnlySpan<byte> bytes, Region region)
    {
        var end = bytes.Length > 0 ? bytes[..^1].LastIndexOf((byte)'\n') + 1 : 0;
        if (bytes[end..] is not [.. var hash, (byte)'\n'] || Encoding.ASCII.GetString(hash) != ArchiveReader.Sha256Of(bytes[..end]))
        {
            return null;
        }

        string[][] lines = [.. Encoding.ASCII.GetString(bytes[..end]).Split('\n').Select(static line => line.Split(' '))];
        if (lines is not [[.. var title], [var name, var sequence, var sha256], .. var days, [""]]
            || string.Join(' ', title) != Title
            || name != region.Name
            || !long.TryParse(sequence, NumberStyles.None, CultureInfo.InvariantCulture, out var last))
        {
            return null;
        }

        IndexedDay?[] read = [.. days.Select(IndexedDay.Read)];
        return read.Any(static day => day is null) ? null : new RegionCatalog(region, last, sha256, [.. read.OfType<IndexedDay>()]);
    }
}

/// <summary>One file of a region's index.</summary>
/// <param name="Date">The day of its events.</param>
/// <param name="Sequence">The last manifest that lists something of what it holds.</param>
/// <param name="HeaderLength">Bytes of its header.</param>
/// <param name="Sha256">SHA-256 of its header.</param>
internal sealed record IndexedDay(DateTime Date, long Sequence, int HeaderLength, string Sha256)
{
    /// <summary>What the name of a file ends with.</summary>
    public const string Suffix = ".idx";

    private const int DigestLength = 12;

    /// <summary>The first moment.</summary>
    public EventTime From => EventTime.FirstOf(Date);

    /// <summary>The last moment.</summary>
    public EventTime To => EventTime.LastOf(Date);

    /// <summary>Where the file lies. The name follows from the content.</summary>
    public BlobName NameIn(Region region) => new(
        Containers.Index,
        string.Create(CultureInfo.InvariantCulture, $"region={region.Name}/date={Date:yyyy-MM-dd}/{Sequence:D10}-{Sha256.AsSpan(0, DigestLength)}{Suffix}"));

    /// <summary>Its line in a catalog. The hash is in base64url: every query reads it, and in hexadecimal it is half as long again.</summary>
    public string ToLine() => string.Create(
        CultureInfo.InvariantCulture, $"{Date:yyyy-MM-dd} {Sequence} {HeaderLength} {Base64Url.EncodeToString(Convert.FromHexString(Sha256))}");

    /// <summary>Reads the words of a catalog's line.</summary>
    public static IndexedDay? Read(string[] words)
    {
        Span<byte> sha256 = stackalloc byte[SHA256.HashSizeInBytes];
        return words is [var date, var sequence, var length, var hash]
            && Base64Url.DecodeFromChars(hash, sha256, out _, out var decoded) == OperationStatus.Done // unlike Try..., it throws nothing
            && decoded == sha256.Length
            && DateTime.TryParseExact(date, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var day)
            && long.TryParse(sequence, NumberStyles.None, CultureInfo.InvariantCulture, out var last)
            && int.TryParse(length, NumberStyles.None, CultureInfo.InvariantCulture, out var header)
                ? new IndexedDay(day, last, header, Convert.ToHexStringLower(sha256))
                : null;
    }
}
