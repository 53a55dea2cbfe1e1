using System.Globalization;
using System.Text.RegularExpressions;

namespace Trailgate.EndToEnd.Tests.Storage;

/// <summary>One system call that succeeded.</summary>
/// <param name="Name">Its name, as the kernel calls it.</param>
/// <param name="Arguments">What stands between its parentheses.</param>
/// <param name="Result">What it returned.</param>
/// <param name="Descriptor">The path or target of the file descriptor in its first argument, empty when that is none.</param>
internal sealed partial record SystemCall(string Name, string Arguments, int Result, string Descriptor);

/// <summary>Reads what <c>strace -f -y</c> has written, calls that were interrupted by other threads put together.</summary>
internal static partial class SystemCallTrace
{
    public static List<SystemCall> Parse(IEnumerable<string> lines)
    {
        var unfinished = new Dictionary<string, string>(StringComparer.Ordinal);
        var calls = new List<SystemCall>();
        foreach (var line in lines)
        {
            var split = line.IndexOf(' ', StringComparison.Ordinal);
            if (split < 0)
            {
                continue;
            }

            var thread = line[..split];
            var text = line[split..].Trim();
            if (text.EndsWith("<unfinished ...>", StringComparison.Ordinal))
            {
                unfinished[thread] = text[..^"<unfinished ...>".Length].TrimEnd();
                continue;
            }

            if (Resumed().Match(text) is { Success: true } resumed && unfinished.Remove(thread, out var begin))
            {
                text = begin + resumed.Groups["rest"].Value;
            }

            if (Call().Match(text) is { Success: true } match)
            {
                var arguments = match.Groups["arguments"].Value;
                calls.Add(new SystemCall(
                    match.Groups["name"].Value,
                    arguments,
                    int.Parse(match.Groups["result"].Value, CultureInfo.InvariantCulture),
                    FirstDescriptor().Match(arguments).Groups["path"].Value));
            }
        }

        return calls;
    }

    [GeneratedRegex(@"^<\.\.\. \w+ resumed>(?<rest>.*)$", RegexOptions.None, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Resumed();

    // Calls that failed return -1 and are left out.
    [GeneratedRegex(@"^(?<name>\w+)\((?<arguments>.*)\)\s+= (?<result>\d+)(?:<.*>)?$", RegexOptions.None, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Call();

    [GeneratedRegex(@"^\d+<(?<path>[^>]*)>", RegexOptions.None, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex FirstDescriptor();
}
