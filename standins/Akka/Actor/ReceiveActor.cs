using Akka.Actor.Internal;
using Akka.Dispatch;

namespace Akka.Actor
{
    /// <summary>
    /// An actor whose behaviour is a list of handlers by message type, tried in the order they were given; set up in the
    /// constructor and in <see cref="Become(Action)"/>. A message that none handles is unhandled.
    /// </summary>
    public abstract class ReceiveActor : UntypedActor, IInitializableActor
    {
        private readonly Stack<Handlers> _open = new();
        private Handlers _initial;

        protected ReceiveActor() => _open.Push(new Handlers());

        void IInitializableActor.Init() => _initial ??= _open.Pop();

        protected sealed override void OnReceive(object message) => Run(_initial, message);

        private void Run(Handlers handlers, object message)
        {
            if (!handlers.Handle(message))
                Unhandled(message);
        }

        protected void Become(Action configure)
        {
            var handlers = Configured(configure);
            base.Become(message => Run(handlers, message));
        }

        protected void BecomeStacked(Action configure)
        {
            var handlers = Configured(configure);
            base.BecomeStacked(message => Run(handlers, message));
        }

        private Handlers Configured(Action configure)
        {
            _open.Push(new Handlers());
            try
            {
                configure();
                return _open.Peek();
            }
            finally
            {
                _open.Pop();
            }
        }

        private Handlers Open => _open.TryPeek(out var handlers)
            ? handlers
            : throw new InvalidOperationException(
                "You may only call Receive-methods when constructing the actor and inside Become().");

        protected void Receive<T>(Action<T> handler, Predicate<T> shouldHandle = null) => Open.Add<T>(message =>
        {
            if (shouldHandle?.Invoke(message) == false)
                return false;
            handler(message);
            return true;
        });

        protected void Receive<T>(Predicate<T> shouldHandle, Action<T> handler) => Receive(handler, shouldHandle);

        /// <summary>The handler says itself whether it wanted the message.</summary>
        protected void Receive<T>(Func<T, bool> handler) => Open.Add(handler);

        protected void Receive(Type messageType, Action<object> handler, Predicate<object> shouldHandle = null) =>
            Open.Add(messageType, message =>
            {
                if (shouldHandle?.Invoke(message) == false)
                    return false;
                handler(message);
                return true;
            });

        protected void Receive(Type messageType, Predicate<object> shouldHandle, Action<object> handler) =>
            Receive(messageType, handler, shouldHandle);

        protected void Receive(Type messageType, Func<object, bool> handler) => Open.Add(messageType, handler);

        /// <summary>Whatever comes; nothing can be added after it.</summary>
        protected void ReceiveAny(Action<object> handler)
        {
            Open.Add<object>(message =>
            {
                handler(message);
                return true;
            });
            Open.IsComplete = true;
        }

        protected void ReceiveAsync<T>(Func<T, Task> handler, Predicate<T> shouldHandle = null) =>
            Receive(Awaiting(handler), shouldHandle);

        protected void ReceiveAsync<T>(Predicate<T> shouldHandle, Func<T, Task> handler) =>
            Receive(Awaiting(handler), shouldHandle);

        protected void ReceiveAsync(
            Type messageType, Func<object, Task> handler, Predicate<object> shouldHandle = null) =>
            Receive(messageType, Awaiting(handler), shouldHandle);

        protected void ReceiveAsync(Type messageType, Predicate<object> shouldHandle, Func<object, Task> handler) =>
            Receive(messageType, Awaiting(handler), shouldHandle);

        protected void ReceiveAnyAsync(Func<object, Task> handler) => ReceiveAny(Awaiting(handler));

        private static Action<T> Awaiting<T>(Func<T, Task> handler) =>
            message => ActorTaskScheduler.RunTask(() => handler(message));

        private sealed class Handlers
        {
            private readonly List<Func<object, bool>> _handlers = [];

            /// <summary>True once something takes whatever comes.</summary>
            public bool IsComplete { get; set; }

            public void Add<T>(Func<T, bool> handler) => AddChecked(message => message is T t && handler(t));

            public void Add(Type type, Func<object, bool> handler) =>
                AddChecked(message => type.IsInstanceOfType(message) && handler(message));

            private void AddChecked(Func<object, bool> handler)
            {
                if (IsComplete)
                    throw new InvalidOperationException(
                        "A handler that catches all messages has been added. No handler can be added after that.");
                _handlers.Add(handler);
            }

            public bool Handle(object message)
            {
                foreach (var handler in _handlers)
                    if (handler(message))
                        return true;
                return false;
            }
        }
    }
}

namespace Akka.Actor.Internal
{
    /// <summary>Called once after the constructor.</summary>
    public interface IInitializableActor
    {
        void Init();
    }
}
