using LocalRecall.Core.Ports;

namespace LocalRecall.Core.Embedding;

/// <summary>The vectors used last, of whichever model. Not thread-safe: one actor owns it.</summary>
/// <param name="capacity">How many at most; a vector of 384 floats takes about 1.6 kB. 0: none.</param>
public sealed class VectorCache(int capacity)
{
    private readonly Dictionary<VectorKey, LinkedListNode<(VectorKey Key, float[] Vector)>> _entries = [];
    private readonly LinkedList<(VectorKey Key, float[] Vector)> _newestFirst = new();

    public int Count => _entries.Count;

    /// <summary>Null: not known.</summary>
    public float[]? Find(VectorKey key)
    {
        if (!_entries.TryGetValue(key, out LinkedListNode<(VectorKey Key, float[] Vector)>? entry))
        {
            return null;
        }

        _newestFirst.Remove(entry);
        _newestFirst.AddFirst(entry);
        return entry.Value.Vector;
    }

    /// <summary>The vectors of those texts, all for one model, that are known.</summary>
    public IReadOnlyDictionary<TextHash, float[]> Find(IEnumerable<TokenizedText> texts)
    {
        Dictionary<TextHash, float[]> found = [];
        foreach (TokenizedText text in texts)
        {
            if (Find(text.Key) is { } vector)
            {
                found[text.Hash] = vector;
            }
        }

        return found;
    }

    public void Add(VectorKey key, float[] vector)
    {
        if (capacity == 0 || Find(key) is not null)
        {
            return;
        }

        if (Count == capacity)
        {
            _entries.Remove(_newestFirst.Last!.Value.Key);
            _newestFirst.RemoveLast();
        }

        _entries.Add(key, _newestFirst.AddFirst((key, vector)));
    }
}
