using System.Security.Cryptography;
using System.Text;
using Trailgate.Storage;

namespace Trailgate.Alerts.Rules;

/// <summary>
/// Where rules come from, the later ones winning: the shipped ones, the setting, the file, the blob, and the switches by
/// name.
/// </summary>
internal sealed class RuleSource(AlertOptions options, IBlobStore blobs)
{
    private const string JsonSetting = $"{AlertOptions.Section}:{nameof(AlertOptions.RulesJson)}";
    private const string FileSetting = $"{AlertOptions.Section}:{nameof(AlertOptions.RulesFile)}";
    private const string BlobSetting = $"{AlertOptions.Section}:{nameof(AlertOptions.RulesBlob)}";

    /// <summary>Whether rules can change while the process runs.</summary>
    public bool CanChange => options.RulesFile is { Length: > 0 } || options.RulesBlob is { Length: > 0 };

    /// <summary>How often to look.</summary>
    public TimeSpan Interval => options.RulesInterval;

    /// <summary>What is wrong with the rules that can be read without a store.</summary>
    public static IReadOnlyList<string> Check(AlertOptions options) => Combine(options, ReadFile(options), blob: null).Problems;

    /// <summary>Reads all sources anew.</summary>
    /// <exception cref="StorageException">The store could not say whether there is a blob; a retry is safe.</exception>
    public async Task<LoadedRules> LoadAsync(CancellationToken cancellationToken)
    {
        var blob = options.RulesBlob is { Length: > 0 } path
            ? await blobs.ReadAsync(new BlobName(Containers.Alerts, path), cancellationToken)
            : null;
        return Combine(options, ReadFile(options), blob?.Bytes);
    }

    private static LoadedRules Combine(AlertOptions options, FileText? file, ReadOnlyMemory<byte>? blob)
    {
        var rules = ShippedRules.All;
        var problems = new List<string>();
        Add(JsonSetting, TextOf(options.RulesJson), ref rules, problems);
        if (file?.Fault is { } fault)
        {
            problems.Add($"{FileSetting}: {fault}");
        }

        Add(FileSetting, file?.Bytes, ref rules, problems);
        Add(BlobSetting, blob, ref rules, problems);
        Switch(options, ref rules, problems);
        return new LoadedRules(rules, problems, FingerprintOf(file?.Bytes, blob));
    }

    // A null array would become an empty memory, not none.
    private static ReadOnlyMemory<byte>? TextOf(string? setting) => setting is { Length: > 0 } text ? Encoding.UTF8.GetBytes(text) : default(ReadOnlyMemory<byte>?);

    private static void Add(string setting, ReadOnlyMemory<byte>? json, ref IReadOnlyList<AlertRule> rules, List<string> problems)
    {
        if (json is not { } text)
        {
            return;
        }

        rules = RuleReader.Read(text, rules, out var faults) ?? rules;
        problems.AddRange(faults.Select(fault => $"{setting}: {fault}"));
    }

    private static void Switch(AlertOptions options, ref IReadOnlyList<AlertRule> rules, List<string> problems)
    {
        var before = rules;
        foreach (var name in options.Rules.Keys.Where(name => before.All(rule => rule.Name != name)))
        {
            var setting = $"{AlertOptions.Section}:Rules:{name}";
            if (name is AlertRule.Pipeline or AlertRule.Silence)
            {
                problems.Add($"{setting} can not be set: Trailgate always tells about its own failures, and of silence where it is set to expect something.");
            }
            else if (options.RulesBlob is not { Length: > 0 })
            {
                // With a blob the rule may stand there, or come there later.
                problems.Add($"{setting} is no known rule. Known are: {string.Join(", ", before.Select(rule => rule.Name))}.");
            }
        }

        rules = [.. before.Select(rule => options.Rules.TryGetValue(rule.Name, out var on) && on != rule.IsOn ? new AlertRule(rule) { IsOn = on } : rule)];
    }

    private static FileText? ReadFile(AlertOptions options)
    {
        if (options.RulesFile is not { Length: > 0 } path)
        {
            return null;
        }

        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            if (stream.Length > RuleReader.MaxBytes)
            {
                return new FileText(null, $"the file has {stream.Length} bytes; rules have at most {RuleReader.MaxBytes}.");
            }

            using var bytes = new MemoryStream();
            stream.CopyTo(bytes);
            return new FileText(bytes.ToArray(), null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return new FileText(null, $"the file can not be read: {e.Message}");
        }
    }

    private static string FingerprintOf(ReadOnlyMemory<byte>? file, ReadOnlyMemory<byte>? blob)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var part in new[] { file, blob })
        {
            hash.AppendData(part is null ? "-"u8 : "+"u8);
            hash.AppendData(SHA256.HashData((part ?? default).Span));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private sealed record FileText(ReadOnlyMemory<byte>? Bytes, string? Fault);
}

/// <summary>What was read.</summary>
/// <param name="Rules">All rules, those that are off too. Not to be used when there are problems.</param>
/// <param name="Problems">What is wrong, with settings and places.</param>
/// <param name="Fingerprint">The same as long as the file and the blob are.</param>
internal sealed record LoadedRules(IReadOnlyList<AlertRule> Rules, IReadOnlyList<string> Problems, string Fingerprint);
