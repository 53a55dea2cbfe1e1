using System.Text;

namespace Trailgate.Tests.Fuzz;

/// <summary>Changes events so that they stay JSON: into what careless, broken or hostile senders make of them.</summary>
internal sealed class Mutator(Random random, IReadOnlyList<ObjectNode> seeds)
{
    private const int MaxMembers = 400;

    private static readonly string[] Names =
    [
        "id", "typeURI", "eventType", "eventTime", "action", "outcome", "severity", "reason", "initiator", "target", "observer", "correlationId", "message", "dataEvent",
        "logSourceCRN", "saveServiceCopy", "requestData", "responseData", "extensions", "trailgate", "name", "value", "key", "kind", "data", "stringData", "password", "token",
        "secret", "headers", "region", "reasonCode", "host", "address", "agent", "payload", "line", "meta", "events", "items", "", "ä", "😀", "\ud83d", "\udc00", "a/b~c", "\0",
    ];

    private static readonly string[] Texts =
    [
        "", " ", "x", "\0", "\n", "\"", "\\", "\ud83d", "\ude00", "\ud83d\ude00", "ä€😀", "null", "{", "[]", "{}", "{\"a\":1}", "{\"a\":{\"a\":\"{\\\"b\\\":2}\"}}", "[[[", "\"\\\"\"",
        "2026-11-22T05:54:00.12+0000", "2026-1-7T4:5:6.5Z", "2017-10-19 19:07:50.32 +0000 UTC", "2020-07-31 11:52:38.091 CDT", "2026-13-45T99:99:99Z", "9999-12-31T23:59:60+0000",
        "0000-00-00", "1795327200123", "a.b.delete", "kms.secrets.read", "deleted.project", "success", "denied", "true", "crn:v1:bluemix:public:x:us-south-1:a/1:::",
        "v1:a:b:c:dal09:", "crn:::::", "crn:v1:bluemix:public:x:../../etc:a/1:::", "us-south", "-----BEGIN PRIVATE KEY-----", "AKIAABCDEFGHIJKLMNOP", "Bearer 0123456789abcdef",
        "https://u:p@h/", "password=x", "eyJhIjoxfQ==", "eyJhIjoxfQ", "ghp_", "--password", "Secret", "DB_PASSWORD", "Information about the action is not included for performance and size reasons.",
    ];

    private static readonly string[] Tokens =
    [
        "null", "true", "false", "0", "-0", "1", "-1", "200", "409", "1e999", "1E-999", "0.1e+10", "9223372036854775808", "-9223372036854775809", "1795327200", "1795327200123",
        "3.141592653589793238462643383279502884197169399375105820974944",
    ];

    /// <summary>An event that was changed some times.</summary>
    public ObjectNode Next()
    {
        var item = (ObjectNode)Pick(seeds).Clone();
        for (var changes = random.Next(7); changes > 0; changes--)
        {
            Change(item);
        }

        return item;
    }

    /// <summary>Any text that is worth trying.</summary>
    public string Text() => random.Next(8) switch
    {
        0 => new string("xä😀\ud800"[random.Next(5)], random.Next(300)),
        1 when random.Next(6) == 0 => string.Concat(Enumerable.Repeat(Pick(Texts), random.Next(1, 3000))),
        1 => string.Concat(Enumerable.Repeat(Pick(Texts), random.Next(1, 8))),
        2 => Pick(seeds).ToJson(random),
        3 => Convert.ToBase64String(Encoding.UTF8.GetBytes(Pick(seeds).ToJson())),
        _ => Pick(Texts),
    };

    public T Pick<T>(IReadOnlyList<T> list) => list[random.Next(list.Count)];

    private void Change(ObjectNode item)
    {
        var places = new List<Place>();
        Collect(item, places);
        if (places.Count == 0)
        {
            item.Members.Add(new MemberNode(Pick(Names), Scalar()));
            return;
        }

        var place = Pick(places);
        switch (random.Next(14))
        {
            case 0 or 1:
                place.Replace(Scalar());
                break;
            case 2:
                place.Remove();
                break;
            case 3:
                place.Replace(Subtree());
                break;
            case 4:
                place.Rename(Pick(Names));
                break;
            case 5:
                place.Insert(random, random.Next(6) == 0 ? place.Name : Pick(Names), random.Next(2) == 0 ? Scalar() : Subtree());
                break;
            case 6:
                place.Replace(Nest(place.Value, random.Next(20) == 0 ? random.Next(50, 140) : random.Next(1, 6)));
                break;
            case 7:
                place.Replace(new TextNode(place.Value.ToJson(random)));
                break;
            case 8:
                place.Replace(new TextNode(Convert.ToBase64String(Encoding.UTF8.GetBytes(place.Value.ToJson()))));
                break;
            case 9:
                place.Replace(random.Next(40) == 0 ? Many() : Scalar());
                break;
            case 10:
                place.Shuffle(random);
                break;
            case 11 when random.Next(20) == 0:
                place.Replace(new TokenNode(new string('9', random.Next(1, 20_000))));
                break;
            case 12:
                Set(item, Pick(["eventTime", "outcome", "logSourceCRN", "action", "severity", "dataEvent"]));
                break;
            default:
                place.Replace(new TextNode(Text()));
                break;
        }
    }

    private void Set(ObjectNode item, string name)
    {
        var at = item.Members.FindIndex(member => member.Name == name);
        var member = new MemberNode(name, random.Next(8) == 0 ? Scalar() : new TextNode(Pick(Texts)));
        if (at < 0)
        {
            item.Members.Insert(random.Next(item.Members.Count + 1), member);
        }
        else
        {
            item.Members[at] = member;
        }
    }

    private Node Scalar() => random.Next(3) == 0 ? new TokenNode(Pick(Tokens)) : new TextNode(Text());

    private Node Subtree()
    {
        var places = new List<Place>();
        Collect(Pick(seeds), places);
        return Pick(places).Value.Clone();
    }

    private Node Nest(Node value, int levels)
    {
        for (; levels > 0; levels--)
        {
            value = random.Next(2) == 0 ? new ArrayNode([value]) : new ObjectNode([new MemberNode(Pick(Names), value)]);
        }

        return value;
    }

    private Node Many()
    {
        var count = random.Next(1, MaxMembers);
        return random.Next(2) == 0
            ? new ArrayNode([.. Enumerable.Range(0, count).Select(_ => Scalar())])
            : new ObjectNode([.. Enumerable.Range(0, count).Select(i => new MemberNode($"m{i}", new TextNode("v")))]);
    }

    /// <summary>Every value in an object, with its parent.</summary>
    public static void Collect(Node node, List<Place> places)
    {
        switch (node)
        {
            case ObjectNode parent:
                for (var i = 0; i < parent.Members.Count; i++)
                {
                    places.Add(new Place(parent, i));
                    Collect(parent.Members[i].Value, places);
                }

                break;
            case ArrayNode parent:
                for (var i = 0; i < parent.Items.Count; i++)
                {
                    places.Add(new Place(parent, i));
                    Collect(parent.Items[i], places);
                }

                break;
        }
    }
}

/// <summary>Where a value stands.</summary>
internal readonly record struct Place(Node Parent, int Index)
{
    public Node Value => Parent is ObjectNode parent ? parent.Members[Index].Value : ((ArrayNode)Parent).Items[Index];

    public string Name => Parent is ObjectNode parent ? parent.Members[Index].Name : "";

    public void Replace(Node value)
    {
        if (Parent is ObjectNode parent)
        {
            parent.Members[Index] = parent.Members[Index] with { Value = value };
        }
        else
        {
            ((ArrayNode)Parent).Items[Index] = value;
        }
    }

    public void Remove()
    {
        if (Parent is ObjectNode parent)
        {
            parent.Members.RemoveAt(Index);
        }
        else
        {
            ((ArrayNode)Parent).Items.RemoveAt(Index);
        }
    }

    public void Rename(string name)
    {
        if (Parent is ObjectNode parent)
        {
            parent.Members[Index] = parent.Members[Index] with { Name = name };
        }
    }

    public void Insert(Random random, string name, Node value)
    {
        if (Parent is ObjectNode parent)
        {
            parent.Members.Insert(random.Next(parent.Members.Count + 1), new MemberNode(name, value));
        }
        else
        {
            ((ArrayNode)Parent).Items.Insert(Index, value);
        }
    }

    public void Shuffle(Random random)
    {
        if (Parent is ObjectNode parent)
        {
            var members = parent.Members.ToArray();
            random.Shuffle(members);
            parent.Members.Clear();
            parent.Members.AddRange(members);
        }
    }
}
