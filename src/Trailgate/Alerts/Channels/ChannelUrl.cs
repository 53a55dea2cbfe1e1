using System.Net;

namespace Trailgate.Alerts.Channels;

/// <summary>What an address of a channel must be.</summary>
internal static class ChannelUrl
{
    /// <summary>What is wrong with it, as the end of a sentence that begins with the setting's name; null for nothing.</summary>
    public static string? FaultOf(string? text, bool insecure)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || (url.Scheme != Uri.UriSchemeHttps && url.Scheme != Uri.UriSchemeHttp))
        {
            return "must be an absolute https address.";
        }

        if (url.UserInfo.Length > 0 || url.Fragment.Length > 0)
        {
            return "must have neither a user name nor a fragment.";
        }

        if (insecure)
        {
            return null;
        }

        if (url.Scheme != Uri.UriSchemeHttps)
        {
            return "must be https, unless Insecure is true.";
        }

        // Names are checked at each connect, when they are resolved; an address can be refused at once.
        return url.IsLoopback || (IPAddress.TryParse(url.IdnHost, out var address) && !PublicAddress.Is(address))
            ? "must not be a private address, unless Insecure is true."
            : null;
    }
}
