using Akka.Actor;
using LocalRecall.Actors.Index;
using LocalRecall.Actors.Requests;
using LocalRecall.Contracts.Messages;
using LocalRecall.Core.Ports;

namespace LocalRecall.Actors.Models;

/// <summary>Which models there are, and how many vectors of each.</summary>
internal sealed class ListModelsActor : RequestActor<ListModels>
{
    private readonly ModelPorts _ports;

    public ListModelsActor(Authorized<ListModels> request, ModelPorts ports)
        : base(request)
    {
        _ports = ports;
        Receive<IndexProtocol.VectorsCounted>(OnCounted);
    }

    public static Props CreateProps(Authorized<ListModels> request, ModelPorts ports) => Props.Create(() => new ListModelsActor(request, ports));

    protected override void Start() => _ports.Index.Tell(new IndexProtocol.CountVectors(RequestId));

    private void OnCounted(IndexProtocol.VectorsCounted counted)
    {
        IModelCatalog catalog = _ports.Models.Catalog;
        IReadOnlyList<CatalogModel> known = catalog.List();
        IEnumerable<ModelEntry> models = known.Select(model => new ModelEntry(
            model.Info.Id, model.Name, model.Info.Dimensions, model.SizeBytes, model.Provisioned, RoleOf(model.Info.Id),
            counted.Vectors.GetValueOrDefault(model.Info.Id)));
        IEnumerable<ModelEntry> gone = counted.Vectors.Where(count => known.All(model => model.Info.Id != count.Key))
            .Select(count => new ModelEntry(count.Key, "", 0, 0, Provisioned: false, RoleOf(count.Key), count.Value));
        Finish(new ModelList(RequestId, [.. models, .. gone.OrderBy(model => model.Id, StringComparer.Ordinal)], counted.Statistics.Chunks, catalog.Problems, Advice(catalog, known)));
    }

    /// <summary>None for who is not using the form's source, or has gone back to it.</summary>
    private static ModelAdvice? Advice(IModelCatalog catalog, IReadOnlyList<CatalogModel> known) =>
        catalog.LastCheck is { } check && check.SourceId == catalog.Generations.InForce && check.FormId != catalog.Generations.Previous
        && known.FirstOrDefault(model => model.IsBetterBy(check)) is { } better
            ? new ModelAdvice(better.Name, check.Speedup)
            : null;

    private string RoleOf(string id)
    {
        ModelGenerations generations = _ports.Models.Catalog.Generations;
        return id == generations.InForce ? "in-force" : id == generations.Previous ? "previous" : id == generations.Building ? "building" : "";
    }
}
