using Akka.Actor;

namespace LocalRecall.Conformance;

public sealed class LifecycleSpecs() : Spec(VirtualTime)
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private sealed class Hooks : UntypedActor
    {
        private readonly IActorRef _log;

        public Hooks(IActorRef log)
        {
            _log = log;
            log.Tell("constructor");
        }

        protected override void PreStart() => _log.Tell("PreStart");

        protected override void PostStop() => _log.Tell("PostStop");

        protected override void OnReceive(object message)
        {
            if (message is "stop yourself")
                Context.Stop(Self);
            _log.Tell(message);
        }
    }

    private IActorRef StartHooks(string? name = null)
    {
        var actor = Sys.ActorOf(Props.Create(() => new Hooks(TestActor)), name);
        ExpectMsg("constructor");
        ExpectMsg("PreStart");
        return actor;
    }

    private static readonly Props Idle = Lambda.Props((_, _) => { });

    [Fact]
    public void An_actor_that_stops_itself_finishes_its_message_and_takes_no_other()
    {
        var actor = StartHooks();
        Watch(actor);

        actor.Tell("stop yourself");
        actor.Tell("too late");

        ExpectMsg("stop yourself");
        ExpectMsg("PostStop");
        ExpectTerminated(actor);
    }

    [Fact]
    public async Task GracefulStop_is_true_when_the_actor_has_ended()
    {
        var actor = StartHooks();

        Assert.True(await actor.GracefulStop(Patience));

        ExpectMsg("PostStop");
    }

    [Fact]
    public async Task GracefulStop_sends_a_message_of_choice_after_what_waits()
    {
        var actor = StartHooks();
        actor.Tell("waiting");

        Assert.True(await actor.GracefulStop(Patience, "stop yourself"));

        ExpectMsg("waiting");
        ExpectMsg("stop yourself");
        ExpectMsg("PostStop");
    }

    [Fact]
    public async Task GracefulStop_of_who_is_gone_is_true()
    {
        var actor = StartHooks();
        Sys.Stop(actor);
        ExpectEnd(actor);

        Assert.True(await actor.GracefulStop(Patience));
    }

    [Theory]
    [InlineData("")]
    [InlineData("$dollar")]
    [InlineData("sla/sh")]
    [InlineData("spa ce")]
    public void A_bad_name_is_refused(string name)
    {
        Assert.Throws<InvalidActorNameException>(() => Sys.ActorOf(Idle, name));
    }

    [Fact]
    public void A_name_in_use_is_refused()
    {
        StartHooks("name");

        Assert.Throws<InvalidActorNameException>(() => Sys.ActorOf(Idle, "name"));
    }

    [Fact]
    public void Names_are_made_up_where_none_is_given()
    {
        var (one, two) = (Sys.ActorOf(Idle), Sys.ActorOf(Idle));

        Assert.StartsWith("$", one.Path.Name);
        Assert.NotEqual(one.Path, two.Path);
    }

    [Fact]
    public void A_path_names_system_and_ancestors()
    {
        var actor = StartHooks("name");

        Assert.Equal($"akka://{Sys.Name}/user/name", actor.Path.ToString());
        Assert.Equal("/user/name", actor.Path.ToStringWithoutAddress());
        Assert.Equal("name", actor.Path.Name);
        Assert.Equal("user", actor.Path.Parent.Name);
    }

    [Fact]
    public void A_parent_knows_its_children()
    {
        var parent = Sys.ActorOf(Lambda.Props((context, message) => context.Sender.Tell(message switch
        {
            "spawn" => context.ActorOf(Idle, "child"),
            "child" => context.Child("child"),
            "nobody" => context.Child("nobody").IsNobody(),
            "count" => context.GetChildren().Count(),
            _ => context.Parent,
        })));

        parent.Tell("count");
        ExpectMsg(0);
        parent.Tell("spawn");
        var child = ExpectMsg<IActorRef>();
        parent.Tell("child");
        ExpectMsg(child);
        parent.Tell("nobody");
        ExpectMsg(true);
        parent.Tell("count");
        ExpectMsg(1);
        Assert.Equal(parent.Path, child.Path.Parent);
    }

    [Fact]
    public async Task The_systems_end_stops_every_actor()
    {
        var actors = Enumerable.Range(0, 10).Select(_ => StartHooks()).ToList();

        await Sys.Terminate().WaitAsync(Patience);

        Assert.Equal(Enumerable.Repeat("PostStop", actors.Count), ReceiveN(actors.Count).Cast<string>());
        Assert.True(Sys.WhenTerminated.IsCompleted);
    }

    [Fact]
    public async Task Systems_in_one_process_do_not_know_each_other()
    {
        var other = ActorSystem.Create(Sys.Name);
        try
        {
            StartHooks("name");

            await Assert.ThrowsAsync<ActorNotFoundException>(() => other.ActorSelection("/user/name").ResolveOne(Patience));
        }
        finally
        {
            await other.Terminate().WaitAsync(Patience);
        }
    }

    private sealed record Noise : INotInfluenceReceiveTimeout;

    private sealed class Sleepy : UntypedActor
    {
        private readonly IActorRef _log;

        public Sleepy(IActorRef log)
        {
            _log = log;
            Context.SetReceiveTimeout(3 * Second);
        }

        protected override void OnReceive(object message)
        {
            if (message is "stay awake")
                Context.SetReceiveTimeout(null);
            _log.Tell(message is ReceiveTimeout ? "timeout" : message);
        }
    }

    // On the calling thread, so that a message's timeout is set before Tell returns.
    private IActorRef StartSleepy() => ActorOfAsTestActorRef<Sleepy>(Props.Create(() => new Sleepy(TestActor)));

    [Fact]
    public void Silence_brings_a_receive_timeout_again_and_again()
    {
        StartSleepy();

        Time.Advance(3 * Second);
        ExpectMsg("timeout");
        Time.Advance(3 * Second);
        ExpectMsg("timeout");
    }

    [Fact]
    public void A_message_starts_the_receive_timeout_anew()
    {
        var sleepy = StartSleepy();

        Time.Advance(2 * Second);
        sleepy.Tell("wake up");
        ExpectMsg("wake up");
        Time.Advance(2 * Second);
        sleepy.Tell(new Noise());
        ExpectMsg<Noise>();
        Time.Advance(1 * Second);

        ExpectMsg("timeout");
    }

    [Fact]
    public void A_receive_timeout_can_be_switched_off()
    {
        var sleepy = StartSleepy();

        sleepy.Tell("stay awake");
        ExpectMsg("stay awake");
        Time.Advance(100 * Second);
        sleepy.Tell("sentinel");

        ExpectMsg("sentinel");
    }
}
