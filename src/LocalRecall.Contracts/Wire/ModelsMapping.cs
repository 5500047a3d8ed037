using LocalRecall.Contracts.Messages;

namespace LocalRecall.Contracts.Wire;

internal static class ModelsMapping
{
    public static ListModelsV1 ToWire(ListModels m) => new() { Header = m.Header.ToWire() };

    public static ListModels FromWire(ListModelsV1 w) => new(w.Header.ToHeader());

    public static ModelListV1 ToWire(ModelList m) => new()
    {
        RequestId = m.RequestId.ToWire(), Models = { m.Models.Select(ToWire) }, Chunks = m.Chunks, Problems = { m.Problems },
    };

    public static ModelList FromWire(ModelListV1 w) => new(w.RequestId.ToGuid(), w.Models.ToList(FromWire), w.Chunks, w.Problems.ToList());

    public static UseModelV1 ToWire(UseModel m) => new() { Header = m.Header.ToWire(), Name = m.Name, Rollback = m.Rollback, DryRun = m.DryRun };

    public static UseModel FromWire(UseModelV1 w) => new(w.Header.ToHeader(), w.Name, w.Rollback, w.DryRun);

    public static ModelProgressV1 ToWire(ModelProgress m) => new()
    {
        RequestId = m.RequestId.ToWire(), Step = m.Step, Done = m.Done, Total = m.Total, PerSecond = m.PerSecond,
    };

    public static ModelProgress FromWire(ModelProgressV1 w) => new(w.RequestId.ToGuid(), w.Step, w.Done, w.Total, w.PerSecond);

    public static ModelUsedV1 ToWire(ModelUsed m) => new()
    {
        RequestId = m.RequestId.ToWire(), ModelId = m.ModelId, Previous = m.Previous, Chunks = m.Chunks, Pending = m.Pending,
        Embedded = m.Embedded, Cut = m.Cut, Switched = m.Switched, ElapsedMs = m.ElapsedMs,
    };

    public static ModelUsed FromWire(ModelUsedV1 w) =>
        new(w.RequestId.ToGuid(), w.ModelId, w.Previous, w.Chunks, w.Pending, w.Embedded, w.Cut, w.Switched, w.ElapsedMs);

    private static ModelEntryPart ToWire(ModelEntry m) => new()
    {
        Id = m.Id, Name = m.Name, Dimensions = m.Dimensions, SizeBytes = m.SizeBytes, Provisioned = m.Provisioned, Role = m.Role, Vectors = m.Vectors,
    };

    private static ModelEntry FromWire(ModelEntryPart w) => new(w.Id, w.Name, w.Dimensions, w.SizeBytes, w.Provisioned, w.Role, w.Vectors);
}
