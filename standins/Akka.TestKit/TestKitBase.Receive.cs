using System.Collections;
using System.Runtime.CompilerServices;

namespace Akka.TestKit;

/// <summary>Taking messages off the test actor's queue. Times out to null or false; only ReceiveN and FishForMessage fail.</summary>
public abstract partial class TestKitBase
{
    public object ReceiveOne(TimeSpan? max = null, CancellationToken cancellationToken = default) =>
        ReceiveOneAsync(max, cancellationToken).GetAwaiter().GetResult();

    public async ValueTask<object> ReceiveOneAsync(TimeSpan? max = null, CancellationToken cancellationToken = default) =>
        (await TryReceiveOneAsync(max, cancellationToken)).envelope.Message;

    public bool TryReceiveOne(out MessageEnvelope envelope, TimeSpan? max = null, CancellationToken cancellationToken = default)
    {
        (var success, envelope) = TryReceiveOneAsync(max, cancellationToken).GetAwaiter().GetResult();
        return success;
    }

    public async ValueTask<(bool success, MessageEnvelope envelope)> TryReceiveOneAsync(TimeSpan? max, CancellationToken cancellationToken = default)
    {
        MessageEnvelope envelope = null;
        return Seen(await WaitForMessageAsync(GetTimeoutOrDefault(max), cancellationToken) && _queue.Reader.TryRead(out envelope), envelope);
    }

    public object PeekOne(TimeSpan? max = null, CancellationToken cancellationToken = default) =>
        PeekOneAsync(max, cancellationToken).GetAwaiter().GetResult();

    public object PeekOne(CancellationToken cancellationToken) =>
        PeekOneAsync(cancellationToken).GetAwaiter().GetResult();

    public async ValueTask<object> PeekOneAsync(TimeSpan? max = null, CancellationToken cancellationToken = default) =>
        (await TryPeekOneAsync(max, cancellationToken)).envelope.Message;

    public ValueTask<object> PeekOneAsync(CancellationToken cancellationToken) =>
        PeekOneAsync(Timeout.InfiniteTimeSpan, cancellationToken);

    public bool TryPeekOne(out MessageEnvelope envelope, TimeSpan? max, CancellationToken cancellationToken)
    {
        (var success, envelope) = TryPeekOneAsync(max, cancellationToken).GetAwaiter().GetResult();
        return success;
    }

    public async ValueTask<(bool success, MessageEnvelope envelope)> TryPeekOneAsync(TimeSpan? max, CancellationToken cancellationToken)
    {
        MessageEnvelope envelope = null;
        return Seen(await WaitForMessageAsync(GetTimeoutOrDefault(max), cancellationToken) && _queue.Reader.TryPeek(out envelope), envelope);
    }

    public object FishForMessage(Predicate<object> isMessage, TimeSpan? max = null, string hint = "", CancellationToken cancellationToken = default) =>
        FishForMessageAsync(isMessage, max, hint, cancellationToken).GetAwaiter().GetResult();

    public T FishForMessage<T>(Predicate<T> isMessage, TimeSpan? max = null, string hint = "", CancellationToken cancellationToken = default) =>
        FishForMessageAsync(isMessage, max, hint, cancellationToken).GetAwaiter().GetResult();

    public T FishForMessage<T>(Predicate<T> isMessage, ArrayList allMessages, TimeSpan? max = null, string hint = "", CancellationToken cancellationToken = default) =>
        FishForMessageAsync(isMessage, allMessages, max, hint, cancellationToken).GetAwaiter().GetResult();

    public ValueTask<object> FishForMessageAsync(Predicate<object> isMessage, TimeSpan? max = null, string hint = "", CancellationToken cancellationToken = default) =>
        FishForMessageAsync<object>(isMessage, null, max, hint, cancellationToken);

    public ValueTask<T> FishForMessageAsync<T>(Predicate<T> isMessage, TimeSpan? max = null, string hint = "", CancellationToken cancellationToken = default) =>
        FishForMessageAsync(isMessage, null, max, hint, cancellationToken);

    /// <summary>Drops messages (into <paramref name="allMessages"/>) until one is right; fails after <paramref name="max"/> in all.</summary>
    public async ValueTask<T> FishForMessageAsync<T>(Predicate<T> isMessage, ArrayList allMessages, TimeSpan? max = null, string hint = "", CancellationToken cancellationToken = default)
    {
        var patience = RemainingOrDilated(max);
        var end = Now + patience;
        allMessages?.Clear();
        while (true)
        {
            var message = await ReceiveOneAsync(end - Now, cancellationToken);
            _assertions.AssertTrue(message is not null, "Timeout ({0}) during FishForMessage. {1}", patience, hint);
            if (message is T typed && isMessage(typed))
                return typed;
            allMessages?.Add(message);
        }
    }

    /// <summary>Fails if a <typeparamref name="T"/> comes within <paramref name="max"/>.</summary>
    public async Task FishUntilMessageAsync<T>(TimeSpan? max = null, CancellationToken cancellationToken = default)
    {
        await foreach (var message in ReceiveWhileAsync<object>(_ => true, max, cancellationToken: cancellationToken))
            _assertions.AssertFalse(message is T, "did not expect a message of type {0}", typeof(T));
    }

    /// <summary>Receives until nothing comes for <paramref name="max"/>.</summary>
    public async Task<ArrayList> WaitForRadioSilenceAsync(TimeSpan? max = null, uint? maxMessages = null, CancellationToken cancellationToken = default)
    {
        var messages = new ArrayList();
        while (await ReceiveOneAsync(max, cancellationToken) is { } message)
        {
            messages.Add(message);
            _assertions.AssertFalse(messages.Count > maxMessages, "more than {0} messages", maxMessages);
        }
        return ArrayList.ReadOnly(messages);
    }

    public IReadOnlyCollection<object> ReceiveN(int numberOfMessages, CancellationToken cancellationToken = default) =>
        Collect(ReceiveNAsync(numberOfMessages, cancellationToken));

    public IReadOnlyCollection<object> ReceiveN(int numberOfMessages, TimeSpan max, CancellationToken cancellationToken = default) =>
        Collect(ReceiveNAsync(numberOfMessages, max, cancellationToken));

    public IAsyncEnumerable<object> ReceiveNAsync(int numberOfMessages, CancellationToken cancellationToken = default) =>
        ReceiveExactlyAsync(numberOfMessages, RemainingOrDefault, cancellationToken);

    public IAsyncEnumerable<object> ReceiveNAsync(int numberOfMessages, TimeSpan max, CancellationToken cancellationToken = default) =>
        ReceiveExactlyAsync(numberOfMessages, Dilated(Positive(max, nameof(max))), cancellationToken);

    public IReadOnlyList<T> ReceiveWhile<T>(TimeSpan? max, Func<object, T> filter, int msgs = int.MaxValue, CancellationToken cancellationToken = default) =>
        Collect(ReceiveWhileAsync(max, filter, msgs, cancellationToken));

    public IReadOnlyList<T> ReceiveWhile<T>(TimeSpan? max, TimeSpan? idle, Func<object, T> filter, int msgs = int.MaxValue, CancellationToken cancellationToken = default) =>
        Collect(ReceiveWhileAsync(max, idle, filter, msgs, cancellationToken));

    public IReadOnlyList<T> ReceiveWhile<T>(Func<object, T> filter, TimeSpan? max = null, TimeSpan? idle = null, int msgs = int.MaxValue, CancellationToken cancellationToken = default) =>
        Collect(ReceiveWhileAsync(filter, max, idle, msgs, cancellationToken));

    public IReadOnlyList<T> ReceiveWhile<T>(Predicate<T> shouldContinue, TimeSpan? max = null, TimeSpan? idle = null, int msgs = int.MaxValue, bool shouldIgnoreOtherMessageTypes = true, CancellationToken cancellationToken = default) =>
        Collect(ReceiveWhileAsync(shouldContinue, max, idle, msgs, shouldIgnoreOtherMessageTypes, cancellationToken));

    public IAsyncEnumerable<T> ReceiveWhileAsync<T>(TimeSpan? max, Func<object, T> filter, int msgs = int.MaxValue, CancellationToken cancellationToken = default) =>
        ReceiveWhileAsync(filter, max, null, msgs, cancellationToken);

    public IAsyncEnumerable<T> ReceiveWhileAsync<T>(TimeSpan? max, TimeSpan? idle, Func<object, T> filter, int msgs = int.MaxValue, CancellationToken cancellationToken = default) =>
        ReceiveWhileAsync(filter, max, idle, msgs, cancellationToken);

    /// <summary>Takes messages as long as <paramref name="filter"/> makes something other than null of them; the first other one stays.</summary>
    public IAsyncEnumerable<T> ReceiveWhileAsync<T>(Func<object, T> filter, TimeSpan? max = null, TimeSpan? idle = null, int msgs = int.MaxValue, CancellationToken cancellationToken = default) =>
        ReceiveWhileAsync(message => filter(message) is { } result ? (Verdict.Take, result) : (Verdict.Stop, default), max, idle, msgs, cancellationToken);

    /// <summary>Takes messages as long as they are a <typeparamref name="T"/> that <paramref name="shouldContinue"/> likes.</summary>
    public IAsyncEnumerable<T> ReceiveWhileAsync<T>(Predicate<T> shouldContinue, TimeSpan? max = null, TimeSpan? idle = null, int msgs = int.MaxValue, bool shouldIgnoreOtherMessageTypes = true, CancellationToken cancellationToken = default) =>
        ReceiveWhileAsync(
            message => message is not T typed ? (shouldIgnoreOtherMessageTypes ? Verdict.Skip : Verdict.Stop, default)
                : shouldContinue(typed) ? (Verdict.Take, typed)
                : (Verdict.Stop, default),
            max, idle, msgs, cancellationToken);

    private enum Verdict
    {
        Take,
        Skip,
        Stop,
    }

    private async IAsyncEnumerable<T> ReceiveWhileAsync<T>(Func<object, (Verdict, T)> judge, TimeSpan? max, TimeSpan? idle, int msgs, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var stop = Now + RemainingOrDilated(max);
        MessageEnvelope last = NullMessageEnvelope.Instance;
        for (var taken = 0; taken < msgs;)
        {
            var patience = stop - Now;
            if (idle is { } pause && pause != Timeout.InfiniteTimeSpan)
                patience = Min(patience, pause);
            var (success, envelope) = await TryPeekOneAsync(patience, cancellationToken);
            var (verdict, result) = success ? judge(envelope.Message) : (Verdict.Stop, default);
            if (verdict == Verdict.Stop)
            {
                _last = last;
                break;
            }
            _queue.Reader.TryRead(out _);
            last = envelope;
            if (verdict == Verdict.Skip)
                continue;
            taken++;
            yield return result;
        }
        _lastWasNoMsg = true;
    }

    private async IAsyncEnumerable<object> ReceiveExactlyAsync(int count, TimeSpan max, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var stop = Now + max;
        for (var i = 0; i < count; i++)
        {
            var message = await ReceiveOneAsync(stop - Now, cancellationToken);
            _assertions.AssertTrue(message is not null, "Timeout ({0}) while expecting {1} messages. Only got {2}.", max, count, i);
            yield return message;
        }
    }

    /// <summary>False: do not even look. Zero looks without waiting, a negative time does neither, an infinite one never gives up.</summary>
    private async ValueTask<bool> WaitForMessageAsync(TimeSpan max, CancellationToken cancellationToken)
    {
        if (max <= TimeSpan.Zero && max != Timeout.InfiniteTimeSpan)
            return max == TimeSpan.Zero;
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(max);
        try
        {
            await _queue.Reader.WaitToReadAsync(timeout.Token);
        }
        catch (OperationCanceledException)
        {
        }
        return true;
    }

    private (bool, MessageEnvelope) Seen(bool success, MessageEnvelope envelope)
    {
        _lastWasNoMsg = false;
        _last = envelope ?? NullMessageEnvelope.Instance;
        return (success, _last);
    }

    private static List<T> Collect<T>(IAsyncEnumerable<T> source)
    {
        return CollectAsync().GetAwaiter().GetResult();

        async Task<List<T>> CollectAsync()
        {
            var all = new List<T>();
            await foreach (var item in source)
                all.Add(item);
            return all;
        }
    }

    private static TimeSpan Positive(TimeSpan time, string name) =>
        time >= TimeSpan.Zero ? time : throw new ArgumentException($"The timespan must not be negative. Actual value: {time}", name);
}
