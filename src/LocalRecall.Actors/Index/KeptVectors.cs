using LocalRecall.Core.Ports;
using LocalRecall.Core.Ranking;

namespace LocalRecall.Actors.Index;

/// <summary>One model's vectors in memory, and their file, from which the next start reads them. Owned by the writer's thread.</summary>
public sealed class KeptVectors
{
    /// <summary>Fewer are read from the store in no time.</summary>
    private const int LeastChanges = 1024;

    private readonly string _modelId;
    private IVectorDraft? _draft;
    private long _draftChanges;

    /// <summary><see cref="VectorIndex.Changes"/> that the file has; null: there is no file.</summary>
    private long? _keptChanges;

    private KeptVectors(string modelId, VectorIndex index) => (_modelId, Index) = (modelId, index);

    public VectorIndex Index { get; }

    /// <summary>The next start would have much to read from the store.</summary>
    public bool IsSaveDue => _draft is null && Unsaved >= Math.Max(LeastChanges, Index.Count / 64);

    private long Unsaved => _keptChanges is { } kept ? Index.Changes - kept : Index.Count;

    /// <summary>From the file, and what it lacks from the store; all from the store if there is no good file.</summary>
    /// <param name="problem">Called with why a file could not be used.</param>
    public static KeptVectors Load(IMemoryWriter writer, IMemoryReader reader, string modelId, int dimensions, Action<Exception> problem)
    {
        try
        {
            using Stream? file = writer.OpenVectorFile(modelId);
            if (file is not null)
            {
                return CatchUp(reader, modelId, VectorFile.Read(file, modelId, dimensions));
            }
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            problem(e);
        }

        var index = new VectorIndex(dimensions);
        foreach (IndexedChunk chunk in reader.ReadVectors(modelId))
        {
            index.Add(chunk);
        }

        return new KeptVectors(modelId, index);
    }

    public void Apply(IReadOnlyList<RemovedChunk> removed, IReadOnlyList<IndexedChunk> added)
    {
        foreach (RemovedChunk chunk in removed)
        {
            Index.Remove(chunk.ChunkId);
        }

        foreach (IndexedChunk chunk in added)
        {
            Index.Add(chunk);
        }
    }

    /// <summary>Something was forgotten, and the file with it.</summary>
    public void FileDropped() => _keptChanges = null;

    /// <summary>Writes a file of the state now. When the task has ended, <see cref="EndSave"/>.</summary>
    /// <exception cref="StoreException">The file can't be made.</exception>
    public (IVectorDraft Draft, Task Written) BeginSave(IMemoryWriter writer)
    {
        IVectorDraft draft = writer.NewVectorFile(_modelId);
        VectorSnapshot snapshot = Index.Publish();
        (_draft, _draftChanges) = (draft, Index.Changes);
        return (draft, Task.Run(() => Write(snapshot, draft)));
    }

    /// <param name="draft">From <see cref="BeginSave"/>; one of an earlier life of the writer is only cleared away.</param>
    public void EndSave(IVectorDraft draft, bool written)
    {
        using IVectorDraft done = draft;
        if (draft != _draft)
        {
            return;
        }

        _draft = null;
        if (written && draft.Keep())
        {
            _keptChanges = _draftChanges;
        }
    }

    /// <summary>The same at once, on this thread; instead of the one under way, if there is one.</summary>
    public void Save(IMemoryWriter writer)
    {
        _draft?.Dispose();
        _draft = null;
        if (IsSaveDue)
        {
            using IVectorDraft draft = writer.NewVectorFile(_modelId);
            Write(Index.Publish(), draft);
            draft.Keep();
        }
    }

    private static KeptVectors CatchUp(IMemoryReader reader, string modelId, VectorIndex index)
    {
        var vectors = new KeptVectors(modelId, index) { _keptChanges = 0 };
        (IReadOnlyList<long> gone, IReadOnlyList<long> missing) = index.Compare(reader.ReadChunkIds());
        foreach (long chunk in gone)
        {
            index.Remove(chunk);
        }

        foreach (IndexedChunk chunk in reader.ReadVectors(modelId, missing))
        {
            index.Add(chunk);
        }

        return vectors;
    }

    private void Write(VectorSnapshot snapshot, IVectorDraft draft)
    {
        VectorFile.Write(snapshot, _modelId, draft.File, draft.Discarded);
        draft.Flush();
    }
}
