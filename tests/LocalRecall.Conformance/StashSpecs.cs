using Akka.Actor;
using Akka.Event;

namespace LocalRecall.Conformance;

public sealed class StashSpecs : Spec
{
    private sealed class Door : ReceiveActor, IWithUnboundedStash
    {
        public Door(IActorRef log)
        {
            Receive<string>(m => m == "open", _ =>
            {
                Stash.UnstashAll();
                Become(() => ReceiveAny(m => log.Tell(m, Sender)));
            });
            Receive<string>(m => m == "open for one", _ =>
            {
                Stash.Unstash();
                BecomeStacked(() => ReceiveAny(m =>
                {
                    log.Tell(m, Sender);
                    UnbecomeStacked();
                }));
            });
            Receive<string>(m => m == "fail", _ => throw new InvalidOperationException("as told"));
            Receive<string>(m => m == "twice", m =>
            {
                Stash.Stash();
                try
                {
                    Stash.Stash();
                }
                catch (IllegalActorStateException)
                {
                    log.Tell("refused");
                }
            });
            ReceiveAny(_ => Stash.Stash());
        }

        public IStash Stash { get; set; } = null!;
    }

    [Fact]
    public void Stashed_messages_come_back_in_order_before_those_that_wait()
    {
        var gate = new Gate();
        var door = Sys.ActorOf(Props.Create(() => new GatedDoor(TestActor, gate)));

        door.Tell("a");
        door.Tell("b");
        door.Tell("open");
        gate.AwaitArrival();
        door.Tell("c");
        gate.Open();

        ExpectMsg("a");
        ExpectMsg("b");
        ExpectMsg("c");
    }

    private sealed class GatedDoor : ReceiveActor, IWithUnboundedStash
    {
        public GatedDoor(IActorRef log, Gate gate)
        {
            Receive<string>(m => m == "open", _ =>
            {
                gate.Pass();
                Stash.UnstashAll();
                Become(() => ReceiveAny(m => log.Tell(m)));
            });
            ReceiveAny(_ => Stash.Stash());
        }

        public IStash Stash { get; set; } = null!;
    }

    [Fact]
    public void A_stashed_message_keeps_its_sender()
    {
        var sender = CreateTestProbe();
        var door = Sys.ActorOf(Props.Create(() => new Door(TestActor)));

        sender.Send(door, "a");
        door.Tell("open");

        ExpectMsg("a");
        Assert.Equal(sender.Ref, LastSender);
    }

    [Fact]
    public void Unstash_brings_back_the_oldest_only()
    {
        var door = Sys.ActorOf(Props.Create(() => new Door(TestActor)));

        door.Tell("a");
        door.Tell("b");
        door.Tell("open for one");
        ExpectMsg("a");
        door.Tell("c");
        door.Tell("open");

        ExpectMsg("b");
        ExpectMsg("c");
    }

    [Fact]
    public void The_same_message_cannot_be_stashed_twice()
    {
        var door = Sys.ActorOf(Props.Create(() => new Door(TestActor)));

        door.Tell("twice");

        ExpectMsg("refused");
    }

    [Fact]
    public void A_restart_brings_stashed_messages_back_before_those_that_wait()
    {
        var door = Sys.ActorOf(Props.Create(() => new Door(TestActor)));

        door.Tell("a");
        door.Tell("b");
        door.Tell("fail");
        door.Tell("open"); // The new instance stashes a and b again before it gets here.

        ExpectMsg("a");
        ExpectMsg("b");
    }

    [Fact]
    public void Stashed_messages_of_a_stopped_actor_are_dead_letters()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(DeadLetter));
        var door = Sys.ActorOf(Props.Create(() => new Door(TestActor)));

        door.Tell("a");
        door.Tell(PoisonPill.Instance);

        Assert.Equal("a", FishForMessage<DeadLetter>(d => d.Message is string).Message);
    }
}
