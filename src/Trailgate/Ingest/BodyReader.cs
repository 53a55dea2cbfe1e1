using System.Buffers;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Trailgate.Ingest;

/// <summary>Reads the whole body of a request within its limits, and inflates it.</summary>
internal sealed class BodyReader(IngestOptions options, InFlightBudget budget)
{
    /// <summary>Bytes reserved at first for a body of unknown length.</summary>
    private const int FirstReservation = 16 * 1024;

    /// <summary>
    /// Bytes reserved at most by what is announced alone. More is reserved as it arrives: otherwise a few connections that
    /// announce large bodies and send nothing would use up the budget, and shut everybody out.
    /// </summary>
    private const int MostOnTrust = 256 * 1024;

    /// <summary>Reads it. Either a body, which the caller disposes, or a problem.</summary>
    public async ValueTask<(Body? Body, Problem? Problem)> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (!TryReadEncoding(request.Headers.ContentEncoding, out var gzip))
        {
            request.HttpContext.Response.Headers.AcceptEncoding = "gzip";
            return (null, IngestProblems.UnsupportedEncoding);
        }

        var wire = new Body(budget);
        Body? inflated = null;
        Body? whole = null;
        try
        {
            var problem = await ReadWireAsync(request, wire, cancellationToken);
            if (problem is null && gzip)
            {
                inflated = new Body(budget);
                problem = Gzip.Inflate(wire.Memory, options.MaxInflatedBytes, inflated);
            }

            whole = problem is null ? inflated ?? wire : null;
            return (whole, problem);
        }
        finally
        {
            // Also when the client went away in the middle: what is not given back here is lost to the budget for good.
            if (whole != wire)
            {
                wire.Dispose();
            }

            if (whole != inflated)
            {
                inflated?.Dispose();
            }
        }
    }

    private async ValueTask<Problem?> ReadWireAsync(HttpRequest request, Body wire, CancellationToken cancellationToken)
    {
        if (request.ContentLength > options.MaxBodyBytes)
        {
            return TooLarge();
        }

        if (!wire.TryReserve((int)Math.Min(request.ContentLength ?? FirstReservation, MostOnTrust)))
        {
            return IngestProblems.Busy;
        }

        try
        {
            while (true)
            {
                var result = await request.BodyReader.ReadAsync(cancellationToken);
                var problem = Append(result.Buffer, wire, request.ContentLength ?? options.MaxBodyBytes);
                request.BodyReader.AdvanceTo(result.Buffer.End);
                if (problem is not null || result.IsCompleted)
                {
                    return problem ?? (wire.Length == 0 ? IngestProblems.EmptyBody : null);
                }
            }
        }
        catch (BadHttpRequestException e)
        {
            return e.StatusCode == StatusCodes.Status413PayloadTooLarge ? TooLarge()
                : e.StatusCode == StatusCodes.Status408RequestTimeout ? IngestProblems.CutOff with { Status = e.StatusCode }
                : IngestProblems.CutOff;
        }
        catch (IOException e) when (e is not ConnectionResetException && !cancellationToken.IsCancellationRequested)
        {
            // Kestrel's, for a chunk whose size it can not hold.
            return IngestProblems.BadFraming;
        }
    }

    private Problem? Append(ReadOnlySequence<byte> buffer, Body wire, long most)
    {
        var length = wire.Length + buffer.Length;
        if (length > options.MaxBodyBytes)
        {
            return TooLarge();
        }

        if (length > wire.Length + wire.Free.Length && !wire.TryReserve((int)Math.Max(length, Math.Min(most, wire.Length * 2L))))
        {
            return IngestProblems.Busy;
        }

        buffer.CopyTo(wire.Free);
        wire.Advance((int)buffer.Length);
        return null;
    }

    private Problem TooLarge() => IngestProblems.BodyTooLarge(options.MaxBodyBytes, "Trailgate:Ingest:MaxBodyBytes");

    private static bool TryReadEncoding(StringValues header, out bool gzip)
    {
        gzip = false;
        if (header.Count == 0)
        {
            return true;
        }

        var value = header.ToString();
        gzip = value.Equals("gzip", StringComparison.OrdinalIgnoreCase) || value.Equals("x-gzip", StringComparison.OrdinalIgnoreCase);
        return gzip || value.Equals("identity", StringComparison.OrdinalIgnoreCase);
    }
}
