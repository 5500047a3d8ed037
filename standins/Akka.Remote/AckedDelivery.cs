using Akka.Actor;

namespace Akka.Remote;

/// <summary>The other side asks again for a message that we no longer have, or acknowledges one we never sent.</summary>
internal sealed class ResendUnfulfillableException(string message) : AkkaException(message);

internal sealed class ResendBufferCapacityReachedException(int capacity)
    : AkkaException($"Resend buffer capacity of {capacity} has been reached.");

/// <summary>All up to <paramref name="Cumulative"/> has arrived, except <paramref name="Nacks"/>.</summary>
internal sealed record Ack(long Cumulative, IReadOnlyList<long> Nacks);

/// <summary>Messages sent and not yet acknowledged, numbered from 0.</summary>
internal sealed class ResendBuffer<T>(int capacity)
{
    private readonly SortedDictionary<long, T> _unacknowledged = [];
    private long _lastSeq = -1;

    public int Count => _unacknowledged.Count;

    /// <summary>True once anything was ever added.</summary>
    public bool Used => _lastSeq >= 0;

    public IEnumerable<KeyValuePair<long, T>> Unacknowledged => _unacknowledged;

    /// <returns>The message's number.</returns>
    /// <exception cref="ResendBufferCapacityReachedException"/>
    public long Add(T message)
    {
        if (_unacknowledged.Count == capacity)
            throw new ResendBufferCapacityReachedException(capacity);
        _unacknowledged.Add(++_lastSeq, message);
        return _lastSeq;
    }

    /// <returns>The messages to send again at once.</returns>
    /// <exception cref="ResendUnfulfillableException"/>
    public IReadOnlyList<KeyValuePair<long, T>> Acknowledge(Ack ack)
    {
        if (ack.Cumulative > _lastSeq)
            throw new ResendUnfulfillableException($"Highest SEQ so far was {_lastSeq} but cumulative ACK is {ack.Cumulative}");
        var again = new List<KeyValuePair<long, T>>();
        foreach (var seq in ack.Nacks.Distinct())
        {
            if (!_unacknowledged.TryGetValue(seq, out var message))
                throw new ResendUnfulfillableException($"Unable to fulfil the request to resend {seq}: it is no longer in the buffer");
            again.Add(new(seq, message));
        }
        var wanted = ack.Nacks.ToHashSet();
        foreach (var seq in _unacknowledged.Keys.TakeWhile(seq => seq <= ack.Cumulative).Where(seq => !wanted.Contains(seq)).ToList())
            _unacknowledged.Remove(seq);
        return again;
    }

    /// <summary>Starts again from 0: the other side is a new incarnation.</summary>
    /// <returns>What was left.</returns>
    public IReadOnlyList<T> Reset()
    {
        var left = _unacknowledged.Values.ToList();
        _unacknowledged.Clear();
        _lastSeq = -1;
        return left;
    }
}

/// <summary>
/// Puts numbered messages of one remote incarnation in order and drops repeated ones, across its connections.
/// </summary>
internal sealed class ReceiveBuffer<T>(int uid, int capacity)
{
    private readonly SortedDictionary<long, T> _waiting = [];
    private long _delivered = -1;
    private long _highest = -1;

    public int Uid { get; } = uid;

    /// <summary>True once anything has arrived.</summary>
    public bool Used => _highest >= 0;

    /// <returns>What is now due, in order, and how to acknowledge.</returns>
    /// <exception cref="InvalidDataException">The number is too far ahead to be true.</exception>
    public (IReadOnlyList<T> Due, Ack Ack) Receive(long seq, T message)
    {
        if (seq - _delivered > capacity)
            throw new InvalidDataException($"System message {seq} arrived when {_delivered + 1} was expected");
        if (seq > _delivered)
            _waiting.TryAdd(seq, message);
        _highest = Math.Max(_highest, seq);

        var due = new List<T>();
        while (_waiting.Remove(_delivered + 1, out var next))
        {
            due.Add(next);
            _delivered++;
        }
        var missing = new List<long>();
        for (var expected = _delivered + 1; expected < _highest; expected++)
        {
            if (!_waiting.ContainsKey(expected))
                missing.Add(expected);
        }
        return (due, new Ack(_highest, missing));
    }
}
