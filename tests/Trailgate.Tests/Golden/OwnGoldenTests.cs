using System.Text.RegularExpressions;
using static Trailgate.Tests.Ingest.Envelopes.Opening;

namespace Trailgate.Tests.Golden;

/// <summary>Our own events in the irregular forms that sources use, with the whole lines that they must become: own.txt.</summary>
public sealed partial class OwnGoldenTests
{
    private static readonly Sample[] Samples = [.. Read(Path.Combine(AppContext.BaseDirectory, "Golden", "own.txt"))];

    public static TheoryData<string> Titles() => new(Samples.Select(sample => sample.Title));

    [Theory]
    [MemberData(nameof(Titles))]
    public void An_event_becomes_its_golden_line(string title)
    {
        var sample = Samples.Single(one => one.Title == title);

        var lines = Open(string.Join('\n', sample.Sent), sample.ContentType).Select(item => OfEachRun().Replace(item.Line, "\"${name}\":\"*"));

        Assert.Equal(string.Join('\n', sample.Lines), string.Join('\n', lines));
    }

    [Fact]
    public void There_are_enough_of_them() => Assert.InRange(Samples.Length, 40, int.MaxValue);

    private static IEnumerable<Sample> Read(string file)
    {
        Sample? sample = null;
        foreach (var line in File.ReadLines(file).Where(line => line.Length > 0 && line[0] != '#'))
        {
            if (line.StartsWith("== ", StringComparison.Ordinal))
            {
                if (sample is not null)
                {
                    yield return sample;
                }

                var parts = Title().Match(line);
                sample = new Sample(parts.Groups["title"].Value, parts.Groups["type"] is { Success: true } type ? type.Value : "application/json", [], []);
                continue;
            }

            var lines = line.StartsWith("< ", StringComparison.Ordinal) ? sample?.Sent : line.StartsWith("> ", StringComparison.Ordinal) ? sample?.Lines : null;
            (lines ?? throw new InvalidDataException($"own.txt has a line that is none: {line}")).Add(line[2..]);
        }

        if (sample is not null)
        {
            yield return sample;
        }
    }

    // The id of the event, which begins the line, and when it was received.
    [GeneratedRegex("""(?<=^\{)"(?<name>id)":"[0-9a-f]{32}|"(?<name>receivedAt)":"2026-11-22T06:00:00\.000Z""", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex OfEachRun();

    [GeneratedRegex(@"^== (?<title>.*?)( \((?<type>[a-z]+/[a-z-]+)\))?$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Title();

    private sealed record Sample(string Title, string ContentType, List<string> Sent, List<string> Lines);
}
