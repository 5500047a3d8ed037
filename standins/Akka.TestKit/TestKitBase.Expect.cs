using Akka.Actor;

namespace Akka.TestKit;

/// <summary>Expectations on the next message. A message of another kind fails at once; it is not skipped.</summary>
public abstract partial class TestKitBase
{
    public T ExpectMsg<T>(TimeSpan? duration = null, string hint = null, CancellationToken cancellationToken = default) =>
        ExpectMsgAsync<T>(duration, hint, cancellationToken).GetAwaiter().GetResult();

    public T ExpectMsg<T>(T message, TimeSpan? timeout = null, string hint = null, CancellationToken cancellationToken = default) =>
        ExpectMsgAsync(message, timeout, hint, cancellationToken).GetAwaiter().GetResult();

    public T ExpectMsg<T>(Predicate<T> isMessage, TimeSpan? timeout = null, string hint = null, CancellationToken cancellationToken = default) =>
        ExpectMsgAsync(isMessage, timeout, hint, cancellationToken).GetAwaiter().GetResult();

    public T ExpectMsg<T>(Action<T> assert, TimeSpan? timeout = null, string hint = null, CancellationToken cancellationToken = default) =>
        ExpectMsgAsync(assert, timeout, hint, cancellationToken).GetAwaiter().GetResult();

    public T ExpectMsg<T>(Func<T, IActorRef, bool> isMessageAndSender, TimeSpan? timeout = null, string hint = null, CancellationToken cancellationToken = default) =>
        ExpectMsgAsync(isMessageAndSender, timeout, hint, cancellationToken).GetAwaiter().GetResult();

    public T ExpectMsg<T>(Action<T, IActorRef> assertMessageAndSender, TimeSpan? timeout = null, string hint = null, CancellationToken cancellationToken = default) =>
        ExpectMsgAsync(assertMessageAndSender, timeout, hint, cancellationToken).GetAwaiter().GetResult();

    public T ExpectMsg<T>(T expected, Func<T, T, bool> comparer, TimeSpan? timeout = null, string hint = null, CancellationToken cancellationToken = default) =>
        ExpectMsgAsync(expected, comparer, timeout, hint, cancellationToken).GetAwaiter().GetResult();

    public ValueTask<T> ExpectMsgAsync<T>(TimeSpan? duration = null, string hint = null, CancellationToken cancellationToken = default) =>
        ExpectAsync<T>(RemainingOrDilated(duration), (_, _) => { }, hint, cancellationToken);

    public ValueTask<T> ExpectMsgAsync<T>(T message, TimeSpan? timeout = null, string hint = null, CancellationToken cancellationToken = default) =>
        ExpectAsync<T>(RemainingOrDilated(timeout), (m, _) => _assertions.AssertEqual(message, m), hint, cancellationToken);

    public ValueTask<T> ExpectMsgAsync<T>(Predicate<T> isMessage, TimeSpan? timeout = null, string hint = null, CancellationToken cancellationToken = default) =>
        ExpectAsync<T>(RemainingOrDilated(timeout), (m, s) => Satisfies(isMessage is null || isMessage(m), m, s, hint), hint, cancellationToken);

    public ValueTask<T> ExpectMsgAsync<T>(Action<T> assert, TimeSpan? timeout = null, string hint = null, CancellationToken cancellationToken = default) =>
        ExpectAsync<T>(RemainingOrDilated(timeout), (m, _) => assert?.Invoke(m), hint, cancellationToken);

    public ValueTask<T> ExpectMsgAsync<T>(Func<T, IActorRef, bool> isMessageAndSender, TimeSpan? timeout = null, string hint = null, CancellationToken cancellationToken = default) =>
        ExpectAsync<T>(RemainingOrDilated(timeout), (m, s) => Satisfies(isMessageAndSender(m, s), m, s, hint), hint, cancellationToken);

    public ValueTask<T> ExpectMsgAsync<T>(Action<T, IActorRef> assertMessageAndSender, TimeSpan? timeout = null, string hint = null, CancellationToken cancellationToken = default) =>
        ExpectAsync<T>(RemainingOrDilated(timeout), (m, s) => assertMessageAndSender?.Invoke(m, s), hint, cancellationToken);

    public ValueTask<T> ExpectMsgAsync<T>(T expected, Func<T, T, bool> comparer, TimeSpan? timeout = null, string hint = null, CancellationToken cancellationToken = default) =>
        ExpectAsync<T>(RemainingOrDilated(timeout), (m, _) => _assertions.AssertEqual(expected, m, comparer, hint), hint, cancellationToken);

    public T ExpectMsgFrom<T>(IActorRef sender, TimeSpan? duration = null, string hint = null, CancellationToken cancellationToken = default) =>
        ExpectMsgFromAsync<T>(sender, duration, hint, cancellationToken).GetAwaiter().GetResult();

    public T ExpectMsgFrom<T>(IActorRef sender, T message, TimeSpan? timeout = null, string hint = null, CancellationToken cancellationToken = default) =>
        ExpectMsgFromAsync(sender, message, timeout, hint, cancellationToken).GetAwaiter().GetResult();

    public T ExpectMsgFrom<T>(IActorRef sender, Predicate<T> isMessage, TimeSpan? timeout = null, string hint = null, CancellationToken cancellationToken = default) =>
        ExpectMsgFromAsync(sender, isMessage, timeout, hint, cancellationToken).GetAwaiter().GetResult();

    public T ExpectMsgFrom<T>(IActorRef sender, Action<T> assertMessage, TimeSpan? timeout = null, string hint = null, CancellationToken cancellationToken = default) =>
        ExpectMsgFromAsync(sender, assertMessage, timeout, hint, cancellationToken).GetAwaiter().GetResult();

    public ValueTask<T> ExpectMsgFromAsync<T>(IActorRef sender, TimeSpan? duration = null, string hint = null, CancellationToken cancellationToken = default) =>
        ExpectAsync<T>(RemainingOrDilated(duration), (_, s) => _assertions.AssertEqual(sender, s, hint), hint, cancellationToken);

    public ValueTask<T> ExpectMsgFromAsync<T>(IActorRef sender, T message, TimeSpan? timeout = null, string hint = null, CancellationToken cancellationToken = default) =>
        ExpectMsgFromAsync<T>(sender, m => _assertions.AssertEqual(message, m, hint), timeout, hint, cancellationToken);

    public ValueTask<T> ExpectMsgFromAsync<T>(IActorRef sender, Predicate<T> isMessage, TimeSpan? timeout = null, string hint = null, CancellationToken cancellationToken = default) =>
        ExpectMsgFromAsync<T>(sender, m => Satisfies(isMessage(m), m, sender, hint), timeout, hint, cancellationToken);

    public ValueTask<T> ExpectMsgFromAsync<T>(IActorRef sender, Action<T> assertMessage, TimeSpan? timeout = null, string hint = null, CancellationToken cancellationToken = default) =>
        ExpectAsync<T>(RemainingOrDilated(timeout), (m, s) =>
        {
            _assertions.AssertEqual(sender, s, hint);
            assertMessage(m);
        }, hint, cancellationToken);

    public T ExpectMsgFrom<T>(Predicate<IActorRef> isSender, Predicate<T> isMessage, TimeSpan? timeout = null, string hint = null, CancellationToken cancellationToken = default) =>
        ExpectMsgFromAsync(isSender, isMessage, timeout, hint, cancellationToken).GetAwaiter().GetResult();

    public T ExpectMsgFrom<T>(Action<IActorRef> assertSender, Action<T> assertMessage, TimeSpan? timeout = null, string hint = null, CancellationToken cancellationToken = default) =>
        ExpectMsgFromAsync(assertSender, assertMessage, timeout, hint, cancellationToken).GetAwaiter().GetResult();

    public ValueTask<T> ExpectMsgFromAsync<T>(Predicate<IActorRef> isSender, Predicate<T> isMessage, TimeSpan? timeout = null, string hint = null, CancellationToken cancellationToken = default) =>
        ExpectAsync<T>(RemainingOrDilated(timeout), (m, s) => Satisfies(isSender(s) && isMessage(m), m, s, hint), hint, cancellationToken);

    public ValueTask<T> ExpectMsgFromAsync<T>(Action<IActorRef> assertSender, Action<T> assertMessage, TimeSpan? timeout = null, string hint = null, CancellationToken cancellationToken = default) =>
        ExpectAsync<T>(RemainingOrDilated(timeout), (m, s) =>
        {
            assertSender(s);
            assertMessage(m);
        }, hint, cancellationToken);

    public Terminated ExpectTerminated(IActorRef target, TimeSpan? timeout = null, string hint = null, CancellationToken cancellationToken = default) =>
        ExpectTerminatedAsync(target, timeout, hint, cancellationToken).GetAwaiter().GetResult();

    public ValueTask<Terminated> ExpectTerminatedAsync(IActorRef target, TimeSpan? timeout = null, string hint = null, CancellationToken cancellationToken = default)
    {
        var what = $"Terminated {target}. {hint}";
        return ExpectAsync<Terminated>(RemainingOrDilated(timeout), (m, _) => _assertions.AssertEqual(target, m.ActorRef, what), what, cancellationToken);
    }

    public void ExpectNoMsg(CancellationToken cancellationToken = default) =>
        ExpectNoMsgAsync(cancellationToken).GetAwaiter().GetResult();

    public void ExpectNoMsg(TimeSpan duration, CancellationToken cancellationToken = default) =>
        ExpectNoMsgAsync(duration, cancellationToken).GetAwaiter().GetResult();

    public void ExpectNoMsg(int milliseconds, CancellationToken cancellationToken = default) =>
        ExpectNoMsgAsync(milliseconds, cancellationToken).GetAwaiter().GetResult();

    public ValueTask ExpectNoMsgAsync(CancellationToken cancellationToken = default) =>
        ExpectNothingAsync(RemainingOrDefault, cancellationToken);

    public ValueTask ExpectNoMsgAsync(TimeSpan duration, CancellationToken cancellationToken = default) =>
        ExpectNothingAsync(Dilated(duration), cancellationToken);

    /// <summary>Unlike the others it does not dilate its time.</summary>
    public ValueTask ExpectNoMsgAsync(int milliseconds, CancellationToken cancellationToken = default) =>
        ExpectNothingAsync(TimeSpan.FromMilliseconds(milliseconds), cancellationToken);

    public T ExpectMsgAnyOf<T>(IEnumerable<T> messages, CancellationToken cancellationToken = default) =>
        ExpectMsgAnyOfAsync(messages, cancellationToken).GetAwaiter().GetResult();

    public async ValueTask<T> ExpectMsgAnyOfAsync<T>(IEnumerable<T> messages, CancellationToken cancellationToken = default)
    {
        var max = RemainingOrDefault;
        var message = await ReceiveOneAsync(max, cancellationToken);
        _assertions.AssertTrue(message is not null, "Timeout {0} while waiting for any of {1}", max, string.Join(",", messages));
        _assertions.AssertTrue(message is T typed && messages.Contains(typed), "ExpectMsgAnyOf found unexpected {0}", message);
        return (T)message;
    }

    public IReadOnlyCollection<T> ExpectMsgAllOf<T>(params T[] messages) => Collect(ExpectMsgAllOfAsync(messages));

    public IReadOnlyCollection<T> ExpectMsgAllOf<T>(IReadOnlyCollection<T> messages, CancellationToken cancellationToken = default) =>
        Collect(ExpectMsgAllOfAsync(messages, cancellationToken));

    public IReadOnlyCollection<T> ExpectMsgAllOf<T>(TimeSpan max, params T[] messages) => Collect(ExpectMsgAllOfAsync(max, messages));

    public IReadOnlyCollection<T> ExpectMsgAllOf<T>(TimeSpan max, IReadOnlyCollection<T> messages, CancellationToken cancellationToken = default) =>
        Collect(ExpectMsgAllOfAsync(max, messages, cancellationToken));

    public IAsyncEnumerable<T> ExpectMsgAllOfAsync<T>(IReadOnlyCollection<T> messages, CancellationToken cancellationToken = default) =>
        ExpectAllAsync(RemainingOrDefault, messages, cancellationToken);

    public IAsyncEnumerable<T> ExpectMsgAllOfAsync<T>(TimeSpan max, IReadOnlyCollection<T> messages, CancellationToken cancellationToken = default) =>
        ExpectAllAsync(Dilated(Positive(max, nameof(max))), messages, cancellationToken);

    private async IAsyncEnumerable<T> ExpectAllAsync<T>(
        TimeSpan max, IReadOnlyCollection<T> messages, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var missing = messages.ToList();
        var unexpected = new List<object>();
        await foreach (var message in ReceiveExactlyAsync(messages.Count, max, cancellationToken))
        {
            if (message is not T typed)
            {
                unexpected.Add(message);
                continue;
            }
            if (!missing.Remove(typed))
                unexpected.Add(message);
            yield return typed;
        }
        if (missing.Count + unexpected.Count > 0)
            _assertions.Fail("not found [{0}], found unexpected [{1}]", string.Join(", ", missing), string.Join(", ", unexpected));
    }

    private async ValueTask<T> ExpectAsync<T>(TimeSpan timeout, Action<T, IActorRef> assert, string hint, CancellationToken cancellationToken)
    {
        var (success, envelope) = await TryReceiveOneAsync(timeout, cancellationToken);
        if (!success)
            _assertions.Fail("Failed: Timeout {0} while waiting for a message of type {1} {2}", timeout, typeof(T), hint);
        if (envelope.Message is not T)
            _assertions.Fail("Failed: Expected a message of type {0}, but received {{{2}}} (type {1}) instead {3} from {4}",
                typeof(T), envelope.Message.GetType(), envelope.Message, hint, envelope.Sender);
        var message = (T)envelope.Message;
        assert(message, envelope.Sender);
        return message;
    }

    private async ValueTask ExpectNothingAsync(TimeSpan duration, CancellationToken cancellationToken)
    {
        var (success, envelope) = await TryReceiveOneAsync(duration, cancellationToken);
        if (success)
            _assertions.Fail("Failed: Expected no messages during {0}, instead we received {1}", duration, envelope);
    }

    private void Satisfies<T>(bool satisfied, T message, IActorRef sender, string hint) => _assertions.AssertTrue(satisfied,
        "Got a {0} from {1}. Also expected {2}, but {{{3}}} did not match",
        typeof(T), sender, hint ?? "the predicate to return true", message);

    internal void AssertEventCount(int expected, int actual, TimeSpan timeout, string filters) => _assertions.AssertTrue(
        actual == expected, "Expected {0} events within {1} but received {2} that matched filter [{3}]", expected, timeout, actual, filters);
}
