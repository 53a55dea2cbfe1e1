using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Moq;
using Trailgate.Functions.Tests.Host;
using Trailgate.Storage;
using Trailgate.Tests.Support;

namespace Trailgate.Functions.Tests;

/// <summary>The traps of the worker: an invocation that is called off, a caller who leaves, a fault below, an answer that nobody wrote.</summary>
public sealed class InvocationTests : IDisposable
{
    private static readonly BlobName Plan = new(Containers.Inbox, "plan.json");
    private static readonly Uri Ready = new("/health/ready", UriKind.Relative);

    private readonly TempFolder _unused = new();
    private readonly Mock<IBlobStore> _store = new(MockBehavior.Strict);

    public void Dispose() => _unused.Dispose();

    [Fact]
    public async Task The_probe_of_the_storage_reads_one_blob_and_does_nothing_else()
    {
        _store.Setup(store => store.ReadAsync(Plan, It.IsAny<CancellationToken>())).ReturnsAsync((BlobContent?)null);
        await using var app = await StartAsync();
        using var client = new HttpClient { BaseAddress = app.Url };

        Assert.Equal("""{"status":"ready"}""", await client.GetStringAsync(Ready));

        _store.Verify(store => store.ReadAsync(Plan, It.IsAny<CancellationToken>()), Times.Once);
        _store.VerifyNoOtherCalls();
    }

    [Fact]
    public async Task A_storage_that_is_away_is_503_and_no_failed_invocation_with_an_empty_200()
    {
        _store.Setup(store => store.ReadAsync(Plan, It.IsAny<CancellationToken>())).ThrowsAsync(new StorageException("/secret/path"));
        await using var app = await StartAsync();
        using var client = new HttpClient { BaseAddress = app.Url };

        using var answer = await client.GetAsync(Ready);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.NotNull(answer.Headers.RetryAfter);
        Assert.DoesNotContain("secret", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Empty(app.Functions.Failures);
    }

    [Fact]
    public async Task A_fault_of_ours_is_500_and_no_failed_invocation_with_an_empty_200()
    {
        _store.Setup(store => store.ReadAsync(Plan, It.IsAny<CancellationToken>())).ThrowsAsync(new InvalidOperationException("a fault"));
        await using var app = await StartAsync();
        using var client = new HttpClient { BaseAddress = app.Url };

        using var answer = await client.GetAsync(Ready);

        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.Empty(app.Functions.Failures);
    }

    [Fact]
    public async Task An_invocation_that_the_host_calls_off_is_503_for_a_caller_who_still_waits()
    {
        var (asked, stopped) = HangOnRead();
        await using var app = await StartAsync();
        using var client = new HttpClient { BaseAddress = app.Url };
        var answering = client.GetAsync(Ready);
        await asked;

        await app.Functions.CancelInvocationsAsync();

        using var answer = await answering;
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.NotNull(answer.Headers.RetryAfter);
        Assert.Contains("urn:trailgate:problem:stopping", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        await stopped;
        Assert.Empty(app.Functions.Failures);
    }

    [Fact]
    public async Task A_caller_who_leaves_stops_the_work()
    {
        var (asked, stopped) = HangOnRead();
        await using var app = await StartAsync();
        using var client = new HttpClient { BaseAddress = app.Url };
        using var leaving = new CancellationTokenSource();
        var answering = client.GetAsync(Ready, leaving.Token);
        await asked;

        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answering);
        await stopped;
    }

    private Task<FunctionsApp> StartAsync() =>
        FunctionsApp.StartAsync([("Trailgate:Data", _unused.Path)], services => services.AddSingleton(_store.Object));

    /// <summary>Lets a read wait until it is cancelled. The first task ends when it was called, the second when it was cancelled.</summary>
    private (Task Asked, Task Stopped) HangOnRead()
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _store.Setup(store => store.ReadAsync(Plan, It.IsAny<CancellationToken>())).Returns(async (BlobName _, CancellationToken token) =>
        {
            asked.SetResult();
            try
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
            }
            finally
            {
                stopped.SetResult();
            }

            return null;
        });
        return (asked.Task, stopped.Task);
    }
}
