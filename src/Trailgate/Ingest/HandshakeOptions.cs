using System.Buffers;
using Microsoft.Extensions.Options;

namespace Trailgate.Ingest;

/// <summary>Which senders may make sure, before they send, that they are welcome here.</summary>
public sealed class HandshakeOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Trailgate:Handshake";

    /// <summary>Permits every origin.</summary>
    public const string AnyOrigin = "*";

    /// <summary>
    /// The origins that may deliver CloudEvents, split by commas: DNS names as senders give them in
    /// <c>WebHook-Request-Origin</c>, such as <c>eventgrid.azure.net</c>, or <c>*</c>. Consent lets nobody in: deliveries need
    /// a key all the same.
    /// </summary>
    public string Origins { get; set; } = "";

    /// <summary>Deliveries a minute that origins are told they may make; 0 for any number.</summary>
    public int Rate { get; set; }

    /// <summary>
    /// The names of Event Grid subscriptions, split by commas, whose validation is answered without a key. With a key any
    /// is answered.
    /// </summary>
    public string Subscriptions { get; set; } = "";

    internal string[] OriginList => Split(Origins);

    internal string[] SubscriptionList => Split(Subscriptions);

    private static string[] Split(string list) => list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}

/// <summary>Refuses names that no sender could have.</summary>
internal sealed class HandshakeOptionsValidator : IValidateOptions<HandshakeOptions>
{
    private static readonly SearchValues<char> SubscriptionCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-");

    public ValidateOptionsResult Validate(string? name, HandshakeOptions options)
    {
        List<string> faults = [];
        faults.AddRange(options.OriginList
            .Where(origin => origin != HandshakeOptions.AnyOrigin && Uri.CheckHostName(origin) != UriHostNameType.Dns)
            .Select(origin => $"{HandshakeOptions.Section}:Origins holds '{origin}', which is neither a DNS name nor '*'; write names alone, without https:// and ports."));
        faults.AddRange(options.SubscriptionList
            .Where(subscription => subscription.Length is < 3 or > 64 || subscription.AsSpan().ContainsAnyExcept(SubscriptionCharacters))
            .Select(subscription => $"{HandshakeOptions.Section}:Subscriptions holds '{subscription}': the name of an Event Grid subscription has 3 to 64 letters, digits and hyphens."));
        if (options.Rate < 0)
        {
            faults.Add($"{HandshakeOptions.Section}:Rate is {options.Rate}; it must be 0, for any number, or the deliveries a minute.");
        }

        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}
