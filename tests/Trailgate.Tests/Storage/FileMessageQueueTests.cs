using Trailgate.Storage;
using Trailgate.Tests.Support;

namespace Trailgate.Tests.Storage;

public sealed class FileMessageQueueTests : MessageQueueContract, IDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    private readonly TempFolder _folder = new();
    private readonly FileMessageQueue _queue;

    public FileMessageQueueTests() => _queue = new FileMessageQueue(_folder.Combine("queue"), Time);

    protected override IMessageQueue Queue => _queue;

    public void Dispose() => _folder.Dispose();

    private FileMessageQueue Another() => new(_folder.Combine("queue"), Time);

    [Fact]
    public async Task What_another_process_sends_and_deletes_is_seen()
    {
        var other = Another();
        Assert.Empty(await _queue.ReceiveAsync(32, Lease, None));

        await other.SendAsync(new byte[] { 1 }, TimeSpan.Zero, None);
        var message = Assert.Single(await _queue.ReceiveAsync(32, Lease, None));

        Assert.Empty(await other.ReceiveAsync(32, Lease, None));
        Assert.True(await other.DeleteAsync(message, None));
        Assert.Equal(0, await _queue.CountAsync(None));
    }

    [Fact]
    public async Task A_message_that_another_process_took_is_not_given_out()
    {
        var other = Another();
        await _queue.SendAsync(new byte[] { 1 }, TimeSpan.Zero, None);
        await _queue.SendAsync(new byte[] { 2 }, TimeSpan.Zero, None);

        var theirs = Assert.Single(await other.ReceiveAsync(1, Lease, None));
        var ours = Assert.Single(await _queue.ReceiveAsync(32, Lease, None));

        Assert.NotEqual(theirs.Id, ours.Id);
    }

    [Fact]
    public async Task A_busy_process_finds_foreign_messages_before_its_own_are_used_up()
    {
        var other = Another();
        Assert.Empty(await _queue.ReceiveAsync(32, Lease, None));
        await other.SendAsync(new byte[] { 1 }, TimeSpan.Zero, None);
        Time.Advance(TimeSpan.FromSeconds(5));
        await _queue.SendAsync(new byte[] { 2 }, TimeSpan.Zero, None);

        var first = Assert.Single(await _queue.ReceiveAsync(1, Lease, None));

        Assert.Equal(1, first.Body.Span[0]);
    }

    [Fact]
    public async Task Messages_and_their_counts_outlive_the_process()
    {
        await _queue.SendAsync(new byte[] { 1 }, TimeSpan.FromMinutes(1), None);
        Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Single(await _queue.ReceiveAsync(32, Lease, None));
        Time.Advance(Lease);

        var message = Assert.Single(await Another().ReceiveAsync(32, Lease, None));

        Assert.Equal(2, message.DequeueCount);
    }

    [Fact]
    public async Task Foreign_files_are_left_alone()
    {
        var foreign = _folder.Combine("queue", "readme.msg");
        await File.WriteAllTextAsync(foreign, "not a message");

        Assert.Empty(await _queue.ReceiveAsync(32, Lease, None));
        Assert.Equal(0, await _queue.CountAsync(None));
        Assert.True(File.Exists(foreign));
    }

    [Fact]
    public async Task Pipes_and_links_are_no_messages_and_hold_nothing_up()
    {
        var secret = _folder.Combine("secret");
        await File.WriteAllTextAsync(secret, "not in the queue");
        await NamedPipe.MakeAsync(_folder.Combine("queue", "0000000000000000007-0123456789abcdef0123456789abcdef-0.msg"));
        File.CreateSymbolicLink(_folder.Combine("queue", "0000000000000000007-0123456789abcdef0123456789abcdee-0.msg"), secret);
        await _queue.SendAsync(new byte[] { 1 }, TimeSpan.Zero, None);

        var other = Another();
        var message = Assert.Single(await other.ReceiveAsync(32, Lease, None));

        Assert.Equal(1, message.Body.Span[0]);
        Assert.Equal(1, await other.CountAsync(None));
    }

    [Theory]
    [InlineData("0000000000000000007-0123456789abcdef0123456789abcdef-3.msg", true)]
    [InlineData("0000000000000000007-0123456789ABCDEF0123456789abcdef-3.msg", false)]
    [InlineData("0000000000000000007-0123456789abcdef0123456789abcdef-03.msg", false)]
    [InlineData("0000000000000000007-0123456789abcdef0123456789abcdef-3.tmp", false)]
    [InlineData("0000000000000000007-0123456789abcdef0123456789abcdef-.msg", false)]
    [InlineData("7-0123456789abcdef0123456789abcdef-3.msg", false)]
    [InlineData("../../../../../../../../../../../../../../../etc/passwd-3.msg", false)]
    public void Only_its_own_file_names_are_read(string text, bool valid)
    {
        Assert.Equal(valid, QueueFileName.TryParse(text, out var name));
        Assert.Equal(valid ? text : default(QueueFileName).ToString(), name.ToString());
    }
}
