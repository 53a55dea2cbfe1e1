namespace Trailgate.Cli.Demo;

/// <summary>
/// Who and what occurs in the demo: people, a pipeline, and projects in several regions. The same at every start, so that
/// an existing data directory goes on with the same names. All names and addresses are reserved for examples.
/// </summary>
internal static class DemoCast
{
    private static readonly string Account = Hex("account");

    public static IReadOnlyList<DemoProject> Projects { get; } =
    [
        Project("webshop", "us-south"), Project("webshop-staging", "us-south"), Project("billing", "eu-de"),
        Project("analytics", "eu-gb"), Project("search", "jp-tok"), Project("notifications", "br-sao"),
        Project("intranet", "ca-tor"), Project("sandbox", "au-syd"),
    ];

    public static IReadOnlyList<DemoPerson> People { get; } =
    [
        Person("ana", "192.0.2.17", "ibmcloud-cli/2.38.0 linux-amd64"),
        Person("bjorn", "198.51.100.42", "Mozilla/5.0 (X11; Linux x86_64)"),
        Person("chiyo", "203.0.113.9", "kubectl/v1.33.1 (darwin/arm64)"),
        Person("dalia", "2001:db8::2a", "kn/v1.18.0"),
        new("iam-ServiceId-" + Guid("deployer"), "deployer", "service/security/account/serviceid", "apikey-serviceid", "198.51.100.200", "terraform/1.13.3"),
    ];

    /// <summary>What the objects of a project are called.</summary>
    public static IReadOnlyList<string> ObjectNames { get; } =
        ["checkout", "catalog", "invoice-export", "nightly-report", "mail-sender", "db-credentials", "feature-flags", "thumbnailer"];

    private static DemoProject Project(string name, string region)
    {
        var crn = $"crn:v1:bluemix:public:codeengine:{region}:a/{Account}:{Guid(name)}::";
        return new DemoProject(name, region, crn, $"crn:v1:bluemix:public:codeengine:{region}:a/{Account}:::");
    }

    private static DemoPerson Person(string name, string address, string agent) => new(
        $"IBMid-{Hex(name)[..10].ToUpperInvariant()}", $"{name}@example.com", "service/security/account/user", "token", address, agent);

    private static string Hex(string name) => Convert.ToHexStringLower(
        System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes($"trailgate demo {name}")))[..32];

    private static Guid Guid(string name) => System.Guid.ParseExact(Hex(name), "N");
}

/// <summary>A Code Engine project.</summary>
internal sealed record DemoProject(string Name, string Region, string Crn, string LogSourceCrn);

/// <summary>Someone, or something, that acts.</summary>
internal sealed record DemoPerson(string Id, string Name, string TypeUri, string Credential, string Address, string Agent);
