using System.Security.Cryptography;

namespace Trailgate.Cli.Page;

/// <summary>One file of the page, as it is sent.</summary>
/// <param name="Path">Its path on the server.</param>
/// <param name="Type">Its content type.</param>
/// <param name="Content">Its bytes.</param>
internal sealed record PageFile(string Path, string Type, byte[] Content)
{
    // Scripts, styles and data of this server and nothing else: no inline script or style, no frame, no form that leaves, and
    // (trusted types) no text that becomes markup, whatever an event holds.
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; frame-ancestors 'none'; "
        + "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

    private readonly string _tag = $"\"{Convert.ToHexStringLower(SHA256.HashData(Content).AsSpan(0, 16))}\"";

    /// <summary>Answers with the file, or with 304 when the browser has it already.</summary>
    public async Task WriteAsync(HttpContext context)
    {
        var response = context.Response;
        response.Headers.ETag = _tag;
        // Kept, and asked for each time: another version of the server is seen at once, and no file of it is read twice.
        response.Headers.CacheControl = "no-cache";
        response.Headers.ContentSecurityPolicy = ContentSecurityPolicy;
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers["Referrer-Policy"] = "no-referrer";
        response.Headers["Cross-Origin-Resource-Policy"] = "same-origin";
        if (context.Request.GetTypedHeaders().IfNoneMatch.Any(known => known.Tag == _tag || known.Tag == "*"))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        response.ContentType = Type;
        response.ContentLength = Content.Length;
        await response.Body.WriteAsync(Content, context.RequestAborted);
    }
}
