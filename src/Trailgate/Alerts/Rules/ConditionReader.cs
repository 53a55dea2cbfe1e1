using System.Globalization;
using System.Text;
using System.Text.Json;
using Trailgate.Query;

namespace Trailgate.Alerts.Rules;

/// <summary>Reads the conditions of rules.</summary>
internal sealed class ConditionReader(RuleFaults faults)
{
    public const int MaxDepth = 16;
    public const int MaxValues = 1_000;
    public const int MaxTextLength = 512;

    private static readonly string[] Operators = ["equals", "in", "glob", "cidr", "exists", "lt", "le", "gt", "ge"];
    private static readonly string[] Members = ["all", "any", "not", "field", .. Operators];

    /// <summary>Null when it is wrong; the faults then say how.</summary>
    public Condition? Read(JsonPlace place) => Read(place, 1);

    private Condition? Read(JsonPlace place, int depth)
    {
        if (depth > MaxDepth)
        {
            faults.Add(place, $"conditions are nested at most {MaxDepth} deep.");
            return null;
        }

        if (!faults.CheckObject(place, "a condition", Members))
        {
            return null;
        }

        if (place.Members is [(var name, var content)] && name is "all" or "any" or "not")
        {
            return name == "not"
                ? Read(content, depth + 1) is { } part ? new Condition.Not(part) : null
                : ReadSeveral(content, depth) is { } parts ? name == "all" ? new Condition.All(parts) : new Condition.Any(parts) : null;
        }

        if (place["field"] is { } field && place.Members.All(static member => member.Key is not ("all" or "any" or "not")))
        {
            return ReadField(place, field);
        }

        faults.Add(place, "a condition is one of all, any and not, or a field with what is asked of it.");
        return null;
    }

    private List<Condition>? ReadSeveral(JsonPlace place, int depth)
    {
        if (place.Type != JsonTokenType.StartArray || place.Items.Count is 0 or > MaxValues)
        {
            faults.Add(place, $"this is a list of 1 to {MaxValues} conditions.");
            return null;
        }

        List<Condition> parts = [.. place.Items.Select(item => Read(item, depth + 1)).OfType<Condition>()];
        return parts.Count == place.Items.Count ? parts : null;
    }

    private Condition? ReadField(JsonPlace place, JsonPlace field)
    {
        var tests = place.Members.Where(static member => member.Key != "field").ToList();
        if (tests.Count == 0)
        {
            faults.Add(place, $"nothing is asked of the field; ask one of {string.Join(", ", Operators)}.");
            return null;
        }

        if (ReadPath(field) is not { } path)
        {
            return null;
        }

        List<Condition> parts = [.. tests.Select(test => ReadTest(path, test.Key, test.Value)).OfType<Condition>()];
        return parts.Count < tests.Count ? null : parts is [var only] ? only : new Condition.All(parts);
    }

    /// <summary>Reads the name of a field; null when it is wrong.</summary>
    public FieldPath? ReadPath(JsonPlace place)
    {
        if (place.Type != JsonTokenType.String)
        {
            faults.Add(place, "a field is named by a text, such as initiator.id.");
            return null;
        }

        if (FieldPath.TryParse(place.Text, out var path, out var fault))
        {
            return path;
        }

        faults.Add(place, fault);
        return null;
    }

    private Condition? ReadTest(FieldPath path, string name, JsonPlace operand) => name switch
    {
        "equals" => ReadValues(path, operand, [operand]),
        "in" => List(operand) is { } items ? ReadValues(path, operand, items) : null,
        "glob" => Texts(operand, static text => text.Length > 0, "a pattern is a text of 1 to 512 characters.") is { } patterns
            ? new Condition.Field(path, new FieldTest.Glob([.. patterns.Select(static text => new ActionPattern(text))]))
            : null,
        "cidr" => ReadRanges(path, operand),
        "exists" => operand.Type switch
        {
            JsonTokenType.True => new Condition.Field(path, new FieldTest.Exists()),
            JsonTokenType.False => new Condition.Not(new Condition.Field(path, new FieldTest.Exists())),
            _ => Refuse(operand, "exists is true or false."),
        },
        _ => ReadComparison(path, name, operand),
    };

    private Condition? ReadComparison(FieldPath path, string name, JsonPlace operand)
    {
        if (Number(operand) is not { } number)
        {
            return Refuse(operand, $"{name} compares with a number.");
        }

        return new Condition.Field(path, name switch
        {
            "lt" => new FieldTest.Number(double.NegativeInfinity, true, number, false),
            "le" => new FieldTest.Number(double.NegativeInfinity, true, number, true),
            "gt" => new FieldTest.Number(number, false, double.PositiveInfinity, true),
            _ => new FieldTest.Number(number, true, double.PositiveInfinity, true),
        });
    }

    private Condition.Field? ReadRanges(FieldPath path, JsonPlace operand)
    {
        var ranges = new List<AddressRange>();
        var texts = Texts(
            operand,
            text =>
            {
                var parsed = AddressRange.TryParse(text, out var range);
                ranges.Add(range);
                return parsed;
            },
            "this is no range of addresses such as 10.0.0.0/8 or 2001:db8::/32: behind the prefix all bits are 0.");
        return texts is null ? null : new Condition.Field(path, new FieldTest.Address([.. ranges], string.Join(", ", texts)));
    }

    /// <summary>One value of them: texts are one test, each other value is another.</summary>
    private Condition? ReadValues(FieldPath path, JsonPlace operand, IReadOnlyList<JsonPlace> values)
    {
        var before = faults.Count;
        var texts = new List<string>();
        var tests = new List<FieldTest>();
        var closed = ClosedSets.Of(path);
        foreach (var value in values)
        {
            if (closed is not null && (value.Type != JsonTokenType.String || !closed.Contains(value.Text)))
            {
                faults.Add(value, $"no event has this as its {path}, which is one of {string.Join(", ", closed)}.");
            }
            else if (value.Type == JsonTokenType.String && value.Text.Length <= MaxTextLength)
            {
                texts.Add(value.Text);
            }
            else if (value.Type is JsonTokenType.True or JsonTokenType.False)
            {
                tests.Add(new FieldTest.Truth(value.Type == JsonTokenType.True));
            }
            else if (Number(value) is { } number)
            {
                tests.Add(FieldTest.Number.Equal(number));
            }
            else
            {
                faults.Add(value, value.Type == JsonTokenType.Null
                    ? "null is no value: write \"exists\": false."
                    : $"a value is a text of at most {MaxTextLength} characters, a number, true or false.");
            }
        }

        if (faults.Count > before)
        {
            return null;
        }

        if (texts.Count > 0)
        {
            tests.Insert(0, new FieldTest.TextIn([.. texts.Select(Encoding.UTF8.GetBytes)], string.Join(", ", texts)));
        }

        return tests is [var only] ? new Condition.Field(path, only) : new Condition.Any([.. tests.Select(test => new Condition.Field(path, test))]);
    }

    private List<string>? Texts(JsonPlace operand, Func<string, bool> isValid, string otherwise)
    {
        if ((operand.Type == JsonTokenType.StartArray ? List(operand) : [operand]) is not { } items)
        {
            return null;
        }

        var before = faults.Count;
        var texts = new List<string>();
        foreach (var item in items)
        {
            if (item.Type == JsonTokenType.String && item.Text.Length <= MaxTextLength && isValid(item.Text))
            {
                texts.Add(item.Text);
            }
            else
            {
                faults.Add(item, otherwise);
            }
        }

        return faults.Count > before ? null : texts;
    }

    private IReadOnlyList<JsonPlace>? List(JsonPlace place)
    {
        if (place.Type == JsonTokenType.StartArray && place.Items.Count is > 0 and <= MaxValues)
        {
            return place.Items;
        }

        faults.Add(place, $"this is a list of 1 to {MaxValues} values.");
        return null;
    }

    private Condition? Refuse(JsonPlace place, string sentence)
    {
        faults.Add(place, sentence);
        return null;
    }

    private static double? Number(JsonPlace place) =>
        place.Type == JsonTokenType.Number && double.TryParse(place.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
            ? number
            : null;
}
