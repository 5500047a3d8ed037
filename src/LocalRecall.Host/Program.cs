using Akka.Configuration;
using LocalRecall.Contracts;
using LocalRecall.Host;
using LocalRecall.Infrastructure.Onnx;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

if (args is ["--help" or "-h"])
{
    Console.WriteLine($"""
        localrecall-host: the one process that holds LocalRecall's model and index.

        Started by whoever needs it first (recall does); stops when nobody has needed it for a while.
        {HomeFolder.Variable}  the home folder; else the platform's data folder
        {HostProcess.SuccessorArgument}  wait for an older host that is making way
        {HostProcess.HttpPortArgument} PORT  serve HTTP on this port of 127.0.0.1
        {HostProcess.OllamaPortArgument} PORT  serve Ollama's endpoints there, without a token
        LOCALRECALL_MODELS  where models are; else beside this program or in the home folder
        {HostConfiguration.CheckFormsVariable}=off  don't look for the form of the model that is fastest here
        Prints "ready ADDRESS" once it listens. Exit code {HostProcess.AlreadyRunningExitCode}: another host serves this home.
        """);
    return 0;
}

if (args is [.., HostProcess.VersionArgument])
{
    Console.WriteLine(HostIdentity.Version);
    return 0;
}

if (HostArguments.Parse(args, out string? mistake) is not { } arguments)
{
    Console.Error.WriteLine($"localrecall-host: {mistake}; see --help.");
    return 2;
}

var signals = new EndSignals();
var paths = new HostPaths(HomeFolder.Resolve());
try
{
    HomeFolder.Create(paths.Home);

    FileStream? hostLock = arguments.Successor
        ? await HostLock.TakeAfterAsync(paths.Home, TimeProvider.System, signals.Asked).ConfigureAwait(false)
        : HostLock.TryTake(paths.Home);
    if (hostLock is null)
    {
        Console.Error.WriteLine($"Another host serves {paths.Home}.");
        return HostProcess.AlreadyRunningExitCode;
    }

    Config config = arguments.Over(HostConfiguration.Load(paths));
    HostApplicationBuilder builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
    builder.Logging.AddSimpleConsole(console =>
    {
        console.SingleLine = true;
        console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
        console.UseUtcTimestamp = true;
    });
    builder.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
    builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
    builder.Services.Configure<ConsoleLifetimeOptions>(lifetime => lifetime.SuppressStatusMessages = true);
    builder.Services.AddLocalRecall(paths, config);
    using (IHost host = builder.Build())
    {
        await signals.RunAsync(host).ConfigureAwait(false);
    }

    OnnxRuntimeProcess.Shutdown();
    GC.KeepAlive(signals);
    GC.KeepAlive(hostLock); // released by the process's end, not before
    return 0;
}
catch (OperationCanceledException) when (signals.Asked.IsCancellationRequested)
{
    return 0;
}
catch (InvalidDataException e)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}
catch (Exception e) when (e is IOException or UnauthorizedAccessException)
{
    Console.Error.WriteLine($"The home folder {paths.Home} can't be used: {e.Message} Set {HomeFolder.Variable} to a folder that can.");
    return 1;
}
