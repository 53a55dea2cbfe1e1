using System.Buffers.Text;
using System.Globalization;
using System.Text.Json;
using Trailgate.Events;
using Trailgate.Query;

namespace Trailgate.Alerts.Rules;

/// <summary>
/// What a condition asks of one value of a field. A field with several values (a list) passes when one of them does. The
/// operands are arrays, because these are asked for every event and an interface's enumerator is an allocation.
/// </summary>
internal abstract record FieldTest
{
    private FieldTest()
    {
    }

    /// <summary>Whether a value passes.</summary>
    /// <param name="type">A string, a number, true, false, or the start of an object; never null, which counts as no value.</param>
    /// <param name="text">A string's text without escapes, or what is written; empty for an object.</param>
    public abstract bool Passes(JsonTokenType type, ReadOnlySpan<byte> text);

    /// <summary>Any value but null.</summary>
    public sealed record Exists : FieldTest
    {
        public override bool Passes(JsonTokenType type, ReadOnlySpan<byte> text) => true;

        public override string ToString() => "exists";
    }

    /// <summary>One of these texts, to the letter.</summary>
    public sealed record TextIn(byte[][] Texts, string Shown) : FieldTest
    {
        public override bool Passes(JsonTokenType type, ReadOnlySpan<byte> text)
        {
            if (type == JsonTokenType.String)
            {
                foreach (var candidate in Texts)
                {
                    if (text.SequenceEqual(candidate))
                    {
                        return true;
                    }
                }
            }

            return false;
        }

        public override string ToString() => Texts.Length == 1 ? $"is {Shown}" : $"is one of {Shown}";
    }

    /// <summary>True, or false.</summary>
    public sealed record Truth(bool Value) : FieldTest
    {
        public override bool Passes(JsonTokenType type, ReadOnlySpan<byte> text) => type == (Value ? JsonTokenType.True : JsonTokenType.False);

        public override string ToString() => Value ? "is true" : "is false";
    }

    /// <summary>A number between two, also one that a source wrote as a text.</summary>
    public sealed record Number(double Least, bool LeastIncluded, double Most, bool MostIncluded) : FieldTest
    {
        public static Number Equal(double value) => new(value, true, value, true);

        public override bool Passes(JsonTokenType type, ReadOnlySpan<byte> text) =>
            type is JsonTokenType.Number or JsonTokenType.String
            && Utf8Parser.TryParse(text, out double value, out var read) && read == text.Length
            && (LeastIncluded ? value >= Least : value > Least) && (MostIncluded ? value <= Most : value < Most);

        public override string ToString() => this switch
        {
            { Least: var least, Most: var most } when least.Equals(most) => Text("is", least),
            { Most: double.PositiveInfinity } => Text(LeastIncluded ? ">=" : ">", Least),
            _ => Text(MostIncluded ? "<=" : "<", Most),
        };

        private static string Text(string sign, double value) => string.Create(CultureInfo.InvariantCulture, $"{sign} {value}");
    }

    /// <summary>A pattern with <c>*</c> over the whole text, ASCII letters in either case.</summary>
    public sealed record Glob(ActionPattern[] Patterns) : FieldTest
    {
        public override bool Passes(JsonTokenType type, ReadOnlySpan<byte> text)
        {
            if (type == JsonTokenType.String)
            {
                foreach (var pattern in Patterns)
                {
                    if (pattern.Matches(text))
                    {
                        return true;
                    }
                }
            }

            return false;
        }

        public override string ToString() => $"is like {string.Join(" or ", (IEnumerable<ActionPattern>)Patterns)}";
    }

    /// <summary>An IP address in one of these ranges.</summary>
    public sealed record Address(AddressRange[] Ranges, string Shown) : FieldTest
    {
        public override bool Passes(JsonTokenType type, ReadOnlySpan<byte> text)
        {
            if (type == JsonTokenType.String)
            {
                foreach (var range in Ranges)
                {
                    if (range.Contains(text))
                    {
                        return true;
                    }
                }
            }

            return false;
        }

        public override string ToString() => $"is an address in {Shown}";
    }

    /// <summary>A test of the project that a CRN names: its service instance.</summary>
    public sealed record OfProject(FieldTest Test) : FieldTest
    {
        public override bool Passes(JsonTokenType type, ReadOnlySpan<byte> text) =>
            type == JsonTokenType.String && Crn.TryGetServiceInstance(text, out var instance) && instance.Length > 0
            && Test.Passes(JsonTokenType.String, instance);

        public override string ToString() => Test.ToString();
    }
}
