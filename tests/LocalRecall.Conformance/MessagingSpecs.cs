using Akka.Actor;

namespace LocalRecall.Conformance;

public sealed class MessagingSpecs : Spec
{
    private sealed record Numbered(int Sender, int Number);

    private sealed class OrderKeeper : ReceiveActor
    {
        private readonly Dictionary<int, int> _last = [];
        private int _violations;
        private int _count;

        public OrderKeeper()
        {
            Receive<Numbered>(m =>
            {
                if (m.Number != _last.GetValueOrDefault(m.Sender) + 1)
                    _violations++;
                _last[m.Sender] = m.Number;
                _count++;
            });
            Receive<string>(_ => Sender.Tell((_count, _violations)));
        }
    }

    private sealed class Loner : ReceiveActor
    {
        private int _inside;
        private int _overlaps;
        private int _count;

        public Loner()
        {
            Receive<int>(_ =>
            {
                if (Interlocked.Increment(ref _inside) != 1)
                    _overlaps++;
                _count++;
                Interlocked.Decrement(ref _inside);
            });
            Receive<string>(_ => Sender.Tell((_count, _overlaps)));
        }
    }

    [Fact]
    public async Task Messages_of_one_sender_keep_their_order_among_contending_senders()
    {
        var keeper = Sys.ActorOf<OrderKeeper>();

        await Task.WhenAll(Enumerable.Range(1, 4).Select(sender => Task.Run(() =>
        {
            for (var i = 1; i <= 5_000; i++)
                keeper.Tell(new Numbered(sender, i));
        })));

        keeper.Tell("report", TestActor);
        await ExpectMsgAsync((20_000, 0));
    }

    [Fact]
    public async Task An_actor_handles_one_message_at_a_time()
    {
        var loner = Sys.ActorOf<Loner>();

        await Task.WhenAll(Enumerable.Range(1, 4).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < 10_000; i++)
                loner.Tell(i);
        })));

        loner.Tell("report", TestActor);
        await ExpectMsgAsync((40_000, 0));
    }

    [Fact]
    public void Actors_that_pass_messages_round_keep_their_order()
    {
        var last = Sys.ActorOf(Lambda.Props((_, message) => TestActor.Tell(message)));
        var middle = Sys.ActorOf(Lambda.Props((_, message) => last.Tell(message)));

        for (var i = 0; i < 1_000; i++)
            middle.Tell(i);

        Assert.Equal(Enumerable.Range(0, 1_000), ReceiveN(1_000).Cast<int>());
    }

    [Fact]
    public void A_message_told_inside_an_actor_comes_from_that_actor()
    {
        var actor = Sys.ActorOf(Lambda.Props((_, message) => TestActor.Tell(message)));

        actor.Tell("hello");

        ExpectMsgFrom(actor, "hello");
    }

    [Fact]
    public void A_message_from_nobody_has_dead_letters_as_its_sender()
    {
        var actor = Sys.ActorOf(Lambda.Props((context, _) => TestActor.Tell(context.Sender)));

        actor.Tell("hello", ActorRefs.NoSender);

        Assert.Equal(Sys.DeadLetters, ExpectMsg<IActorRef>());
    }

    [Fact]
    public void A_forwarded_message_keeps_its_sender()
    {
        var sender = CreateTestProbe();
        var actor = Sys.ActorOf(Lambda.Props((_, message) => TestActor.Forward(message)));

        sender.Send(actor, "hello");

        ExpectMsg("hello");
        Assert.Equal(sender.Ref, LastSender);
    }

    [Fact]
    public void A_message_to_self_goes_behind_those_that_wait()
    {
        var gate = new Gate();
        var actor = Sys.ActorOf(Lambda.Props((context, message) =>
        {
            TestActor.Tell(message);
            if (message is not "first")
                return;
            gate.Pass();
            context.Self.Tell("from self");
        }));

        actor.Tell("first");
        gate.AwaitArrival();
        actor.Tell("waiting");
        gate.Open();

        ExpectMsg("first");
        ExpectMsg("waiting");
        ExpectMsg("from self");
    }

    [Fact]
    public void An_actor_that_fails_at_one_message_gets_the_next()
    {
        var actor = Sys.ActorOf(Lambda.Props((_, message) =>
        {
            if (message is "fail")
                throw new InvalidOperationException("as told");
            TestActor.Tell(message);
        }));

        actor.Tell("fail");
        actor.Tell("next");

        ExpectMsg("next");
    }
}
