using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Trailgate.Hosting;

namespace Trailgate.Functions;

/// <summary>
/// Refuses to start where the default store would not be the account of the host: alerts would be queued where no trigger
/// looks, and the directory of an instance goes with the instance. Only development may use files.
/// </summary>
internal sealed class AccountNeeded(IConfiguration configuration, IHostEnvironment environment) : IValidateOptions<StorageOptions>
{
    public ValidateOptionsResult Validate(string? name, StorageOptions options)
    {
        if (ConnectionOptions.Read(configuration.GetSection(ConnectionOptions.Section)).IsSet)
        {
            return ValidateOptionsResult.Fail(
                $"{ConnectionOptions.Section} is set, but in a Functions app {FunctionServices.HostAccount} names the account: the trigger of the alert queue reads there. Remove {ConnectionOptions.Section}.");
        }

        return environment.IsDevelopment() || ConnectionOptions.Read(configuration.GetSection(FunctionServices.HostAccount)).IsSet
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(
                $"{FunctionServices.HostAccount} names no account: set it to a connection string, or {FunctionServices.HostAccount}__accountName to the name of an account that the app's identity may use.");
    }
}
