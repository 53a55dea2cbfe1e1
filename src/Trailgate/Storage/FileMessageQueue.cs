namespace Trailgate.Storage;

/// <summary>
/// A message queue in a directory, one file a message. Several processes may use one directory at once, on one machine.
/// Linux and macOS.
/// </summary>
/// <remarks>
/// <para>A receive renames the file; the rename of a file that another receiver has renamed already fails, so each lease
/// has one holder. Renames and deletions are not flushed: after a power cut a message can come again earlier than its
/// lease says, with a lower count, or although it was deleted. That is within at least once.</para>
/// <para>The names are kept in memory, in the order of visibility. When nothing in it is visible, and the directory has
/// changed since it was listed, it is listed again: so what another process sends is found once what this one knows is
/// used up. Every <see cref="RelistAfter"/> a changed directory is listed anyway, lest a busy process serve only itself.
/// What is no regular file, such as a link or a pipe, is no message, whatever its name.</para>
/// <para>Operations run on the calling thread and return completed tasks.</para>
/// </remarks>
public sealed class FileMessageQueue : IMessageQueue
{
    private static readonly TimeSpan RelistAfter = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan MaxTime = TimeSpan.FromDays(7);

    private readonly DurableDirectory _directories;
    private readonly FilePublisher _publisher;
    private readonly TimeProvider _time;

    private readonly Lock _gate = new();
    private SortedSet<string> _names = new(StringComparer.Ordinal);
    private DateTime? _listedChange;
    private long _listedAt;

    /// <summary>Opens a queue, and makes its directory if there is none.</summary>
    /// <exception cref="PlatformNotSupportedException">This system can not give the queue's promises.</exception>
    /// <exception cref="StorageException">The directory can not be made.</exception>
    public FileMessageQueue(string directory, TimeProvider time)
    {
        _directories = new DurableDirectory(directory);
        _publisher = new FilePublisher(_directories);
        _time = time;
    }

    /// <inheritdoc />
    public async Task SendAsync(ReadOnlyMemory<byte> body, TimeSpan delay, CancellationToken cancellationToken)
    {
        if (body.Length > IMessageQueue.MaxBodyBytes)
        {
            throw new ArgumentException($"A message has at most {IMessageQueue.MaxBodyBytes} bytes, not {body.Length}.", nameof(body));
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(delay, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(delay, MaxTime);
        cancellationToken.ThrowIfCancellationRequested();

        var now = _time.GetUtcNow();
        var name = new QueueFileName((now + delay).UtcTicks, Guid.CreateVersion7(now), 0).ToString();
        var created = await _publisher.PublishAsync(
            _directories.Root, PathOf(name), async (stream, token) => await stream.WriteAsync(body, token), cancellationToken);
        if (!created)
        {
            throw new StorageException($"There is a message '{name}' already.");
        }

        lock (_gate)
        {
            _names.Add(name);
        }
    }

    /// <inheritdoc />
    public async Task<IReadOnlyList<QueueMessage>> ReceiveAsync(int maxMessages, TimeSpan lease, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxMessages, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(maxMessages, 32);
        ArgumentOutOfRangeException.ThrowIfLessThan(lease, TimeSpan.FromSeconds(1));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(lease, MaxTime);
        cancellationToken.ThrowIfCancellationRequested();

        var messages = new List<QueueMessage>();
        lock (_gate)
        {
            if (_time.GetElapsedTime(_listedAt) >= RelistAfter)
            {
                ListIfChanged();
            }

            Take(messages, maxMessages, lease);
            if (messages.Count == 0 && ListIfChanged())
            {
                Take(messages, maxMessages, lease);
            }
        }

        return messages;
    }

    /// <inheritdoc />
    public async Task<bool> DeleteAsync(QueueMessage message, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!QueueFileName.TryParse(message.Receipt, out _))
        {
            return false; // nothing that this queue gave out
        }

        var path = PathOf(message.Receipt);
        var deleted = Posix.Unlink(path);
        if (!deleted && Posix.LastError != Posix.Enoent)
        {
            throw Posix.Failure("delete", path, Posix.LastError);
        }

        lock (_gate)
        {
            _names.Remove(message.Receipt);
        }

        return deleted;
    }

    /// <inheritdoc />
    public async Task<int> CountAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            ListIfChanged();
            return _names.Count;
        }
    }

    private string PathOf(string name) => $"{_directories.Root}/{name}";

    private void Take(List<QueueMessage> messages, int maxMessages, TimeSpan lease)
    {
        var now = _time.GetUtcNow();
        while (messages.Count < maxMessages
            && _names.Min is { } first
            && QueueFileName.TryParse(first, out var name)
            && name.VisibleAtTicks <= now.UtcTicks)
        {
            _names.Remove(first);
            var leased = name.LeaseUntil(now + lease);
            var receipt = leased.ToString();
            if (!Posix.Rename(PathOf(first), PathOf(receipt)))
            {
                var error = Posix.LastError;
                if (error == Posix.Enoent)
                {
                    continue; // another receiver came first
                }

                _names.Add(first);
                throw Posix.Failure("take the message", PathOf(first), error);
            }

            _names.Add(receipt);
            messages.Add(new QueueMessage(leased.Id.ToString("N"), receipt, ReadBody(PathOf(receipt)), leased.DequeueCount));
        }
    }

    private static byte[] ReadBody(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StorageException($"Cannot read the message '{path}': {e.Message}", e);
        }
    }

    private bool ListIfChanged()
    {
        var changed = Directory.GetLastWriteTimeUtc(_directories.Root);
        if (_listedChange == changed)
        {
            return false;
        }

        try
        {
            _names = new SortedSet<string>(
                Directory.EnumerateFiles(_directories.Root).Select(path => Path.GetFileName(path))
                    .Where(name => QueueFileName.TryParse(name, out _) && Posix.IsRegular(PathOf(name))),
                StringComparer.Ordinal);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StorageException($"Cannot list the queue '{_directories.Root}': {e.Message}", e);
        }

        // The time of change is coarse. While it is fresh, a later change can have the same one: it proves nothing then.
        // It is the file system's time, so it is compared with the system's clock, whatever clock the queue runs on.
        var settled = TimeProvider.System.GetUtcNow().UtcDateTime - changed > TimeSpan.FromSeconds(3);
        _listedChange = settled ? changed : null;
        _listedAt = _time.GetTimestamp();
        return true;
    }
}
