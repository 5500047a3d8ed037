using System.Threading.Channels;
using Akka.Actor;
using Akka.Util;

namespace Akka.TestKit
{
    /// <summary>What the actor behind <see cref="TestKitBase.TestActor"/> understands besides the messages it records.</summary>
    public static class TestActor
    {
        public delegate bool Ignore(object message);

        public static AutoPilot NoAutoPilot => TestKit.NoAutoPilot.Instance;
        public static AutoPilot KeepRunning => TestKit.KeepRunning.Instance;
        public static NullMessageEnvelope NullMessage => NullMessageEnvelope.Instance;

        public class SetIgnore(Ignore ignore) : INoSerializationVerificationNeeded
        {
            public Ignore Ignore { get; } = ignore;
        }

        public class SetAutoPilot(AutoPilot autoPilot) : INoSerializationVerificationNeeded
        {
            public AutoPilot AutoPilot { get; } = autoPilot;
        }

        public class Watch(IActorRef actorToWatch) : INoSerializationVerificationNeeded
        {
            public IActorRef Actor { get; } = actorToWatch;
        }

        public class Unwatch(IActorRef actorToUnwatch) : INoSerializationVerificationNeeded
        {
            public IActorRef Actor { get; } = actorToUnwatch;
        }

        internal sealed class Ack : INoSerializationVerificationNeeded
        {
            public static readonly Ack Instance = new();
        }

        internal sealed class Spawn(Props props, string name) : INoSerializationVerificationNeeded
        {
            public IActorRef Apply(IActorRefFactory context) =>
                name is null ? context.ActorOf(props) : context.ActorOf(props, name);
        }
    }

    /// <summary>A message as a test actor received it.</summary>
    public abstract class MessageEnvelope
    {
        public abstract object Message { get; }
        public abstract IActorRef Sender { get; }
    }

    public class RealMessageEnvelope(object message, IActorRef sender) : MessageEnvelope
    {
        public override object Message { get; } = message;
        public override IActorRef Sender { get; } = sender;
        public override string ToString() => $"<{Message ?? "null"}> from {Sender}";
    }

    /// <summary>Nothing was received: no message, and its sender is nobody.</summary>
    public sealed class NullMessageEnvelope : MessageEnvelope
    {
        public static NullMessageEnvelope Instance = new();

        private NullMessageEnvelope()
        {
        }

        public override object Message => null;
        public override IActorRef Sender => ActorRefs.NoSender;
        public override string ToString() => "<null>";
    }

    /// <summary>Answers in a probe's place: <see cref="Run"/> sees every message first and returns the pilot for the next one.</summary>
    public abstract class AutoPilot
    {
        public static NoAutoPilot NoAutoPilot => NoAutoPilot.Instance;
        public static KeepRunning KeepRunning => KeepRunning.Instance;

        public abstract AutoPilot Run(IActorRef sender, object message);
    }

    /// <summary>Return it from <see cref="AutoPilot.Run"/> to stop piloting.</summary>
    public sealed class NoAutoPilot : AutoPilot
    {
        public static NoAutoPilot Instance = new();

        private NoAutoPilot()
        {
        }

        public override AutoPilot Run(IActorRef sender, object message) => this;
    }

    /// <summary>Return it from <see cref="AutoPilot.Run"/> to keep the pilot that is running.</summary>
    public sealed class KeepRunning : AutoPilot
    {
        public static KeepRunning Instance = new();

        private KeepRunning()
        {
        }

        public override AutoPilot Run(IActorRef sender, object message) =>
            throw new InvalidOperationException("KeepRunning is only a return value, it cannot pilot");
    }

    public delegate AutoPilot AutoPilotDelegate(IActorRef sender, object message);

    public sealed class DelegateAutoPilot(AutoPilotDelegate autoPilotDelegate) : AutoPilot
    {
        public override AutoPilot Run(IActorRef sender, object message) => autoPilotDelegate(sender, message);
    }
}

namespace Akka.TestKit.Internal
{
    internal sealed class InternalTestActor(ChannelWriter<MessageEnvelope> queue) : UntypedActor
    {
        private AutoPilot _autoPilot = NoAutoPilot.Instance;
        private TestActor.Ignore _ignore;

        protected override void OnReceive(object message)
        {
            switch (message)
            {
                case TestActor.SetIgnore set:
                    _ignore = set.Ignore;
                    break;
                case TestActor.SetAutoPilot set:
                    _autoPilot = set.AutoPilot;
                    break;
                case TestActor.Watch watch:
                    Context.Watch(watch.Actor);
                    Sender.Tell(TestActor.Ack.Instance);
                    break;
                case TestActor.Unwatch unwatch:
                    Context.Unwatch(unwatch.Actor);
                    Sender.Tell(TestActor.Ack.Instance);
                    break;
                case TestActor.Spawn spawn:
                    queue.TryWrite(new RealMessageEnvelope(spawn.Apply(Context), Self));
                    break;
                default:
                    var next = _autoPilot?.Run(Sender, message);
                    if (next is not KeepRunning)
                        _autoPilot = next;
                    if (_ignore is null || !_ignore(message))
                        queue.TryWrite(new RealMessageEnvelope(message, Sender));
                    break;
            }
        }
    }
}
