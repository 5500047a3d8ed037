using LocalRecall.Core.Ports;

namespace LocalRecall.Core.Embedding;

/// <summary>The vectors used last, of one model. Not thread-safe: one actor owns it.</summary>
/// <param name="capacity">How many at most; a vector of 384 floats takes about 1.6 kB. 0: none.</param>
public sealed class VectorCache(int capacity)
{
    private readonly Dictionary<TextHash, LinkedListNode<(TextHash Hash, float[] Vector)>> _entries = [];
    private readonly LinkedList<(TextHash Hash, float[] Vector)> _newestFirst = new();

    public int Count => _entries.Count;

    /// <summary>Null: not known.</summary>
    public float[]? Find(TextHash hash)
    {
        if (!_entries.TryGetValue(hash, out LinkedListNode<(TextHash Hash, float[] Vector)>? entry))
        {
            return null;
        }

        _newestFirst.Remove(entry);
        _newestFirst.AddFirst(entry);
        return entry.Value.Vector;
    }

    /// <summary>The vectors of those texts that are known.</summary>
    public IReadOnlyDictionary<TextHash, float[]> Find(IEnumerable<TokenizedText> texts)
    {
        Dictionary<TextHash, float[]> found = [];
        foreach (TokenizedText text in texts)
        {
            if (Find(text.Hash) is { } vector)
            {
                found[text.Hash] = vector;
            }
        }

        return found;
    }

    public void Add(TextHash hash, float[] vector)
    {
        if (capacity == 0 || Find(hash) is not null)
        {
            return;
        }

        if (Count == capacity)
        {
            _entries.Remove(_newestFirst.Last!.Value.Hash);
            _newestFirst.RemoveLast();
        }

        _entries.Add(hash, _newestFirst.AddFirst((hash, vector)));
    }
}
