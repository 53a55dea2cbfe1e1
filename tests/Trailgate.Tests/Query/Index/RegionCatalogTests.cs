using System.Text;
using Trailgate.Archive;
using Trailgate.Events;
using Trailgate.Query.Index;

namespace Trailgate.Tests.Query.Index;

public sealed class RegionCatalogTests
{
    private static readonly Region Dallas = Region.TryParse("us-south".AsSpan(), out var region) ? region : default;

    // The digits of SHA-256 of nothing, and the same 32 bytes in base64url.
    private const string Hash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    private const string HashInBase64 = "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU";

    [Fact]
    public void A_day_is_read_from_its_line()
    {
        var catalog = RegionCatalog.Read(Catalog($"2026-11-22 17 351 {HashInBase64}"), Dallas);

        Assert.NotNull(catalog);
        Assert.Equal(new IndexedDay(new DateTime(2026, 11, 22, 0, 0, 0, DateTimeKind.Utc), 17, 351, Hash), Assert.Single(catalog.Days));
    }

    [Theory]
    [InlineData($"2026-11-22 17 351 {Hash}")]
    [InlineData("2026-11-22 17 351 47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuF")]
    [InlineData("2026-11-22 17 351 47DEQpj8HBSa*_TImW-5JCeuQeRkm5NMpJWZG3hSuFU")]
    [InlineData("2026-11-22 17 351 ")]
    [InlineData($"2026-11-31 17 351 {HashInBase64}")]
    [InlineData($"2026-11-22 -1 351 {HashInBase64}")]
    [InlineData($"2026-11-22 17 long {HashInBase64}")]
    [InlineData($"2026-11-22 17 {HashInBase64}")]
    public void One_with_a_line_that_is_none_is_no_catalog_though_its_own_hash_is_right(string line) =>
        Assert.Null(RegionCatalog.Read(Catalog(line), Dallas));

    private static byte[] Catalog(string day)
    {
        var text = $"trailgate index 2\nus-south 17 {Hash}\n{day}\n";
        return Encoding.ASCII.GetBytes($"{text}{ArchiveReader.Sha256Of(Encoding.ASCII.GetBytes(text))}\n");
    }
}
