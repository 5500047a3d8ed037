using Akka.Actor;
using Akka.Event;

namespace LocalRecall.Conformance;

public sealed class BehaviorSpecs : Spec
{
    private sealed class Switcher : ReceiveActor
    {
        public Switcher() => Happy();

        private void Happy()
        {
            Receive<string>(m => m == "annoy", _ => Become(Angry));
            Receive<string>(m => m == "annoy for once", _ => BecomeStacked(Angry));
            Receive<string>(_ => Sender.Tell("happy"));
        }

        private void Angry()
        {
            Receive<string>(m => m == "calm", _ => UnbecomeStacked());
            Receive<string>(_ => Sender.Tell("angry"));
        }
    }

    private sealed class Matcher : ReceiveActor
    {
        public Matcher()
        {
            Receive<int>(i => i > 100, _ => Sender.Tell("large"));
            Receive<int>(i => i > 10, _ => Sender.Tell("medium"));
            Receive<int>(_ => Sender.Tell("small"));
            Receive<Exception>(_ => Sender.Tell("exception"));
            ReceiveAny(o => Sender.Tell("any: " + o));
        }
    }

    private sealed class OnlyStrings : ReceiveActor
    {
        public OnlyStrings() => Receive<string>(m => Sender.Tell(m));
    }

    private sealed class Maybe : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            if (message is string)
                Sender.Tell(message);
            else
                Unhandled(message);
        }
    }

    private sealed class Waiter : ReceiveActor
    {
        public Waiter(IActorRef log, Task[] gates)
        {
            ReceiveAsync<int>(async i =>
            {
                log.Tell($"start {i}");
                await gates[i];
                log.Tell($"end {i}");
                Sender.Tell($"reply {i}");
            });
            Receive<string>(m => log.Tell(m));
        }
    }

    [Fact]
    public void Become_replaces_the_behavior()
    {
        var actor = Sys.ActorOf<Switcher>();

        actor.Tell("hello");
        ExpectMsg("happy");
        actor.Tell("annoy");
        actor.Tell("hello");
        ExpectMsg("angry");
    }

    [Fact]
    public void A_stacked_behavior_gives_way_to_the_one_below()
    {
        var actor = Sys.ActorOf<Switcher>();

        actor.Tell("annoy for once");
        actor.Tell("hello");
        ExpectMsg("angry");
        actor.Tell("calm");
        actor.Tell("hello");
        ExpectMsg("happy");
    }

    [Fact]
    public void A_restart_brings_the_first_behavior_back()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Forgetful()));

        actor.Tell("change");
        actor.Tell("hello");
        ExpectMsg("changed");
        actor.Tell("fail");
        actor.Tell("hello");
        ExpectMsg("first");
    }

    private sealed class Forgetful : ReceiveActor
    {
        public Forgetful()
        {
            Receive<string>(m => m == "change", _ => Become(Changed));
            Receive<string>(_ => Sender.Tell("first"));
        }

        private void Changed()
        {
            Receive<string>(m => m == "fail", _ => throw new InvalidOperationException("as told"));
            Receive<string>(_ => Sender.Tell("changed"));
        }
    }

    [Theory]
    [InlineData(1000, "large")]
    [InlineData(50, "medium")]
    [InlineData(5, "small")]
    [InlineData("text", "any: text")]
    public void The_first_handler_that_matches_gets_the_message(object message, string reply)
    {
        var actor = Sys.ActorOf<Matcher>();

        actor.Tell(message);

        ExpectMsg(reply);
    }

    [Fact]
    public void A_handler_gets_messages_of_derived_types()
    {
        var actor = Sys.ActorOf<Matcher>();

        actor.Tell(new InvalidOperationException());

        ExpectMsg("exception");
    }

    [Theory]
    [InlineData(typeof(OnlyStrings))]
    [InlineData(typeof(Maybe))]
    public void A_message_without_handler_is_published_as_unhandled(Type actorType)
    {
        Sys.EventStream.Subscribe(TestActor, typeof(UnhandledMessage));
        var actor = Sys.ActorOf(Props.Create(actorType));

        actor.Tell(42);

        var unhandled = ExpectMsg<UnhandledMessage>();
        Assert.Equal(42, unhandled.Message);
        Assert.Equal(TestActor, unhandled.Sender);
        Assert.Equal(actor, unhandled.Recipient);
        actor.Tell("still here");
        ExpectMsg("still here");
    }

    [Fact]
    public void An_async_handler_holds_back_the_next_message_and_keeps_its_sender()
    {
        var gates = new[] { new TaskCompletionSource(), new TaskCompletionSource() };
        var log = CreateTestProbe();
        var tasks = gates.Select(g => g.Task).ToArray();
        var actor = Sys.ActorOf(Props.Create(() => new Waiter(log.Ref, tasks)));

        actor.Tell(0);
        actor.Tell("between");
        actor.Tell(1);
        log.ExpectMsg("start 0");
        gates[1].SetResult();
        gates[0].SetResult();

        log.ExpectMsg("end 0");
        log.ExpectMsg("between");
        log.ExpectMsg("start 1");
        log.ExpectMsg("end 1");
        ExpectMsg("reply 0");
        ExpectMsg("reply 1");
    }
}
