namespace Trailgate.Functions.Tests.Infra;

/// <summary>A test that needs the Bicep compiler, which is here on 64-bit Linux.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class BicepFactAttribute : FactAttribute
{
    public BicepFactAttribute()
    {
        if (Bicep.Compiler is null)
        {
            Skip = "The Bicep compiler is fetched on 64-bit Linux only.";
        }
    }
}
