namespace Microsoft.Azure.Functions.Worker;

/// <summary>Follows extensions/Worker.Extensions.Abstractions/FunctionAttribute.cs.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class FunctionAttribute(string name) : Attribute
{
    public string Name { get; } = name;
}
