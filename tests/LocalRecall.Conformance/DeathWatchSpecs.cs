using Akka.Actor;

namespace LocalRecall.Conformance;

public sealed class DeathWatchSpecs : Spec
{
    private static readonly Props Idle = Lambda.Props((_, _) => { });

    private sealed record Watching(IActorRef Subject, object? With = null);
    private sealed record Unwatching(IActorRef Subject);

    private sealed class Watcher : ReceiveActor
    {
        public Watcher(IActorRef log)
        {
            Receive<Watching>(w =>
            {
                if (w.With is null)
                    Context.Watch(w.Subject);
                else
                    Context.WatchWith(w.Subject, w.With);
                Sender.Tell("watching");
            });
            Receive<Unwatching>(u =>
            {
                Context.Unwatch(u.Subject);
                Sender.Tell("unwatching");
            });
            Receive<Gate>(gate =>
            {
                gate.Pass();
                foreach (var subject in _late)
                    Context.Unwatch(subject);
            });
            Receive<IActorRef>(_late.Add);
            Receive<Terminated>(t => log.Tell(t.ActorRef));
            Receive<string>(m => log.Tell(m));
        }

        private readonly List<IActorRef> _late = [];
    }

    private IActorRef StartWatcher() => Sys.ActorOf(Props.Create(() => new Watcher(TestActor)));

    private void Do(IActorRef watcher, object command, string answer)
    {
        var asker = CreateTestProbe();
        asker.Send(watcher, command);
        asker.ExpectMsg(answer);
    }

    [Fact]
    public void A_watcher_is_told_exactly_once_however_often_it_watches()
    {
        var (watcher, subject) = (StartWatcher(), Sys.ActorOf(Idle));
        Do(watcher, new Watching(subject), "watching");
        Do(watcher, new Watching(subject), "watching");

        Sys.Stop(subject);

        ExpectMsg(subject);
        watcher.Tell("sentinel");
        ExpectMsg("sentinel");
    }

    [Fact]
    public void Every_watcher_is_told()
    {
        var subject = Sys.ActorOf(Idle);
        var probes = Enumerable.Range(0, 3).Select(_ => CreateTestProbe()).ToList();
        probes.ForEach(p => p.Watch(subject));

        Sys.Stop(subject);

        probes.ForEach(p => p.ExpectTerminated(subject));
    }

    [Fact]
    public void Watching_the_dead_tells_at_once()
    {
        var subject = Sys.ActorOf(Idle);
        Sys.Stop(subject);
        ExpectEnd(subject);

        Do(StartWatcher(), new Watching(subject), "watching");

        ExpectMsg(subject);
    }

    [Fact]
    public void WatchWith_sends_the_message_of_choice_instead()
    {
        var (watcher, subject) = (StartWatcher(), Sys.ActorOf(Idle));
        Do(watcher, new Watching(subject, "it is gone"), "watching");

        Sys.Stop(subject);

        ExpectMsg("it is gone");
        watcher.Tell("sentinel");
        ExpectMsg("sentinel");
    }

    [Fact]
    public void Who_no_longer_watches_is_not_told()
    {
        var (watcher, subject) = (StartWatcher(), Sys.ActorOf(Idle));
        Do(watcher, new Watching(subject), "watching");
        Do(watcher, new Unwatching(subject), "unwatching");

        Sys.Stop(subject);
        ExpectEnd(subject);

        watcher.Tell("sentinel");
        ExpectMsg("sentinel");
    }

    [Fact]
    public void Unwatching_takes_back_a_notice_that_is_on_its_way()
    {
        var (watcher, subject) = (StartWatcher(), Sys.ActorOf(Idle));
        Do(watcher, new Watching(subject), "watching");
        var gate = new Gate();
        watcher.Tell(subject);
        watcher.Tell(gate);
        gate.AwaitArrival();

        Sys.Stop(subject);
        ExpectEnd(subject);
        gate.Open();

        watcher.Tell("sentinel");
        ExpectMsg("sentinel");
    }

    [Fact]
    public async Task Of_many_who_die_at_once_each_is_told_of_once()
    {
        var subjects = Enumerable.Range(0, 2_000).Select(_ => Sys.ActorOf(Idle)).ToList();
        var watcher = StartWatcher();
        foreach (var subject in subjects)
            watcher.Tell(new Watching(subject), ActorRefs.NoSender);

        await Task.WhenAll(subjects.Chunk(500).Select(some => Task.Run(() => Array.ForEach(some, s => s.Tell(PoisonPill.Instance)))));

        var told = new List<object>();
        await foreach (var message in ReceiveNAsync(subjects.Count, Patience))
            told.Add(message);
        Assert.Equal(subjects.ToHashSet<object>(), told.ToHashSet());
        watcher.Tell("sentinel");
        await ExpectMsgAsync("sentinel");
    }

    [Fact]
    public void Last_messages_arrive_before_the_notice()
    {
        var subject = Sys.ActorOf(Lambda.Props((context, _) =>
        {
            for (var i = 0; i < 100; i++)
                TestActor.Tell(i);
            context.Stop(context.Self);
        }));
        Watch(subject);

        subject.Tell("go");

        Assert.Equal(Enumerable.Range(0, 100), ReceiveN(100).Cast<int>());
        ExpectTerminated(subject);
    }

    [Fact]
    public void A_restart_is_not_a_death()
    {
        var subject = Sys.ActorOf(Lambda.Props((context, message) =>
        {
            if (message is "fail")
                throw new InvalidOperationException("as told");
            context.Sender.Tell(message);
        }));
        Watch(subject);

        subject.Tell("fail");
        subject.Tell("still here");

        ExpectMsg("still here");
    }

    [Fact]
    public void A_notice_that_nobody_handles_fails_the_watcher()
    {
        var subject = Sys.ActorOf(Idle);
        var watcher = Sys.ActorOf(Props.Create(() => new Careless(subject)));
        watcher.Tell("ready?");
        ExpectMsg("ready");
        Watch(watcher);

        Sys.Stop(subject);

        ExpectTerminated(watcher);
    }

    private sealed class Careless : ReceiveActor
    {
        public Careless(IActorRef subject)
        {
            Context.Watch(subject);
            Receive<string>(_ => Sender.Tell("ready"));
        }
    }

    [Fact]
    public void A_parent_is_gone_after_its_children()
    {
        var parent = Sys.ActorOf(Props.Create(() => new Teller(TestActor, "parent", "child")));
        parent.Tell("ready?");
        ExpectMsg("ready");

        Sys.Stop(parent);

        ExpectMsg("child stopped");
        ExpectMsg("parent stopped");
    }

    private sealed class Teller : ReceiveActor
    {
        private readonly IActorRef _log;
        private readonly string _name;

        public Teller(IActorRef log, string name, string? child)
        {
            (_log, _name) = (log, name);
            if (child is not null)
                Context.ActorOf(Props.Create(() => new Teller(log, child, null)));
            Receive<string>(_ => Sender.Tell("ready"));
        }

        protected override void PostStop() => _log.Tell(_name + " stopped");
    }

    [Fact]
    public void A_name_is_free_again_once_its_death_is_known()
    {
        var first = Sys.ActorOf(Idle, "name");
        Watch(first);
        Sys.Stop(first);
        ExpectTerminated(first);

        // The guardian may hear of it a moment after this watcher.
        IActorRef second = ActorRefs.Nobody;
        AwaitAssert(() => second = Sys.ActorOf(Idle, "name"));

        Assert.Equal(first.Path, second.Path);
        Assert.NotEqual(first, second);
    }
}
