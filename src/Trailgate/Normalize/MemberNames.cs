namespace Trailgate.Normalize;

/// <summary>
/// The names of the members of the objects that are open, by hash: finds the one that stands twice in an object. Names of
/// small objects are compared one by one, of others through a set.
/// </summary>
internal sealed class MemberNames
{
    /// <summary>Above this many members the names of an object are compared through a set.</summary>
    private const int FewMembers = 32;

    /// <summary>
    /// Beyond this many members names are compared no more: such an event is far above its size limit and is cut anyway.
    /// </summary>
    private const int MaxComparedMembers = 65_536;

    /// <summary>Room for names that one huge event has taken is not kept.</summary>
    private const int KeptNames = 4096;

    private ulong[] _names = new ulong[256];
    private HashSet<(int Object, ulong Name)>? _many;

    /// <summary>How many names are held: where an object that opens now begins.</summary>
    public int Count { get; private set; }

    public void Clear()
    {
        Count = 0;
        if (_names.Length > KeptNames)
        {
            _names = new ulong[256];
            _many = null;
        }
        else if (_many is { Count: > 0 })
        {
            _many.Clear(); // what a copy that failed in the middle has left
        }
    }

    /// <summary>Adds a name to the innermost object. False when it has that name already.</summary>
    /// <param name="first">The count when the object was opened.</param>
    /// <param name="number">The object's own number.</param>
    /// <param name="name">The name's hash.</param>
    public bool Add(int first, int number, ulong name)
    {
        var own = _names.AsSpan(first, Count - first);
        if (own.Length >= FewMembers)
        {
            if (own.Length >= MaxComparedMembers)
            {
                return true;
            }

            if (!AddToMany(own, number, name))
            {
                return false;
            }
        }
        else if (own.Contains(name))
        {
            return false;
        }

        if (Count == _names.Length)
        {
            Array.Resize(ref _names, _names.Length * 2);
        }

        _names[Count++] = name;
        return true;
    }

    /// <summary>Forgets the names of the innermost object.</summary>
    public void Close(int first, int number)
    {
        if (Count - first >= FewMembers && _many is not null)
        {
            foreach (var name in _names.AsSpan(first, Count - first))
            {
                _many.Remove((number, name));
            }
        }

        Count = first;
    }

    private bool AddToMany(ReadOnlySpan<ulong> own, int number, ulong name)
    {
        _many ??= [];
        if (own.Length == FewMembers)
        {
            foreach (var earlier in own)
            {
                _many.Add((number, earlier));
            }
        }

        return _many.Add((number, name));
    }
}
