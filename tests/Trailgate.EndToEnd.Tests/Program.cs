using Trailgate.EndToEnd.Tests.Storage;

// Not what runs the tests: `dotnet test` loads this assembly as a library. Started as a program it is the other process
// of a test that needs two.
return await StorageWorker.RunAsync(args, Console.In, Console.Out);
