using System.Diagnostics;
using Microsoft.Playwright;
using Trailgate.Tests.Support;

namespace Trailgate.EndToEnd.Tests.Page;

/// <summary>The accessibility checks of axe-core, which npm has installed beside these tests; installed when it is not there.</summary>
internal static class Axe
{
    private static readonly Lazy<string> Script = new(static () => File.ReadAllText(Find()));

    /// <summary>What keeps somebody out, by the rules of WCAG 2.1 AA and good practice; each with its places.</summary>
    public static async Task<string[]> CheckAsync(IPage page)
    {
        await page.EvaluateAsync(Script.Value);
        // Behind the # of the page's links stands its state: the first of them is no link that skips to a place.
        return await page.EvaluateAsync<string[]>("""
            async () => (await axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'], rules: { 'skip-link': { enabled: false } } }))
              .violations.map(found => `${found.id}: ${found.nodes.map(node => node.target.join(' ')).slice(0, 5).join(', ')}`)
            """);
    }

    private static string Find()
    {
        var folder = Path.Combine(SourceTree.Root, "tests", "Trailgate.EndToEnd.Tests", "Page");
        var script = Path.Combine(folder, "node_modules", "axe-core", "axe.min.js");
        if (!File.Exists(script))
        {
            using var npm = Process.Start(new ProcessStartInfo("npm", ["ci", "--prefix", folder, "--no-audit", "--no-fund", "--silent"]))!; // not null: no shell is used
            npm.WaitForExit();
        }

        return script;
    }
}
