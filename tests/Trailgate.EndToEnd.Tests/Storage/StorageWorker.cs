using System.Globalization;
using System.Text;
using Trailgate.Azure;
using Trailgate.Storage;
using Trailgate.Tests.Azurite;

namespace Trailgate.EndToEnd.Tests.Storage;

/// <summary>What a process of a storage test does. The tests run it in their own process too.</summary>
internal static class StorageWorker
{
    private static readonly CancellationToken None = CancellationToken.None;

    /// <summary>
    /// <c>race-put STORE COUNT NAME</c>, <c>race-replace STORE COUNT</c>, where a store is a directory or a connection string: says "ready", waits for a line on its standard
    /// input, races, prints what it won, one number a line. <c>put-once ROOT PATH TEXT</c>: one put, prints its result.
    /// </summary>
    public static async Task<int> RunAsync(string[] args, TextReader input, TextWriter output)
    {
        switch (args)
        {
            case ["race-put", var store, var count, var name]:
                var puts = Open(store);
                // Compiled and connected before the start, or one would be far ahead for the whole way.
                await puts.PutAsync(new BlobName("inbox", $"warm-up/{name}"), Encoding.UTF8.GetBytes(name), None);
                await WaitForStartAsync(input, output);
                foreach (var won in RacePut(puts, Number(count), name))
                {
                    await output.WriteLineAsync(won.ToString(CultureInfo.InvariantCulture));
                }

                return 0;
            case ["race-replace", var store, var count]:
                var replaces = Open(store);
                await WaitForStartAsync(input, output);
                await output.WriteLineAsync(RaceReplace(replaces, Number(count)).ToString(CultureInfo.InvariantCulture));
                return 0;
            case ["put-once", var root, var path, var text]:
                var result = await new FileBlobStore(root).PutAsync(new BlobName("inbox", path), Encoding.UTF8.GetBytes(text), None);
                await output.WriteLineAsync(result.ToString());
                return 0;
            default:
                await Console.Error.WriteLineAsync("This assembly holds tests: run it with dotnet test.");
                return 2;
        }
    }

    /// <summary>Opens a store that is ready: a directory, or an account by its connection string.</summary>
    public static IBlobStore Open(string store) => store.Contains("AccountName=", StringComparison.Ordinal)
        ? new AzureBlobStore(AzureAccount.Open(TestAzurite.OptionsOf(store)))
        : new FileBlobStore(store);

    /// <summary>The name of the n-th blob of a race.</summary>
    public static BlobName RaceName(int number) => new("inbox", $"race/{number % 10}/{number}");

    /// <summary>
    /// Puts blobs 0 to count-1, each with the racer's name in it. The racer called second goes through each short lap
    /// backwards, so that they meet in every lap and none is ahead all the way.
    /// </summary>
    /// <returns>The numbers that this racer created.</returns>
    public static List<int> RacePut(IBlobStore store, int count, string racer)
    {
        const int Lap = 20;
        var content = Encoding.UTF8.GetBytes(racer);
        var won = new List<int>();
        for (var step = 0; step < count; step++)
        {
            var lap = step - step % Lap;
            var number = racer == "second" ? lap + Math.Min(Lap, count - lap) - 1 - step % Lap : step;
            if (store.PutAsync(RaceName(number), content, None).GetAwaiter().GetResult() == PutResult.Created)
            {
                won.Add(number);
            }
        }

        return won;
    }

    /// <summary>Adds one to the counter, count times.</summary>
    /// <returns>How often another racer came first.</returns>
    public static int RaceReplace(IBlobStore store, int count)
    {
        var refused = 0;
        for (var done = 0; done < count;)
        {
            var read = store.ReadAsync(CounterName, None).GetAwaiter().GetResult();
            var next = read is null ? 1 : Number(Encoding.UTF8.GetString(read.Bytes.Span)) + 1;
            var content = Encoding.UTF8.GetBytes(next.ToString(CultureInfo.InvariantCulture));
            if (store.ReplaceAsync(CounterName, content, read?.Version, None).GetAwaiter().GetResult() is null)
            {
                refused++;
            }
            else
            {
                done++;
            }
        }

        return refused;
    }

    /// <summary>The blob that <see cref="RaceReplace"/> counts in.</summary>
    public static BlobName CounterName { get; } = new("inbox", "counter");

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static async Task WaitForStartAsync(TextReader input, TextWriter output)
    {
        await output.WriteLineAsync("ready");
        await output.FlushAsync();
        await input.ReadLineAsync();
    }
}
