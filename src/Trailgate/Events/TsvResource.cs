using System.Text;

namespace Trailgate.Events;

/// <summary>Tables that ship inside the library: one row a line, columns split by tabs, lines that begin with # are comments.</summary>
internal static class TsvResource
{
    public static IEnumerable<string[]> Rows(string name)
    {
        using var stream = typeof(TsvResource).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The table {name} is missing from the library.");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        while (reader.ReadLine() is { } line)
        {
            if (line.Length > 0 && line[0] != '#')
            {
                yield return line.Split('\t');
            }
        }
    }
}
