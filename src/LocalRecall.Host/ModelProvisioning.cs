using LocalRecall.Core.Ports;
using LocalRecall.Infrastructure.Models;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LocalRecall.Host;

/// <summary>Fetches the model in force beside the running host when it is not there. Until it is, search works by keywords and says so.</summary>
internal sealed partial class ModelProvisioning(ModelCatalog models, ILogger<ModelProvisioning> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield(); // checking the files takes a moment; the host need not wait for it
        try
        {
            foreach (string problem in models.Problems)
            {
                ManifestProblem(log, problem);
            }

            await models.ProvisionAsync(models.Generations.InForce, progress: null, stoppingToken).ConfigureAwait(false);
        }
        catch (EmbeddingException e)
        {
            NotProvisioned(log, e.Message);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Models: {Problem}")]
    private static partial void ManifestProblem(ILogger log, string problem);

    [LoggerMessage(Level = LogLevel.Error, Message = "The model is not there and can't be had: {Reason}")]
    private static partial void NotProvisioned(ILogger log, string reason);
}
