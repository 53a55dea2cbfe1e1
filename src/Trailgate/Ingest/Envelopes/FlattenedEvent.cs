using System.Text;
using System.Text.Json;
using Trailgate.Normalize;

namespace Trailgate.Ingest.Envelopes;

/// <summary>
/// An event whose objects were flattened on the way: <c>"initiator.id"</c> instead of <c>"initiator":{"id":...}}</c>. Two
/// such members make the shape; an event that has <c>initiator</c> itself keeps what else is called like a part of it.
/// </summary>
internal sealed class FlattenedEvent : Envelope
{
    public override string Type => "flattened";

    private static readonly Member[] Roots =
        [Member.Reason, Member.Initiator, Member.Target, Member.Observer, Member.RequestData, Member.ResponseData];

    public override bool TryOpen(RawObject item, out OpenedEnvelope opened)
    {
        opened = default;
        var dotted = 0;
        foreach (var unknown in item.Members.Unknown)
        {
            dotted += IsPart(item, item.Members.NameOf(unknown)) ? 1 : 0;
        }

        if (dotted < 2 || TryUnflatten(item) is not { } json)
        {
            return false;
        }

        opened = new OpenedEnvelope { Facts = FactsWriter.TypeOnly(Type), Content = json, IsEvent = true };
        return true;
    }

    private static bool IsPart(RawObject item, ReadOnlySpan<byte> name)
    {
        var dot = name.IndexOf((byte)'.');
        if (dot <= 0 || dot == name.Length - 1)
        {
            return false;
        }

        foreach (var root in Roots)
        {
            if (name[..dot].SequenceEqual(Members.Name(root)))
            {
                return item.Members[root].Type == JsonTokenType.None;
            }
        }

        return false;
    }

    // Members keep their order, and an object stands where its first part stood.
    private static byte[]? TryUnflatten(RawObject item)
    {
        var root = new Node();
        var members = new JsonMembers(item.Json);
        while (members.MoveNext())
        {
            var name = members.Name;
            var path = IsPart(item, name) ? Encoding.UTF8.GetString(name).Split('.') : [Encoding.UTF8.GetString(name)];
            if (path.Length > 16 || !root.TryAdd(path, members.Value))
            {
                return null; // "a.b" beside "a.b.c": no object can be both.
            }
        }

        var output = new ByteBuffer(item.Json.Length);
        root.WriteTo(output, item.Json);
        return output.Written.ToArray();
    }

    private sealed class Node
    {
        private readonly List<(string Name, RawValue Value, Node? Child)> _members = [];
        private readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);

        public bool TryAdd(ReadOnlySpan<string> path, RawValue value)
        {
            var known = _places.TryGetValue(path[0], out var place);
            if (path.Length == 1)
            {
                _places[path[0]] = _members.Count;
                _members.Add((path[0], value, null));
                return !known;
            }

            if (!known)
            {
                place = _places[path[0]] = _members.Count;
                _members.Add((path[0], default, new Node()));
            }

            return _members[place].Child is { } child && child.TryAdd(path[1..], value);
        }

        public void WriteTo(ByteBuffer output, ReadOnlySpan<byte> json)
        {
            output.Append((byte)'{');
            for (var i = 0; i < _members.Count; i++)
            {
                var (name, value, child) = _members[i];
                output.Append(i == 0 ? "\""u8 : ",\""u8);
                JsonStrings.AppendEscaped(Encoding.UTF8.GetBytes(name), output);
                output.Append("\":"u8);
                if (child is null)
                {
                    output.Append(value.In(json));
                }
                else
                {
                    child.WriteTo(output, json);
                }
            }

            output.Append((byte)'}');
        }
    }
}
