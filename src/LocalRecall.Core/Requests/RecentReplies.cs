using System.Diagnostics.CodeAnalysis;

namespace LocalRecall.Core.Requests;

/// <summary>The replies to the last requests, for whoever sends one again because its reply got lost.</summary>
public sealed class RecentReplies<TReply>(int capacity)
{
    private readonly Dictionary<RequestKey, TReply> _replies = [];
    private readonly Queue<RequestKey> _oldest = [];

    public bool TryGet(RequestKey key, [MaybeNullWhen(false)] out TReply reply) => _replies.TryGetValue(key, out reply);

    public void Keep(RequestKey key, TReply reply)
    {
        if (!_replies.TryAdd(key, reply))
        {
            return;
        }

        _oldest.Enqueue(key);
        if (_oldest.Count > capacity)
        {
            _replies.Remove(_oldest.Dequeue());
        }
    }
}
