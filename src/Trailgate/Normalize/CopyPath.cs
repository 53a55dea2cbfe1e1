namespace Trailgate.Normalize;

/// <summary>
/// The objects and arrays that are open while a value is copied, and so the way down to where the copier is. JSON texts that are
/// opened within texts go on below the one around them. Used again for the next value; not safe for several threads.
/// </summary>
/// <param name="mostOpen">How many may be open at once.</param>
internal sealed class CopyPath(int mostOpen)
{
    private readonly CopyFrame[] _frames = new CopyFrame[mostOpen];
    private readonly ByteBuffer _parent = new(256);
    private readonly ByteBuffer _cleanNames = new(64);
    private int _bottom;
    private int _depth;

    /// <summary>How many are open in the text that is being copied.</summary>
    public int Open => _depth - _bottom;

    /// <summary>The innermost one; at the bottom what is known of the value itself.</summary>
    public ref CopyFrame Top => ref _frames[_depth];

    /// <summary>The innermost one that is no array: where there is no name (an element of an array), the name of the array counts.</summary>
    public ref readonly CopyFrame Named => ref ObjectAt(_depth);

    /// <summary>Begins with another value.</summary>
    public void Begin(in CopyTask task)
    {
        _cleanNames.Clear();
        _parent.Clear();
        _parent.Append(task.Parent);
        JsonPointer.Append(task.Member, _parent);
        _bottom = 0;
        _depth = 0;
        Top = new CopyFrame { Value = task.Sensitivity };
    }

    /// <summary>Enters an object or array, of which nothing is known yet.</summary>
    public ref CopyFrame Enter()
    {
        ref var frame = ref _frames[++_depth];
        frame = default;
        return ref frame;
    }

    /// <summary>Leaves the innermost object or array.</summary>
    public void Leave() => _depth--;

    /// <summary>Enters a JSON text that stands in a text.</summary>
    /// <param name="json">The text around it.</param>
    /// <param name="firstName">Where its names begin.</param>
    /// <returns>What <see cref="LeaveText"/> needs.</returns>
    public (int Bottom, int Parent) EnterText(ReadOnlySpan<byte> json, int firstName)
    {
        var around = (_bottom, _parent.Length);
        AppendNames(json, _parent);
        var (name, value) = (Named.Name, Top.Value);
        _bottom = ++_depth;
        Top = new CopyFrame { Name = name, Value = value, Own = value, FirstName = firstName };
        return around;
    }

    /// <summary>Goes back to the text around, whatever is still open.</summary>
    public void LeaveText((int Bottom, int Parent) around)
    {
        _depth = _bottom - 1;
        _bottom = around.Bottom;
        _parent.Truncate(around.Parent);
    }

    /// <summary>Begins the name of the member that comes next anew: with what it holds of secrets replaced.</summary>
    public ByteBuffer BeginCleanName()
    {
        Top.NamePlace = NamePlace.Cleaned;
        Top.NameStart = _cleanNames.Length;
        return _cleanNames;
    }

    /// <summary>Ends that name.</summary>
    public ReadOnlySpan<byte> EndCleanName()
    {
        ref var frame = ref Top;
        frame.NameLength = _cleanNames.Length - frame.NameStart;
        return _cleanNames.Slice(frame.NameStart, frame.NameLength);
    }

    /// <summary>Appends the JSON pointer of the place.</summary>
    /// <param name="json">The text that is being copied.</param>
    /// <param name="pointer">Where it goes.</param>
    public void AppendTo(ByteBuffer pointer, ReadOnlySpan<byte> json)
    {
        pointer.Append(_parent.Written);
        AppendNames(json, pointer);
    }

    // The way down from the beginning of the text that is being copied.
    private void AppendNames(ReadOnlySpan<byte> json, ByteBuffer pointer)
    {
        for (var at = _bottom + 1; at <= _depth; at++)
        {
            ref var frame = ref _frames[at];
            if (frame.IsArray)
            {
                pointer.Append((byte)'/');
                pointer.AppendNumber(frame.Index);
                continue;
            }

            switch (frame.NamePlace)
            {
                case NamePlace.Text:
                    JsonPointer.Append(json.Slice(frame.NameStart, frame.NameLength), pointer);
                    break;
                case NamePlace.Escaped:
                    var name = new ByteBuffer(frame.NameLength);
                    JsonStrings.AppendUnescaped(json.Slice(frame.NameStart, frame.NameLength), name);
                    JsonPointer.Append(name.Written, pointer);
                    break;
                case NamePlace.Cleaned:
                    JsonPointer.Append(_cleanNames.Slice(frame.NameStart, frame.NameLength), pointer);
                    break;
                default:
                    break;
            }
        }
    }

    private ref readonly CopyFrame ObjectAt(int at)
    {
        while (at > 0 && _frames[at].IsArray)
        {
            at--;
        }

        return ref _frames[at];
    }
}
