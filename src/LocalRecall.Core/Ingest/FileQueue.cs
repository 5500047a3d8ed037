using System.Diagnostics.CodeAnalysis;
using LocalRecall.Core.Embedding;

namespace LocalRecall.Core.Ingest;

/// <summary>Which file comes next: those that somebody asked for by themselves before those of bulk imports, though never so many in a row that imports stand still.</summary>
public sealed class FileQueue<T>
{
    /// <summary>So many deliberate files, then one of the others.</summary>
    public const int DeliberateInARow = 8;

    private readonly TurnQueue<T> _deliberate = new();
    private readonly TurnQueue<T> _bulk = new();
    private int _inARow;

    public void Enqueue(ClientId client, T file, bool deliberate) => (deliberate ? _deliberate : _bulk).Enqueue(client, file);

    public bool TryDequeue([MaybeNullWhen(false)] out T file)
    {
        if ((_inARow < DeliberateInARow || _bulk.Count == 0) && _deliberate.TryDequeue(out file))
        {
            _inARow++;
            return true;
        }

        _inARow = 0;
        return _bulk.TryDequeue(out file);
    }

    public void Remove(T file)
    {
        _deliberate.Remove(file);
        _bulk.Remove(file);
    }
}
