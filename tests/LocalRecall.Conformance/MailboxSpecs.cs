using Akka.Actor;

namespace LocalRecall.Conformance;

/// <summary>System messages overtake what waits in a mailbox; user messages never overtake each other.</summary>
public sealed class MailboxSpecs : Spec
{
    private (IActorRef Actor, Gate Gate) StartBusy()
    {
        var gate = new Gate();
        var actor = Sys.ActorOf(Lambda.Props((_, message) =>
        {
            if (message is Gate g)
                g.Pass();
            else
                TestActor.Tell(message);
        }));
        actor.Tell(gate);
        gate.AwaitArrival();
        return (actor, gate);
    }

    [Fact]
    public void Stop_overtakes_the_messages_that_wait()
    {
        var (actor, gate) = StartBusy();
        Watch(actor);
        for (var i = 0; i < 1_000; i++)
            actor.Tell(i);

        StopNow(actor);
        gate.Open();

        ExpectTerminated(actor);
    }

    [Fact]
    public void PoisonPill_waits_its_turn()
    {
        var (actor, gate) = StartBusy();
        Watch(actor);
        for (var i = 0; i < 100; i++)
            actor.Tell(i);

        actor.Tell(PoisonPill.Instance);
        actor.Tell("too late");
        gate.Open();

        Assert.Equal(Enumerable.Range(0, 100), ReceiveN(100).Cast<int>());
        ExpectTerminated(actor);
    }

    [Fact]
    public void Watching_is_done_while_messages_wait()
    {
        var (actor, gate) = StartBusy();
        for (var i = 0; i < 10; i++)
            actor.Tell(i);
        var witness = CreateTestProbe();
        witness.Watch(actor);

        StopNow(actor);
        gate.Open();

        witness.ExpectTerminated(actor);
    }
}
