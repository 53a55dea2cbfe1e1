using System.CommandLine;
using System.Text.RegularExpressions;
using Trailgate.Hosting;

namespace Trailgate.Cli.Commands;

/// <summary><c>trailgate access-key new NAME --scopes ingest,read</c>: makes a key. Nothing is stored.</summary>
internal static partial class AccessKeyCommand
{
    public static Command Create()
    {
        var name = new Argument<string>("NAME")
        {
            Description = "Names the key in settings and logs: a letter, then letters and digits, 32 at most.",
        };
        name.Validators.Add(result =>
        {
            if (!NamePattern().IsMatch(result.GetValueOrDefault<string>() ?? ""))
            {
                result.AddError("NAME must be a letter, then letters and digits, 32 at most: it becomes part of an environment variable's name.");
            }
        });
        var scopes = new Option<Scopes>("--scopes")
        {
            Description = $"What the key permits: one or more of {ScopesText.All}, split by commas.",
            HelpName = "LIST",
            Required = true,
            CustomParser = static result =>
            {
                if (!ScopesText.TryParse(string.Join(',', result.Tokens.Select(token => token.Value)), out var parsed))
                {
                    result.AddError($"--scopes must list one or more of {ScopesText.All}, split by commas.");
                }

                return parsed;
            },
        };
        var create = new Command("new", "Makes a key and prints it, once, with the two settings that let it in.") { name, scopes };
        create.SetAction(parsed =>
        {
            Print(parsed.InvocationConfiguration.Output, parsed.GetRequiredValue(name), parsed.GetRequiredValue(scopes));
            return CommandLine.Done;
        });
        return new Command("access-key", "Access keys.") { create };
    }

    private static void Print(TextWriter output, string name, Scopes scopes)
    {
        var key = AccessKeys.NewKey();
        output.WriteLine($"""
            The key, shown this once. Callers send it as x-functions-key, or as Authorization: Bearer:

              {key}

            The settings that let it in. They hold a hash, not the key:

              Trailgate__Keys__{name}__Hash={AccessKeys.HashOf(key)}
              Trailgate__Keys__{name}__Scopes={scopes.ToText()}
            """);
    }

    [GeneratedRegex("^[A-Za-z][A-Za-z0-9]{0,31}$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex NamePattern();
}
