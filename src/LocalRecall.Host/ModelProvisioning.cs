using LocalRecall.Infrastructure.Models;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LocalRecall.Host;

/// <summary>Fetches the model beside the running host when it is not there. Until it is, search works by keywords and says so.</summary>
internal sealed partial class ModelProvisioning(ModelProvisioner provisioner, ModelManifest model, ILogger<ModelProvisioning> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield(); // checking the files takes a moment; the host need not wait for it
        try
        {
            await provisioner.EnsureAsync(model, cancel: stoppingToken).ConfigureAwait(false);
        }
        catch (PinnedDownloadException e)
        {
            NotProvisioned(log, e.Message);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The model is not there and can't be had: {Reason}")]
    private static partial void NotProvisioned(ILogger log, string reason);
}
