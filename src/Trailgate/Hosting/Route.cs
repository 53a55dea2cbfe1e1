using Microsoft.AspNetCore.Http;

namespace Trailgate.Hosting;

/// <summary>One line of the route table.</summary>
/// <param name="Method">The HTTP method, in capitals. <c>GET</c> answers <c>HEAD</c> as well.</param>
/// <param name="Pattern">
/// The path: literal segments and <c>{name}</c> for exactly one segment, which the handler finds in
/// <see cref="HttpRequest.RouteValues"/>.
/// </param>
/// <param name="Scope">What a key must permit; <see cref="Scopes.None"/> for open routes.</param>
/// <param name="Handler">Makes the handler, once for each host.</param>
public sealed record Route(string Method, string Pattern, Scopes Scope, Func<IServiceProvider, RequestDelegate> Handler)
{
    /// <summary>
    /// Makes the choice for requests without a fitting key: a handler of its own for those that may pass all the same, null
    /// for the others. It is never <see cref="Handler"/>, so what passes here can not do what the key is for.
    /// </summary>
    public Func<IServiceProvider, Func<HttpRequest, RequestDelegate?>>? WithoutKey { get; init; }
}
