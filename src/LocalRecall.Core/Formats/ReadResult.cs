using LocalRecall.Core.Memories;

namespace LocalRecall.Core.Formats;

/// <summary>What a file holds.</summary>
/// <param name="Faults">In file order. A file can hold good memories and faults.</param>
/// <param name="DeletedElsewhere">Ids that an append-only file deletes without having added them: an earlier file of its series did.</param>
public sealed record ReadResult(IReadOnlyList<Memory> Memories, IReadOnlyList<ReadFault> Faults, IReadOnlyList<MemoryId> DeletedElsewhere)
{
    public static ReadResult Of(Memory? memory, IReadOnlyList<ReadFault> faults) => new(memory is null ? [] : [memory], faults, []);

    public static ReadResult Broken(int line, string reason) => new([], [new ReadFault(line, reason, MemoryKept: false)], []);
}

/// <summary>Something wrong in a file, in one plain sentence.</summary>
/// <param name="Line">From 1; 0 if it concerns the whole file.</param>
/// <param name="MemoryKept">Only a warning: the memory was read all the same.</param>
public sealed record ReadFault(int Line, string Reason, bool MemoryKept)
{
    public override string ToString() => Line > 0 ? $"line {Line}: {Reason}" : Reason;
}
