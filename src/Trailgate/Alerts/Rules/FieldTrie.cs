using System.Buffers;
using System.Text.Json;

namespace Trailgate.Alerts.Rules;

/// <summary>The fields that rules ask for, as a tree of names: one pass over a line runs all tests, and skips what nobody asks for.</summary>
internal sealed class FieldTrie
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 128 };

    private readonly List<(byte[] Name, FieldTrie Below)> _members = [];
    private readonly List<(int Number, FieldTest Test)> _tests = [];

    public void Add(Condition.Field field, int number)
    {
        if (field.Path.ToString() == FieldPath.Project)
        {
            // No member holds it: it is a part of one of these.
            var test = new FieldTest.OfProject(field.Test);
            Below([.. "target"u8]).Below([.. "id"u8])._tests.Add((number, test));
            Below([.. "logSourceCRN"u8])._tests.Add((number, test));
            return;
        }

        var node = this;
        foreach (var name in field.Path.Segments)
        {
            node = node.Below(name);
        }

        node._tests.Add((number, field.Test));
    }

    /// <summary>Sets the bits of the tests that a normalized line passes. Does not allocate, but for what a test says.</summary>
    /// <returns>False when the line is damaged: then nothing is known of what comes behind the damage.</returns>
    public bool Run(ReadOnlySpan<byte> line, Span<ulong> passed)
    {
        try
        {
            var reader = new Utf8JsonReader(line, Options);
            return reader.Read() && Read(ref reader, passed);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    private FieldTrie Below(byte[] name)
    {
        foreach (var member in _members)
        {
            if (member.Name.AsSpan().SequenceEqual(name))
            {
                return member.Below;
            }
        }

        var below = new FieldTrie();
        _members.Add((name, below));
        return below;
    }

    /// <summary>The reader stands on a value; afterwards on its last token.</summary>
    private bool Read(ref Utf8JsonReader reader, Span<ulong> passed)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartArray:
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    Read(ref reader, passed);
                }

                break;

            case JsonTokenType.StartObject:
                Test(JsonTokenType.StartObject, [], passed);
                while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                {
                    var below = Find(ref reader);
                    reader.Read();
                    if (below is null)
                    {
                        reader.Skip();
                    }
                    else
                    {
                        below.Read(ref reader, passed);
                    }
                }

                break;

            case JsonTokenType.Null:
                break;

            case JsonTokenType.String when reader.ValueIsEscaped:
                TestUnescaped(ref reader, passed);
                break;

            default:
                Test(reader.TokenType, reader.ValueSpan, passed);
                break;
        }

        return true;
    }

    private FieldTrie? Find(ref Utf8JsonReader reader)
    {
        foreach (var (name, below) in _members)
        {
            if (reader.TextIs(name))
            {
                return below;
            }
        }

        return null;
    }

    private void TestUnescaped(ref Utf8JsonReader reader, Span<ulong> passed)
    {
        if (_tests.Count == 0)
        {
            return;
        }

        var plain = ArrayPool<byte>.Shared.Rent(reader.ValueSpan.Length);
        try
        {
            Test(JsonTokenType.String, plain.AsSpan(0, reader.CopyString(plain)), passed);
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair as an escape: valid JSON, no text. There is a value, and it equals nothing.
            Test(JsonTokenType.String, [0xFF], passed);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(plain);
        }
    }

    private void Test(JsonTokenType type, ReadOnlySpan<byte> text, Span<ulong> passed)
    {
        foreach (var (number, test) in _tests)
        {
            // Of several values one is enough.
            if (test.Passes(type, text))
            {
                passed[number >> 6] |= 1UL << number;
            }
        }
    }
}
