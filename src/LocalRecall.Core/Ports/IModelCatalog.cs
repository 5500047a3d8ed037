using LocalRecall.Core.Embedding;

namespace LocalRecall.Core.Ports;

/// <summary>The models that this machine knows, and which of them is in force. Safe for concurrent use.</summary>
public interface IModelCatalog
{
    /// <summary>Ordered by name.</summary>
    IReadOnlyList<CatalogModel> List();

    /// <summary>Why manifests that are there can't be used, or the model recorded as in force is not known.</summary>
    IReadOnlyList<string> Problems { get; }

    /// <summary>Always the same instance for the same model. Null: it is not known.</summary>
    /// <param name="nameOrId">Name, or name and revision as in <see cref="ModelInfo.Id"/>.</param>
    IEmbedderFactory? Find(string nameOrId);

    /// <summary>Makes sure that the model's files are there; fetches what is not.</summary>
    /// <exception cref="EmbeddingException">They can't be had; the message says what to do.</exception>
    Task ProvisionAsync(string modelId, IProgress<ProvisionProgress>? progress, CancellationToken cancel);

    /// <summary>As recorded in the home folder.</summary>
    ModelGenerations Generations { get; }

    /// <summary>Changes the record; on disk when it returns.</summary>
    /// <exception cref="IOException"/>
    /// <exception cref="UnauthorizedAccessException"/>
    void Record(Func<ModelGenerations, ModelGenerations> change);

    /// <summary>Nobody has chosen a model here yet: the standard one is in force.</summary>
    bool IsStandard { get; }

    /// <summary>The last one of this version on this machine; null: there was none.</summary>
    FormCheck? LastCheck { get; }

    /// <summary>On disk when it returns.</summary>
    /// <exception cref="IOException"/>
    /// <exception cref="UnauthorizedAccessException"/>
    void Record(FormCheck check);
}

/// <param name="SizeBytes">Of its files.</param>
/// <param name="Provisioned">Its files are there; not whether they are whole, which is looked at when it is loaded.</param>
/// <param name="FormOf">Id of the model that this is another form of, made from it on this machine; null: of none.</param>
/// <param name="Approved">A form that lost nothing in the evaluation: it may take the other's place where it is faster.</param>
public sealed record CatalogModel(string Name, ModelInfo Info, long SizeBytes, bool Provisioned, string? FormOf = null, bool Approved = false)
{
    /// <summary>Whether to use this form instead of the model it was made from, after this check.</summary>
    public bool IsBetterBy(FormCheck check) => Approved && check.FormId == Info.Id && check.IsFaster && check.Agrees;
}

/// <param name="TotalBytes">What the current step has to move.</param>
public readonly record struct ProvisionProgress(string Step, long DoneBytes, long TotalBytes);

/// <summary>Ids of the models whose vectors are kept: all others' go.</summary>
/// <param name="InForce">Embeds queries and what is stored; its vectors are searched.</param>
/// <param name="Previous">Was in force before, and can be again at once.</param>
/// <param name="Building">Gets vectors beside the one in force, or got some before that was broken off.</param>
public sealed record ModelGenerations(string InForce, string? Previous = null, string? Building = null)
{
    public bool Keeps(string modelId) => modelId == InForce || modelId == Previous || modelId == Building;

    /// <summary>What another one began to build is given up.</summary>
    public ModelGenerations Build(string modelId) => modelId == InForce || modelId == Previous ? this : this with { Building = modelId };

    /// <summary>The one in force becomes the previous one, the only one that is kept.</summary>
    public ModelGenerations Flip(string modelId) => modelId == InForce ? this : new(modelId, InForce, Building == modelId ? null : Building);
}
