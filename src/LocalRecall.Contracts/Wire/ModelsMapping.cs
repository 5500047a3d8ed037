using LocalRecall.Contracts.Messages;

namespace LocalRecall.Contracts.Wire;

internal static class ModelsMapping
{
    public static ListModelsV1 ToWire(ListModels m) => new() { Header = m.Header.ToWire() };

    public static ListModels FromWire(ListModelsV1 w) => new(w.Header.ToHeader());

    public static ModelListV1 ToWire(ModelList m) => new()
    {
        RequestId = m.RequestId.ToWire(), Models = { m.Models.Select(ToWire) }, Chunks = m.Chunks, Problems = { m.Problems },
        Advice = m.Advice is { } advice ? new ModelAdvicePart { Name = advice.Name, Speedup = advice.Speedup } : null,
    };

    public static ModelList FromWire(ModelListV1 w) => new(
        w.RequestId.ToGuid(), w.Models.ToList(FromWire), w.Chunks, w.Problems.ToList(),
        w.Advice is { } advice ? new ModelAdvice(advice.Name, advice.Speedup) : null);

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

    public static CheckModelsV1 ToWire(CheckModels m) => new() { Header = m.Header.ToWire() };

    public static CheckModels FromWire(CheckModelsV1 w) => new(w.Header.ToHeader());

    public static ModelsCheckedV1 ToWire(ModelsChecked m) => new()
    {
        RequestId = m.RequestId.ToWire(), SourceId = m.SourceId, FormId = m.FormId, FormName = m.FormName, Texts = m.Texts, SourceMs = m.SourceMs,
        FormMs = m.FormMs, Speedup = m.Speedup, Pairs = m.Pairs, Agreement = m.Agreement, Approved = m.Approved, Better = m.Better,
    };

    public static ModelsChecked FromWire(ModelsCheckedV1 w) => new(
        w.RequestId.ToGuid(), w.SourceId, w.FormId, w.FormName, w.Texts, w.SourceMs, w.FormMs, w.Speedup, w.Pairs, w.Agreement, w.Approved, w.Better);

    private static ModelEntryPart ToWire(ModelEntry m) => new()
    {
        Id = m.Id, Name = m.Name, Dimensions = m.Dimensions, SizeBytes = m.SizeBytes, Provisioned = m.Provisioned, Role = m.Role, Vectors = m.Vectors,
    };

    private static ModelEntry FromWire(ModelEntryPart w) => new(w.Id, w.Name, w.Dimensions, w.SizeBytes, w.Provisioned, w.Role, w.Vectors);
}
