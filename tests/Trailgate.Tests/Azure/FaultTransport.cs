using System.Net;
using Azure.Core;
using Azure.Core.Pipeline;

namespace Trailgate.Tests.Azure;

/// <summary>What happens to a request.</summary>
public enum Fault
{
    /// <summary>Nothing: it goes through.</summary>
    None,

    /// <summary>It is applied, and the answer gets lost on the way.</summary>
    AnswerLost,

    /// <summary>It is applied, and the answer says 503 all the same, as one from a server in trouble may.</summary>
    AppliedAnd503,

    /// <summary>It never arrives.</summary>
    RequestLost,

    /// <summary>It is refused by 503 and not applied.</summary>
    Refused503,

    /// <summary>It is refused by 500 and not applied.</summary>
    Refused500,

    /// <summary>It is refused by 429 and not applied.</summary>
    Refused429,
}

/// <summary>The client's own transport, with faults where a test wants them.</summary>
internal sealed class FaultTransport(Func<string, int, Fault> faultOf) : HttpPipelineTransport
{
    private readonly HttpClientTransport _inner = new();
    private int _sent;

    /// <summary>Method and path of each request that was sent, without those that other tests see.</summary>
    public List<string> Sent { get; } = [];

    public override Request CreateRequest() => _inner.CreateRequest();

    public override void Process(HttpMessage message) => ProcessAsync(message).AsTask().GetAwaiter().GetResult();

    public override async ValueTask ProcessAsync(HttpMessage message)
    {
        var method = message.Request.Method.Method;
        int number;
        lock (Sent)
        {
            Sent.Add(method);
            number = ++_sent;
        }

        var fault = faultOf(method, number);
        switch (fault)
        {
            case Fault.RequestLost:
                throw new IOException("injected: the request was lost");
            case Fault.Refused503 or Fault.Refused500 or Fault.Refused429:
                message.Response = Refusal(message, fault);
                return;
        }

        await _inner.ProcessAsync(message);
        switch (fault)
        {
            case Fault.AnswerLost:
                message.Response.Dispose();
                throw new IOException("injected: the answer was lost");
            case Fault.AppliedAnd503:
                message.Response.Dispose();
                message.Response = Refusal(message, fault);
                break;
        }
    }

    private static EmptyResponse Refusal(HttpMessage message, Fault fault) => new(message.Request.ClientRequestId, fault switch
    {
        Fault.Refused500 => HttpStatusCode.InternalServerError,
        Fault.Refused429 => HttpStatusCode.TooManyRequests,
        _ => HttpStatusCode.ServiceUnavailable,
    });

    private sealed class EmptyResponse(string requestId, HttpStatusCode status) : global::Azure.Response
    {
        public override int Status => (int)status;

        public override string ReasonPhrase => status.ToString();

        public override Stream? ContentStream { get; set; }

        public override string ClientRequestId { get; set; } = requestId;

        public override void Dispose()
        {
        }

        protected override bool ContainsHeader(string name) => false;

        protected override IEnumerable<HttpHeader> EnumerateHeaders() => [];

        protected override bool TryGetHeader(string name, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out string? value)
        {
            value = null;
            return false;
        }

        protected override bool TryGetHeaderValues(string name, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out IEnumerable<string>? values)
        {
            values = null;
            return false;
        }
    }
}
