using Akka.Actor;
using Akka.TestKit;

namespace LocalRecall.Conformance;

public sealed class TestActorRefSpecs : Spec
{
    private sealed class Counter : ReceiveActor
    {
        public Counter(int start)
        {
            Count = start;
            Receive<int>(i => Count += i);
            Receive<Exception>(e => throw e);
            Receive<string>(_ => Sender.Tell(Count));
        }

        public int Count { get; private set; }
    }

    [Fact]
    public void A_message_is_handled_before_tell_returns()
    {
        var counter = ActorOfAsTestActorRef<Counter>(Props.Create(() => new Counter(1)), "counter");

        counter.Tell(2);

        Assert.Equal(3, counter.UnderlyingActor.Count);
        Assert.Equal("/user/counter", counter.Path.ToStringWithoutAddress());
        counter.Tell("count?");
        ExpectMsg(3);
    }

    [Fact]
    public void A_factory_may_make_it()
    {
        var counter = ActorOfAsTestActorRef(() => new Counter(5));

        Assert.Equal(5, counter.UnderlyingActor.Count);
    }

    [Fact]
    public void Receive_throws_what_the_handler_throws()
    {
        var counter = ActorOfAsTestActorRef<Counter>(Props.Create(() => new Counter(1)));

        Assert.Throws<InvalidOperationException>(() => counter.Receive(new InvalidOperationException("as told")));
        counter.Receive(2);

        Assert.Equal(3, counter.UnderlyingActor.Count);
    }

    [Fact]
    public void A_restart_gives_it_another_actor()
    {
        var counter = ActorOfAsTestActorRef<Counter>(Props.Create(() => new Counter(1)));
        counter.Tell(2);

        counter.Tell(new InvalidOperationException("as told"));

        AwaitAssert(() => Assert.Equal(1, counter.UnderlyingActor.Count));
    }

    [Fact]
    public void It_is_an_actor_reference()
    {
        var counter = ActorOfAsTestActorRef<Counter>(Props.Create(() => new Counter(1)));
        IActorRef reference = counter;
        Watch(reference);

        Sys.Stop(reference);

        ExpectTerminated(counter.Ref);
    }

    [Fact]
    public void An_actor_on_the_calling_thread_dispatcher_works_on_the_tellers_thread()
    {
        var thread = 0;
        var actor = Sys.ActorOf(Lambda.Props((_, _) => thread = Environment.CurrentManagedThreadId).WithDispatcher(CallingThreadDispatcher.Id));

        // Its guardian starts it, and with it handles what was told before that.
        AwaitAssert(() =>
        {
            actor.Tell("go");
            Assert.Equal(Environment.CurrentManagedThreadId, thread);
        });
    }
}
