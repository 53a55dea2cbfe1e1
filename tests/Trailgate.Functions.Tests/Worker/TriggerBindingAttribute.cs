namespace Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

/// <summary>Follows extensions/Worker.Extensions.Abstractions/TriggerBindingAttribute.cs.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public abstract class TriggerBindingAttribute : Attribute;
