using System.Runtime.InteropServices;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace LocalRecall.Host;

/// <summary>
/// What asks the process to end, caught from its first moment to its last: a signal that comes before the host has started, or a
/// second one, ends it in the same order as any. On Windows the console lifetime does it; it holds the system back meanwhile.
/// </summary>
internal sealed class EndSignals
{
    private static readonly PosixSignal[] Signals = [PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGQUIT, PosixSignal.SIGHUP];

    private readonly CancellationTokenSource _asked = new();
    private readonly PosixSignalRegistration[] _registrations;

    public EndSignals() => _registrations = OperatingSystem.IsWindows() ? [] : [.. Signals.Select(signal => PosixSignalRegistration.Create(signal, OnSignal))];

    public CancellationToken Asked => _asked.Token;

    /// <summary>Starts the host and returns when it has stopped.</summary>
    public async Task RunAsync(IHost host)
    {
        IHostApplicationLifetime lifetime = host.Services.GetRequiredService<IHostApplicationLifetime>();
        using CancellationTokenRegistration stop = _asked.Token.Register(lifetime.StopApplication);
        try
        {
            await host.StartAsync().ConfigureAwait(false);
            await host.WaitForShutdownAsync().ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            await host.StopAsync().ConfigureAwait(false); // asked to end while it started
        }
    }

    private void OnSignal(PosixSignalContext signal)
    {
        signal.Cancel = true;
        _asked.Cancel();
    }
}
