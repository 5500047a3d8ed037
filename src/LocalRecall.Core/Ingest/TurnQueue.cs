using System.Diagnostics.CodeAnalysis;
using LocalRecall.Core.Embedding;

namespace LocalRecall.Core.Ingest;

/// <summary>Work that waits: clients take turns, and what one client wants stays in its order.</summary>
public sealed class TurnQueue<T>
{
    private readonly Dictionary<ClientId, Queue<T>> _waiting = [];
    private readonly Queue<ClientId> _turns = [];

    public int Count => _waiting.Values.Sum(queue => queue.Count);

    public void Enqueue(ClientId client, T item)
    {
        if (!_waiting.TryGetValue(client, out Queue<T>? queue))
        {
            _waiting.Add(client, queue = []);
            _turns.Enqueue(client);
        }

        queue.Enqueue(item);
    }

    public bool TryDequeue([MaybeNullWhen(false)] out T item)
    {
        while (_turns.TryDequeue(out ClientId client))
        {
            Queue<T> queue = _waiting[client];
            if (queue.Count > 1)
            {
                _turns.Enqueue(client);
            }
            else
            {
                _waiting.Remove(client);
            }

            if (queue.TryDequeue(out item))
            {
                return true;
            }
        }

        item = default;
        return false;
    }

    public void Remove(T item)
    {
        foreach (Queue<T> queue in _waiting.Values)
        {
            for (int left = queue.Count; left > 0; left--)
            {
                T other = queue.Dequeue();
                if (!EqualityComparer<T>.Default.Equals(other, item))
                {
                    queue.Enqueue(other);
                }
            }
        }
    }
}
