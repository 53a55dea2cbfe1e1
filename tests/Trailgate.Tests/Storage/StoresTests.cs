using Trailgate.Storage;

namespace Trailgate.Tests.Storage;

public sealed class StoresTests
{
    private readonly Store _default = new("default", new MemoryBlobStore());
    private readonly Store _eu = new("eu", new MemoryBlobStore());

    [Fact]
    public void A_store_is_found_by_its_name()
    {
        var stores = new Stores(_eu, _default);

        Assert.Same(_eu, stores.Find("eu"));
        Assert.Same(_default, stores.Default);
        Assert.Null(stores.Find("us"));
        Assert.False(stores.IsSingle);
        Assert.True(new Stores(_default).IsSingle);
    }

    [Fact]
    public void Without_a_default_store_or_with_one_name_twice_there_is_none()
    {
        Assert.Throws<ArgumentException>(() => new Stores(_eu));
        Assert.Throws<ArgumentException>(() => new Stores(_default, _eu, new Store("eu", new MemoryBlobStore())));
    }
}
