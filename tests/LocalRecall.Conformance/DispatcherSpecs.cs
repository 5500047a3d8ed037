using Akka.Actor;

namespace LocalRecall.Conformance;

public sealed class DispatcherSpecs() : Spec("conformance.pinned.type = PinnedDispatcher")
{
    private sealed record Where(int Thread, bool OfPool);

    private static Where Here() => new(Environment.CurrentManagedThreadId, Thread.CurrentThread.IsThreadPoolThread);

    private sealed class Pinned : ReceiveActor
    {
        private readonly IActorRef _log;

        public Pinned(IActorRef log)
        {
            _log = log;
            Receive<Exception>(exception => throw exception);
            ReceiveAny(_ => _log.Tell(Here()));
        }

        protected override void PreStart() => _log.Tell(Here());

        protected override void PostStop() => _log.Tell(Here());
    }

    private IActorRef StartPinned(IActorRef log) =>
        Sys.ActorOf(Props.Create(() => new Pinned(log)).WithDispatcher("conformance.pinned"));

    [Fact]
    public void A_pinned_actor_starts_runs_and_stops_on_one_thread_of_its_own()
    {
        var actor = StartPinned(TestActor);
        var place = ExpectMsg<Where>();

        for (var i = 0; i < 50; i++)
        {
            actor.Tell("where?");
            ExpectMsg(place);
        }
        Sys.Stop(actor);

        ExpectMsg(place);
        Assert.False(place.OfPool);
    }

    [Fact]
    public void A_pinned_actor_keeps_its_thread_when_restarted()
    {
        var actor = StartPinned(TestActor);
        var place = ExpectMsg<Where>();

        actor.Tell(new InvalidOperationException("as told"));

        ExpectMsg(place); // PostStop
        ExpectMsg(place); // PreStart
        actor.Tell("where?");
        ExpectMsg(place);
    }

    [Fact]
    public void Pinned_actors_have_different_threads()
    {
        StartPinned(TestActor);
        StartPinned(TestActor);

        Assert.NotEqual(ExpectMsg<Where>().Thread, ExpectMsg<Where>().Thread);
    }

    [Fact]
    public void A_busy_pinned_actor_holds_up_nobody_else()
    {
        var gates = Enumerable.Range(0, 8).Select(_ => new Gate()).ToList();
        foreach (var gate in gates)
            Sys.ActorOf(Lambda.Props((_, _) => gate.Pass()).WithDispatcher("conformance.pinned")).Tell("work");
        gates.ForEach(g => g.AwaitArrival());

        Sys.ActorOf(Lambda.Props((context, message) => context.Sender.Tell(message))).Tell("hello");

        ExpectMsg("hello");
        gates.ForEach(g => g.Open());
    }
}
