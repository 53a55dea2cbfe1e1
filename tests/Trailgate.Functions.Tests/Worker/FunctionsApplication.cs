namespace Microsoft.Azure.Functions.Worker.Builder;

/// <summary>Follows src/DotNetWorker/Builder/FunctionsApplication.cs.</summary>
public static class FunctionsApplication
{
    public static FunctionsApplicationBuilder CreateBuilder(string[] args) => new(args);
}
