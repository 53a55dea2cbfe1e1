using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Logging.Abstractions;
using Trailgate.Query;
using Trailgate.Query.Views;
using Trailgate.Storage;
using Trailgate.Tests.Storage;

namespace Trailgate.Tests.Query.Views;

public sealed class ViewStoreTests
{
    private readonly MemoryBlobStore _blobs = new();

    private ViewStore Views => new(new Stores(OneStore.Over(_blobs)), NullLogger<ViewStore>.Instance);

    [Fact]
    public void Every_shipped_view_would_be_accepted_as_one_of_a_user() =>
        Assert.All(ShippedViews.All, view => Assert.Null(ViewCheck.Refuse(view.View)));

    [Theory]
    [InlineData("credentials", "codeengine.secret.update", true)]
    [InlineData("credentials", "iam-identity.user-apikey.create", true)]
    [InlineData("credentials", "kms.secrets.rotate", true)]
    [InlineData("credentials", "codeengine.application.update", false)]
    public void A_shipped_view_asks_for_the_actions_it_is_about(string name, string action, bool found)
    {
        var parameters = new QueryCollection(QueryHelpers.ParseQuery(ShippedViews.All.Single(view => view.Name.ToString() == name).View.Query));

        Assert.True(EventQuery.TryParse(parameters, out var query, out _));
        Assert.Equal(found, query.Action!.Matches(Encoding.UTF8.GetBytes(action)));
    }

    [Fact]
    public async Task Of_two_who_write_one_view_the_later_one_wins()
    {
        await PutAsync("mine", "first");
        _blobs.Before = call =>
        {
            if (call.Operation == BlobOperation.Replace)
            {
                _blobs.Before = null;
                PutAsync("mine", "between").GetAwaiter().GetResult();
            }
        };

        Assert.Equal(ViewWrite.Replaced, await PutAsync("mine", "last"));

        Assert.True(ViewName.TryParse("mine", out var name));
        Assert.Equal("last", (await Views.FindAsync(name, default))!.View.Title);
    }

    [Fact]
    public async Task There_are_not_more_views_than_there_may_be_and_one_that_is_there_can_still_be_replaced()
    {
        for (var i = 0; i < ViewStore.MaxViews; i++)
        {
            Assert.Equal(ViewWrite.Created, await PutAsync($"v-{i}", "a"));
        }

        Assert.Equal(ViewWrite.TooMany, await PutAsync("one-more", "a"));
        Assert.Equal(ViewWrite.Replaced, await PutAsync("v-7", "b"));
    }

    [Fact]
    public async Task A_damaged_view_hides_no_other_and_can_be_written_anew()
    {
        await PutAsync("good", "good");
        await _blobs.PutAsync(new BlobName(Containers.Views, "bad.json"), "{\"title\":"u8.ToArray(), default);
        await _blobs.PutAsync(new BlobName(Containers.Views, "notes.txt"), "no view"u8.ToArray(), default);

        Assert.Equal(["good"], (await Views.ListAsync(default)).Where(view => !view.IsShipped).Select(view => view.Name.ToString()));
        Assert.Equal(ViewWrite.Replaced, await PutAsync("bad", "good again"));
    }

    private Task<ViewWrite> PutAsync(string name, string title) =>
        ViewName.TryParse(name, out var parsed)
            ? Views.PutAsync(parsed, new SavedView { Title = title, Query = "", Columns = ["action"] }, default)
            : throw new ArgumentException("No name.", nameof(name));
}
