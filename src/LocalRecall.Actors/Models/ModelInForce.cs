using LocalRecall.Core.Ports;

namespace LocalRecall.Actors.Models;

/// <summary>
/// The model that queries and new memories are embedded with. Whoever begins something takes it from here once and keeps it to the end:
/// all its messages name that model. Safe for concurrent use.
/// </summary>
public sealed class ModelInForce(IModelCatalog catalog)
{
    private volatile IEmbedderFactory _embedder = Recorded(catalog);

    public IModelCatalog Catalog => catalog;

    /// <summary>Set by the index actor alone, before the first read of the new model's vectors.</summary>
    public IEmbedderFactory Embedder
    {
        get => _embedder;
        internal set => _embedder = value;
    }

    public ModelInfo Model => _embedder.Model;

    /// <summary>The one that the home folder's record names.</summary>
    public static IEmbedderFactory Recorded(IModelCatalog catalog) => catalog.Find(catalog.Generations.InForce)!;
}
