using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>Follows extensions/Worker.Extensions.Http/HttpTriggerAttribute.cs.</summary>
public sealed class HttpTriggerAttribute(AuthorizationLevel authLevel, params string[] methods) : TriggerBindingAttribute
{
    /// <summary>The template; the function's name without one.</summary>
    public string? Route { get; set; }

    public string[] Methods { get; } = methods;

    public AuthorizationLevel AuthLevel { get; } = authLevel;
}

/// <summary>Follows extensions/Worker.Extensions.Http/AuthorizationLevel.cs.</summary>
public enum AuthorizationLevel
{
    Anonymous,
    User,
    Function,
    System,
    Admin,
}
