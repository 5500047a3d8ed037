using LocalRecall.Actors.Models;
using LocalRecall.Core.Embedding;
using LocalRecall.Core.Ports;

namespace LocalRecall.Tests.Actors.Models;

/// <summary>Models behind the port, the first of them in force at first. What is recorded outlives the host that a test ends.</summary>
internal sealed class ScriptedModels(params IEmbedderFactory[] models) : IModelCatalog
{
    private readonly Lock _lock = new();
    private ModelGenerations _generations = new(models[0].Model.Id);

    public string? ProvisionProblem { get; set; }

    /// <summary>The next change of the record fails.</summary>
    public bool RecordFails { get; set; }

    public IReadOnlyList<string> Problems => [];

    public bool IsStandard { get; set; } = true;

    public FormCheck? LastCheck { get; set; }

    /// <summary>The second model is a form of the first.</summary>
    public bool HasForm { get; set; }

    public ModelGenerations Generations
    {
        get
        {
            lock (_lock)
            {
                return _generations;
            }
        }
    }

    /// <summary>Of one model, or of several.</summary>
    public static ModelInForce InForce(params IEmbedderFactory[] models) => new(new ScriptedModels(models));

    public IReadOnlyList<CatalogModel> List() => [.. models.Select((model, i) => new CatalogModel(
        NameOf(model), model.Model, 1000, Provisioned: true, HasForm && i == 1 ? models[0].Model.Id : null, Approved: true))];

    public IEmbedderFactory? Find(string nameOrId) => models.FirstOrDefault(model => model.Model.Id == nameOrId || NameOf(model) == nameOrId);

    public Task ProvisionAsync(string modelId, IProgress<ProvisionProgress>? progress, CancellationToken cancel) =>
        ProvisionProblem is null ? Task.CompletedTask : throw new EmbeddingException(ProvisionProblem);

    public void Record(FormCheck check) => LastCheck = check;

    public void Record(Func<ModelGenerations, ModelGenerations> change)
    {
        lock (_lock)
        {
            if (RecordFails)
            {
                throw new IOException("The disk is full.");
            }

            _generations = change(_generations);
        }
    }

    private static string NameOf(IEmbedderFactory model) => model.Model.Id.Split('@')[0];
}
