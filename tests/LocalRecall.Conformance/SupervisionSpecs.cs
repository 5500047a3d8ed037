using System.Diagnostics;
using System.Runtime.CompilerServices;
using Akka.Actor;

namespace LocalRecall.Conformance;

public sealed class SupervisionSpecs : Spec
{
    private sealed class Oops(string message) : Exception(message);

    private sealed record Fail(Exception Exception);
    private sealed record Spawn(Props Props, string Name);

    private static OneForOneStrategy Always(Directive directive) => new(_ => directive);

    /// <summary>Tells everything that happens to it, with the number of the instance it happens to.</summary>
    private sealed class Recorder : UntypedActor
    {
        private readonly IActorRef _log;
        private readonly int _instance;

        public Recorder(IActorRef log, StrongBox<int> instances)
        {
            _log = log;
            _instance = ++instances.Value;
            _log.Tell($"constructor {_instance}");
        }

        protected override void PreStart() => _log.Tell($"PreStart {_instance}");

        protected override void PostStop() => _log.Tell($"PostStop {_instance}");

        protected override void PreRestart(Exception reason, object message)
        {
            _log.Tell($"PreRestart {_instance}: {reason.Message}, at {(message as Fail)?.Exception.Message}");
            base.PreRestart(reason, message);
        }

        protected override void PostRestart(Exception reason)
        {
            _log.Tell($"PostRestart {_instance}: {reason.Message}");
            base.PostRestart(reason);
        }

        protected override void OnReceive(object message)
        {
            switch (message)
            {
                case Fail fail:
                    throw fail.Exception;
                case Spawn spawn:
                    Sender.Tell(Context.ActorOf(spawn.Props, spawn.Name));
                    break;
                default:
                    _log.Tell($"{message} {_instance}");
                    break;
            }
        }
    }

    private sealed class Supervisor(SupervisorStrategy strategy) : UntypedActor
    {
        protected override SupervisorStrategy SupervisorStrategy() => strategy;

        protected override void OnReceive(object message)
        {
            if (message is Exception exception)
                throw exception;
            var spawn = (Spawn)message;
            Sender.Tell(Context.ActorOf(spawn.Props, spawn.Name));
        }
    }

    private IActorRef Supervise(SupervisorStrategy strategy) => Sys.ActorOf(Props.Create(() => new Supervisor(strategy)));

    private static Props Record(IActorRef log)
    {
        var instances = new StrongBox<int>();
        return Props.Create(() => new Recorder(log, instances));
    }

    private IActorRef StartUnder(IActorRef parent, string name)
    {
        var child = StartUnder(parent, name, Record(TestActor));
        ExpectMsg("constructor 1");
        ExpectMsg("PreStart 1");
        return child;
    }

    private IActorRef StartUnder(IActorRef parent, string name, Props props)
    {
        var asker = CreateTestProbe();
        asker.Send(parent, new Spawn(props, name));
        return asker.ExpectMsg<IActorRef>();
    }

    [Fact]
    public void A_restart_calls_the_hooks_in_order_on_the_right_instances()
    {
        var child = StartUnder(Supervise(Always(Directive.Restart)), "child");

        child.Tell(new Fail(new Oops("oops")));

        ExpectMsg("PreRestart 1: oops, at oops");
        ExpectMsg("PostStop 1");
        ExpectMsg("constructor 2");
        ExpectMsg("PostRestart 2: oops");
        ExpectMsg("PreStart 2");
    }

    [Fact]
    public void A_restart_keeps_the_mailbox_and_the_reference_but_drops_the_failed_message()
    {
        var gate = new Gate();
        var parent = Supervise(Always(Directive.Restart));
        var instances = new StrongBox<int>();
        var child = StartUnder(parent, "child", Props.Create(() => new GatedFailure(TestActor, instances, gate)));

        child.Tell("fail");
        gate.AwaitArrival();
        child.Tell("a");
        child.Tell("b");
        gate.Open();

        ExpectMsg("a 2");
        ExpectMsg("b 2");
        child.Tell("c");
        ExpectMsg("c 2");
    }

    private sealed class GatedFailure : ReceiveActor
    {
        public GatedFailure(IActorRef log, StrongBox<int> instances, Gate gate)
        {
            var instance = ++instances.Value;
            Receive<string>(m => m == "fail", _ =>
            {
                gate.Pass();
                throw new Oops("oops");
            });
            Receive<string>(m => log.Tell($"{m} {instance}"));
        }
    }

    [Fact]
    public void A_restart_stops_the_children_before_there_is_a_new_instance()
    {
        var child = StartUnder(Supervise(Always(Directive.Restart)), "child");
        var log = CreateTestProbe();
        var grandchild = StartUnder(child, "grandchild", Props.Create(() => new LastWords(TestActor, "grandchild gone")));
        log.Watch(grandchild);

        child.Tell(new Fail(new Oops("oops")));

        ExpectMsg("PreRestart 1: oops, at oops");
        ExpectMsgAllOf("PostStop 1", "grandchild gone");
        ExpectMsg("constructor 2");
        ExpectMsg("PostRestart 2: oops");
        ExpectMsg("PreStart 2");
        log.ExpectTerminated(grandchild);
    }

    private sealed class LastWords(IActorRef log, string words) : UntypedActor
    {
        protected override void PostStop() => log.Tell(words);

        protected override void OnReceive(object message)
        {
        }
    }

    [Fact]
    public void Children_that_a_restart_does_not_stop_are_restarted_too()
    {
        var parent = Sys.ActorOf(Props.Create(() => new Keeper()));
        var child = StartUnder(parent, "child");

        parent.Tell(new Oops("oops"));

        ExpectMsg("PreRestart 1: oops, at ");
        ExpectMsg("PostStop 1");
        ExpectMsg("constructor 2");
        ExpectMsg("PostRestart 2: oops");
        ExpectMsg("PreStart 2");
        child.Tell("still");
        ExpectMsg("still 2");
    }

    private sealed class Keeper : UntypedActor
    {
        protected override void PreRestart(Exception reason, object message)
        {
        }

        protected override void OnReceive(object message)
        {
            if (message is Exception exception)
                throw exception;
            var spawn = (Spawn)message;
            Sender.Tell(Context.ActorOf(spawn.Props, spawn.Name));
        }
    }

    [Fact]
    public void Resume_keeps_the_instance_and_calls_no_hook()
    {
        var child = StartUnder(Supervise(Always(Directive.Resume)), "child");

        child.Tell(new Fail(new Oops("oops")));
        child.Tell("still");

        ExpectMsg("still 1");
    }

    [Fact]
    public void Stop_stops_for_good_and_tells_watchers()
    {
        var child = StartUnder(Supervise(Always(Directive.Stop)), "child");
        var witness = CreateTestProbe();
        witness.Watch(child);

        child.Tell(new Fail(new Oops("oops")));

        ExpectMsg("PostStop 1");
        witness.ExpectTerminated(child);
        child.Tell("anyone?");
        ExpectNoMsg(50);
    }

    [Fact]
    public void Escalate_fails_the_parent_with_the_childs_exception()
    {
        var seen = CreateTestProbe();
        var grandparent = Supervise(new OneForOneStrategy(e =>
        {
            seen.Ref.Tell(e);
            return Directive.Stop;
        }));
        var parent = StartUnder(grandparent, "parent", Props.Create(() => new Supervisor(Always(Directive.Escalate))));
        var child = StartUnder(parent, "child");
        Watch(parent);
        var oops = new Oops("oops");

        child.Tell(new Fail(oops));

        Assert.Same(oops, seen.ExpectMsg<Exception>());
        ExpectMsg("PostStop 1");
        ExpectTerminated(parent);
    }

    [Fact]
    public void One_for_one_leaves_siblings_alone()
    {
        var parent = Supervise(Always(Directive.Restart));
        var failing = StartUnder(parent, "failing", Record(CreateTestProbe()));
        var sibling = StartUnder(parent, "sibling");

        failing.Tell(new Fail(new Oops("oops")));
        failing.Tell(new Spawn(Record(CreateTestProbe()), "proof"), TestActor);
        ExpectMsg<IActorRef>();
        sibling.Tell("still");

        ExpectMsg("still 1");
    }

    [Fact]
    public void All_for_one_restarts_every_child()
    {
        var parent = Supervise(new AllForOneStrategy(_ => Directive.Restart));
        var failing = StartUnder(parent, "failing", Record(CreateTestProbe()));
        StartUnder(parent, "sibling");

        failing.Tell(new Fail(new Oops("oops")));

        ExpectMsg("PreRestart 1: oops, at ");
        ExpectMsg("PostStop 1");
        ExpectMsg("constructor 2");
        ExpectMsg("PostRestart 2: oops");
        ExpectMsg("PreStart 2");
    }

    [Fact]
    public void The_decider_chooses_by_exception()
    {
        var parent = Supervise(new OneForOneStrategy(e => e is Oops ? Directive.Resume : Directive.Stop));
        var child = StartUnder(parent, "child");

        child.Tell(new Fail(new Oops("harmless")));
        child.Tell("still");
        ExpectMsg("still 1");
        child.Tell(new Fail(new InvalidOperationException("fatal")));

        ExpectMsg("PostStop 1");
    }

    [Fact]
    public void Retries_are_counted_and_the_one_too_many_stops()
    {
        var parent = Supervise(new OneForOneStrategy(2, TimeSpan.FromMinutes(1), _ => Directive.Restart));
        var child = StartUnder(parent, "child");
        var witness = CreateTestProbe();
        witness.Watch(child);

        foreach (var next in new[] { 2, 3 })
        {
            child.Tell(new Fail(new Oops("oops")));
            FishForMessage<string>(m => m == $"PreStart {next}");
        }
        child.Tell(new Fail(new Oops("oops")));

        ExpectMsg("PostStop 3");
        witness.ExpectTerminated(child);
    }

    [Fact]
    public void Retries_are_forgotten_when_their_window_is_over()
    {
        var window = TimeSpan.FromMilliseconds(1);
        var parent = Supervise(new OneForOneStrategy(1, window, _ => Directive.Restart));
        var child = StartUnder(parent, "child");

        foreach (var next in new[] { 2, 3, 4 })
        {
            child.Tell(new Fail(new Oops("oops")));
            FishForMessage<string>(m => m == $"PreStart {next}");
            var sinceRestart = Stopwatch.StartNew();
            AwaitCondition(() => sinceRestart.Elapsed > 20 * window, Patience, window);
        }
    }

    [Fact]
    public void By_default_a_failing_actor_is_restarted()
    {
        var child = Sys.ActorOf(Record(TestActor));

        child.Tell(new Fail(new Oops("oops")));
        child.Tell("next");

        FishForMessage<string>(m => m == "next 2");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void By_default_an_actor_that_fails_to_start_is_stopped(bool inConstructor)
    {
        var actor = Sys.ActorOf(Props.Create(() => new Stillborn(inConstructor)));

        ExpectEnd(actor);
    }

    private sealed class Stillborn : UntypedActor
    {
        public Stillborn(bool inConstructor)
        {
            if (inConstructor)
                throw new Oops("constructor");
        }

        protected override void PreStart() => throw new Oops("PreStart");

        protected override void OnReceive(object message)
        {
        }
    }

    [Fact]
    public void A_failure_to_start_reaches_the_supervisor_as_initialization_exception()
    {
        var seen = CreateTestProbe();
        var parent = Supervise(new OneForOneStrategy(e =>
        {
            seen.Ref.Tell(e);
            return Directive.Stop;
        }));

        StartUnder(parent, "child", Props.Create(() => new Stillborn(false)));

        seen.ExpectMsg<ActorInitializationException>();
    }

    [Fact]
    public void Kill_stops_by_default()
    {
        var child = Sys.ActorOf(Record(TestActor));

        child.Tell(Kill.Instance);

        ExpectEnd(child);
    }

    [Fact]
    public void A_supervisor_that_fails_itself_stops_its_children_when_restarted()
    {
        var parent = Sys.ActorOf(Props.Create(() => new Supervisor(Always(Directive.Restart))));
        var child = StartUnder(parent, "child");

        parent.Tell(new Oops("the parent"));

        ExpectMsg("PostStop 1");
        ExpectEnd(child);
        var again = StartUnder(parent, "child");
        Assert.NotEqual(child, again);
    }
}
