namespace Trailgate.Cli.Demo;

/// <summary>How an action ended: what stands in outcome and reason.</summary>
internal sealed record DemoOutcome(string Outcome, int Code, string Type, string? Failure)
{
    private static readonly DemoOutcome[] Failures =
    [
        new("failure", 400, "Bad Request", "The scale limits are not valid: minScale is greater than maxScale."),
        new("failure", 401, "Unauthorized", "The access token has expired."),
        new("failure", 403, "Forbidden", "The caller lacks the role Writer in this project."),
        new("failure", 404, "Not Found", "There is no object of this name in the project."),
        new("failure", 409, "Conflict", "An object of this name exists already."),
        new("failure", 503, "Service Unavailable", "The project is being moved to another cluster; try again later."),
    ];

    public static DemoOutcome Pending { get; } = new("pending", 202, "Accepted", null);

    public static DemoOutcome Success(string verb) => verb switch
    {
        "create" => new("success", 201, "Created", null),
        "delete" => new("success", 204, "No Content", null),
        _ => new("success", 200, "OK", null),
    };

    /// <summary>A failure that can happen to the verb: what is created can not be missing, only it can be there already.</summary>
    public static DemoOutcome Failed(string verb, Random random)
    {
        var impossible = verb switch { "create" => 404, "list" => 404, _ => 409 };
        var possible = Failures.Where(failure => failure.Code != impossible && (failure.Code != 409 || verb == "create")).ToArray();
        return possible[random.Next(possible.Length)];
    }

    /// <summary>As the guideline of the source has it: by the code where there was a failure, else by the verb.</summary>
    public string Severity(string verb) => (Failure, Code, verb) switch
    {
        (not null, 401 or 403 or 503, _) or (null, _, "delete") => "critical",
        (not null, _, _) or (null, _, "update") => "warning",
        _ => "normal",
    };
}
