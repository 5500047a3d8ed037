using Akka.Actor;
using Akka.Event;
using Akka.TestKit.Internal;
using Akka.TestKit.TestEvent;

namespace Akka.TestKit
{
    /// <summary>
    /// Runs a block and counts the events that any of its filters matched. Fewer than expected fails when the time is up
    /// (<c>akka.test.filter-leeway</c> unless given, dilated), more fails as soon as they are seen; expecting none waits the whole time.
    /// </summary>
    public interface IEventFilterApplier
    {
        /// <summary>Further filters: an event counts that matches one of them.</summary>
        EventFilterFactory And { get; }

        void Expect(int expectedCount, Action action, CancellationToken cancellationToken = default);
        void Expect(int expectedCount, TimeSpan timeout, Action action, CancellationToken cancellationToken = default);
        T Expect<T>(int expectedCount, Func<T> func, CancellationToken cancellationToken = default);
        T Expect<T>(int expectedCount, TimeSpan timeout, Func<T> func, CancellationToken cancellationToken = default);
        Task ExpectAsync(int expectedCount, Func<Task> actionAsync, CancellationToken cancellationToken = default);
        Task ExpectAsync(int expectedCount, Func<Task> actionAsync, TimeSpan? timeout, CancellationToken cancellationToken = default);
        Task ExpectAsync(int expectedCount, TimeSpan timeout, Func<Task> action, CancellationToken cancellationToken = default);
        Task<T> ExpectAsync<T>(int expectedCount, Func<Task<T>> func, CancellationToken cancellationToken = default);
        Task<T> ExpectAsync<T>(int expectedCount, TimeSpan timeout, Func<Task<T>> func, CancellationToken cancellationToken = default);
        void ExpectOne(Action action, CancellationToken cancellationToken = default);
        void ExpectOne(TimeSpan timeout, Action action, CancellationToken cancellationToken = default);
        T ExpectOne<T>(Func<T> func, CancellationToken cancellationToken = default);
        T ExpectOne<T>(TimeSpan timeout, Func<T> func, CancellationToken cancellationToken = default);
        Task ExpectOneAsync(Func<Task> actionAsync, CancellationToken cancellationToken = default);
        Task ExpectOneAsync(TimeSpan timeout, Func<Task> action, CancellationToken cancellationToken = default);
        Task<T> ExpectOneAsync<T>(Func<Task<T>> func, CancellationToken cancellationToken = default);
        Task<T> ExpectOneAsync<T>(TimeSpan timeout, Func<Task<T>> func, CancellationToken cancellationToken = default);

        /// <summary>Keeps matching events out of the log while the block runs, without counting them.</summary>
        void Mute(Action action, CancellationToken cancellationToken = default);
        T Mute<T>(Func<T> func, CancellationToken cancellationToken = default);
        Task MuteAsync(Func<Task> action, CancellationToken cancellationToken = default);
        Task<T> MuteAsync<T>(Func<Task<T>> func, CancellationToken cancellationToken = default);
        IUnmutableFilter Mute();
    }

    public interface IUnmutableFilter : IDisposable
    {
        void Unmute();
    }
}

namespace Akka.TestKit.Internal
{
    internal sealed class EventFilterApplier(TestKitBase testkit, ActorSystem system, IReadOnlyList<EventFilterBase> filters) : IEventFilterApplier
    {
        public EventFilterFactory And => new(testkit, system, filters);

        public void Expect(int expectedCount, Action action, CancellationToken cancellationToken = default) =>
            Sync(Returning(action), null, expectedCount, cancellationToken);

        public void Expect(int expectedCount, TimeSpan timeout, Action action, CancellationToken cancellationToken = default) =>
            Sync(Returning(action), timeout, expectedCount, cancellationToken);

        public T Expect<T>(int expectedCount, Func<T> func, CancellationToken cancellationToken = default) =>
            Sync(func, null, expectedCount, cancellationToken);

        public T Expect<T>(int expectedCount, TimeSpan timeout, Func<T> func, CancellationToken cancellationToken = default) =>
            Sync(func, timeout, expectedCount, cancellationToken);

        public Task ExpectAsync(int expectedCount, Func<Task> actionAsync, CancellationToken cancellationToken = default) =>
            InterceptAsync(Returning(actionAsync), null, expectedCount, cancellationToken);

        public Task ExpectAsync(int expectedCount, Func<Task> actionAsync, TimeSpan? timeout, CancellationToken cancellationToken = default) =>
            InterceptAsync(Returning(actionAsync), timeout, expectedCount, cancellationToken);

        public Task ExpectAsync(int expectedCount, TimeSpan timeout, Func<Task> action, CancellationToken cancellationToken = default) =>
            InterceptAsync(Returning(action), timeout, expectedCount, cancellationToken);

        public Task<T> ExpectAsync<T>(int expectedCount, Func<Task<T>> func, CancellationToken cancellationToken = default) =>
            InterceptAsync(func, null, expectedCount, cancellationToken);

        public Task<T> ExpectAsync<T>(int expectedCount, TimeSpan timeout, Func<Task<T>> func, CancellationToken cancellationToken = default) =>
            InterceptAsync(func, timeout, expectedCount, cancellationToken);

        public void ExpectOne(Action action, CancellationToken cancellationToken = default) => Expect(1, action, cancellationToken);

        public void ExpectOne(TimeSpan timeout, Action action, CancellationToken cancellationToken = default) =>
            Expect(1, timeout, action, cancellationToken);

        public T ExpectOne<T>(Func<T> func, CancellationToken cancellationToken = default) => Expect(1, func, cancellationToken);

        public T ExpectOne<T>(TimeSpan timeout, Func<T> func, CancellationToken cancellationToken = default) =>
            Expect(1, timeout, func, cancellationToken);

        public Task ExpectOneAsync(Func<Task> actionAsync, CancellationToken cancellationToken = default) =>
            ExpectAsync(1, actionAsync, cancellationToken);

        public Task ExpectOneAsync(TimeSpan timeout, Func<Task> action, CancellationToken cancellationToken = default) =>
            ExpectAsync(1, timeout, action, cancellationToken);

        public Task<T> ExpectOneAsync<T>(Func<Task<T>> func, CancellationToken cancellationToken = default) =>
            ExpectAsync(1, func, cancellationToken);

        public Task<T> ExpectOneAsync<T>(TimeSpan timeout, Func<Task<T>> func, CancellationToken cancellationToken = default) =>
            ExpectAsync(1, timeout, func, cancellationToken);

        public void Mute(Action action, CancellationToken cancellationToken = default) => Sync(Returning(action), null, null, cancellationToken);

        public T Mute<T>(Func<T> func, CancellationToken cancellationToken = default) => Sync(func, null, null, cancellationToken);

        public Task MuteAsync(Func<Task> action, CancellationToken cancellationToken = default) =>
            InterceptAsync(Returning(action), null, null, cancellationToken);

        public Task<T> MuteAsync<T>(Func<Task<T>> func, CancellationToken cancellationToken = default) =>
            InterceptAsync(func, null, null, cancellationToken);

        public IUnmutableFilter Mute()
        {
            system.EventStream.Publish(new Mute(filters));
            return new Unmuter(() => system.EventStream.Publish(new Unmute(filters)));
        }

        private T Sync<T>(Func<T> func, TimeSpan? timeout, int? expected, CancellationToken cancellationToken) =>
            InterceptAsync(() => Task.FromResult(func()), timeout, expected, cancellationToken).GetAwaiter().GetResult();

        private async Task<T> InterceptAsync<T>(Func<Task<T>> func, TimeSpan? timeout, int? expected, CancellationToken cancellationToken)
        {
            var count = 0;
            EventMatched onMatched = (_, _) => Interlocked.Increment(ref count);
            var patience = timeout is { } given
                ? testkit.Dilated(given)
                : (system.HasExtension<TestKitSettings>() ? TestKitExtension.For(system) : testkit.TestKitSettings).TestEventFilterLeeway;
            foreach (var filter in filters)
                filter.EventMatched += onMatched;
            system.EventStream.Publish(new Mute(filters));
            try
            {
                var result = await func();
                if (expected is { } wanted)
                {
                    // One event is already too many where none is wanted.
                    await testkit.AwaitConditionNoThrowAsync(() => Volatile.Read(ref count) >= Math.Max(wanted, 1), patience, cancellationToken: cancellationToken);
                    testkit.AssertEventCount(wanted, Volatile.Read(ref count), patience, string.Join(", ", filters));
                }
                return result;
            }
            finally
            {
                foreach (var filter in filters)
                    filter.EventMatched -= onMatched;
                system.EventStream.Publish(new Unmute(filters));
            }
        }

        private static Func<object> Returning(Action action) => () =>
        {
            action();
            return null;
        };

        private static Func<Task<object>> Returning(Func<Task> action) => async () =>
        {
            await action();
            return null;
        };

        private sealed class Unmuter(Action unmute) : IUnmutableFilter
        {
            private Action _unmute = unmute;

            public void Unmute() => Interlocked.Exchange(ref _unmute, null)?.Invoke();

            public void Dispose() => Unmute();
        }
    }
}
