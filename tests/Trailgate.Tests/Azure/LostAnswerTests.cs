using System.Text;
using Azure.Core;
using Trailgate.Azure;
using Trailgate.Storage;
using Trailgate.Tests.Azurite;

namespace Trailgate.Tests.Azure;

/// <summary>
/// What becomes of a write when a request or its answer gets lost: against a real Azurite, by way of a transport that
/// loses them.
/// </summary>
public sealed class LostAnswerTests : IClassFixture<TestAzurite>, IAsyncLifetime
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly BlobName Name = new("inbox", "blob");

    private readonly string _connection;
    private readonly AzureBlobStore _store;

    public LostAnswerTests(TestAzurite azurite)
    {
        _connection = azurite.TakeConnection();
        _store = new AzureBlobStore(AzureAccount.Open(TestAzurite.OptionsOf(_connection)));
    }

    public static TheoryData<Fault> AllFaults => [Fault.AnswerLost, Fault.AppliedAnd503, Fault.RequestLost, Fault.Refused503, Fault.Refused500, Fault.Refused429];

    public Task InitializeAsync() => _store.PrepareAsync(None);

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [MemberData(nameof(AllFaults))]
    public async Task A_put_that_fails_once_creates_its_blob_and_says_so(Fault fault)
    {
        var store = Failing((_, number) => number == 1 ? fault : Fault.None);

        Assert.Equal(PutResult.Created, await store.PutAsync(Name, Bytes("ours"), None));

        Assert.Equal("ours", await TextAsync());
    }

    [Theory]
    [MemberData(nameof(AllFaults))]
    public async Task A_put_that_fails_once_does_not_take_an_equal_blob_of_another_for_its_own(Fault fault)
    {
        await _store.PutAsync(Name, Bytes("same"), None);
        var store = Failing((_, number) => number == 1 ? fault : Fault.None);

        Assert.Equal(PutResult.AlreadyExists, await store.PutAsync(Name, Bytes("same"), None));
    }

    [Theory]
    [MemberData(nameof(AllFaults))]
    public async Task A_big_put_whose_commit_fails_once_creates_its_blob_and_says_so(Fault fault)
    {
        // Two blocks are staged, the third request commits them.
        var content = new byte[UploadStream.BlockBytes + 1];
        content[^1] = 7;
        var store = Failing((_, number) => number == 3 ? fault : Fault.None);

        Assert.Equal(PutResult.Created, await store.PutAsync(Name, content, None));

        Assert.True((await _store.ReadAsync(Name, None))!.Bytes.Span.SequenceEqual(content));
    }

    [Theory]
    [MemberData(nameof(AllFaults))]
    public async Task A_block_that_fails_once_is_staged_once(Fault fault)
    {
        var content = new byte[UploadStream.BlockBytes + 1];
        content[0] = 7;
        var store = Failing((_, number) => number == 1 ? fault : Fault.None);

        Assert.Equal(PutResult.Created, await store.PutAsync(Name, content, None));

        Assert.True((await _store.ReadAsync(Name, None))!.Bytes.Span.SequenceEqual(content));
    }

    [Theory]
    [MemberData(nameof(AllFaults))]
    public async Task A_replacement_that_fails_once_is_made_once_and_its_version_can_be_used(Fault fault)
    {
        var first = await _store.ReplaceAsync(Name, Bytes("1"), null, None);
        var store = Failing((_, number) => number == 1 ? fault : Fault.None);

        var second = await store.ReplaceAsync(Name, Bytes("2"), first, None);

        Assert.NotNull(second);
        Assert.Equal("2", await TextAsync());
        Assert.NotNull(await _store.ReplaceAsync(Name, Bytes("3"), second, None));
    }

    [Theory]
    [MemberData(nameof(AllFaults))]
    public async Task A_first_version_that_fails_once_is_made_once(Fault fault)
    {
        var store = Failing((_, number) => number == 1 ? fault : Fault.None);

        var version = await store.ReplaceAsync(Name, Bytes("1"), null, None);

        Assert.NotNull(version);
        Assert.NotNull(await _store.ReplaceAsync(Name, Bytes("2"), version, None));
    }

    [Fact]
    public async Task A_replacement_whose_last_answer_was_lost_is_read_back()
    {
        var first = await _store.ReplaceAsync(Name, Bytes("1"), null, None);
        // All four retries fail as well; the look at what stands there gets through.
        var store = Failing((method, _) => method == "PUT" ? Fault.AnswerLost : Fault.None);

        var second = await store.ReplaceAsync(Name, Bytes("2"), first, None);

        Assert.Equal((await _store.ReadAsync(Name, None))!.Version, second);
        Assert.Equal("2", await TextAsync());
    }

    [Fact]
    public async Task A_replacement_that_never_arrived_is_a_fault_and_changes_nothing()
    {
        var first = await _store.ReplaceAsync(Name, Bytes("1"), null, None);
        var store = Failing((method, _) => method == "PUT" ? Fault.RequestLost : Fault.None);

        await Assert.ThrowsAsync<StorageException>(() => store.ReplaceAsync(Name, Bytes("2"), first, None));

        Assert.Equal("1", await TextAsync());
    }

    [Fact]
    public async Task A_replacement_that_was_made_and_replaced_again_before_its_retry_is_nobody_knows_what()
    {
        var first = await _store.ReplaceAsync(Name, Bytes("1"), null, None);
        var store = Failing((_, number) =>
        {
            if (number == 2)
            {
                // Between the lost answer and the retry another writer builds on what was written.
                var read = _store.ReadAsync(Name, None).GetAwaiter().GetResult();
                Assert.NotNull(_store.ReplaceAsync(Name, Bytes("3"), read!.Version, None).GetAwaiter().GetResult());
            }

            return number == 1 ? Fault.AnswerLost : Fault.None;
        });

        // "Another writer came first" would be a lie: ours was made. The caller must read again.
        await Assert.ThrowsAsync<StorageException>(() => store.ReplaceAsync(Name, Bytes("2"), first, None));
        Assert.Equal("3", await TextAsync());
    }

    [Fact]
    public async Task A_refusal_at_the_first_try_costs_no_second_request()
    {
        await _store.PutAsync(Name, Bytes("theirs"), None);
        var transport = new FaultTransport((_, _) => Fault.None);
        var store = Over(transport);

        Assert.Equal(PutResult.AlreadyExists, await store.PutAsync(Name, Bytes("ours"), None));
        Assert.Null(await store.ReplaceAsync(Name, Bytes("ours"), "\"0x0\"", None));

        Assert.Equal(["PUT", "PUT"], transport.Sent);
    }

    [Theory]
    [InlineData(Fault.RequestLost, "Cannot write inbox/blob: injected: the request was lost (3 tries)")]
    [InlineData(Fault.AnswerLost, "Cannot write inbox/blob: injected: the answer was lost (3 tries)")]
    [InlineData(Fault.Refused503, "Cannot write inbox/blob: the account answered 503")]
    [InlineData(Fault.Refused500, "Cannot write inbox/blob: the account answered 500")]
    [InlineData(Fault.Refused429, "Cannot write inbox/blob: the account answered 429")]
    public async Task A_put_that_fails_at_every_try_is_a_fault_in_one_line(Fault fault, string message)
    {
        var transport = new FaultTransport((_, _) => fault);
        var store = Over(transport, ("Retries", "2"));

        var thrown = await Assert.ThrowsAsync<StorageException>(() => store.PutAsync(Name, Bytes("ours"), None));

        Assert.Equal(message, thrown.Message);
        Assert.Equal(3, transport.Sent.Count);
    }

    [Theory]
    [MemberData(nameof(AllFaults))]
    public async Task Reads_listings_and_deletions_get_over_a_fault(Fault fault)
    {
        await _store.PutAsync(Name, Bytes("text"), None);

        Assert.Equal("text", Encoding.UTF8.GetString((await FailingOnce().ReadAsync(Name, None))!.Bytes.Span));
        await using var stream = await FailingOnce().OpenReadAsync(Name, 1, 2, None);
        Assert.Equal("ex", await new StreamReader(stream!).ReadToEndAsync());
        Assert.Equal([Name.Path], await FailingOnce().ListPathsAsync("inbox", "", None).ToListAsync());
        Assert.True(await FailingOnce().ExistsAsync(Name, None));
        await FailingOnce().DeleteAsync(Name, None);
        Assert.Null(await _store.ReadAsync(Name, None));

        AzureBlobStore FailingOnce() => Failing((_, number) => number == 1 ? fault : Fault.None);
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private async Task<string> TextAsync() => Encoding.UTF8.GetString((await _store.ReadAsync(Name, None))!.Bytes.Span);

    private AzureBlobStore Failing(Func<string, int, Fault> faultOf) => Over(new FaultTransport(faultOf));

    private AzureBlobStore Over(FaultTransport transport, params (string Name, string Value)[] settings) => new(AzureAccount.Open(
        TestAzurite.OptionsOf(_connection, settings),
        client =>
        {
            client.Transport = transport;
            client.Retry.Mode = RetryMode.Fixed;
            client.Retry.Delay = TimeSpan.FromMilliseconds(1);
        }));
}
