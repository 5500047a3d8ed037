using Akka.Actor;
using Akka.Event;

namespace LocalRecall.Conformance;

public sealed class TimerSpecs() : Spec(VirtualTime)
{
    private sealed record Start(object Key, object Message, TimeSpan Delay, bool Periodic = false);
    private sealed record Cancel(object Key);
    private sealed record IsActive(object Key);
    private sealed record Hold(Gate Gate, object CancelKey);

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private sealed class Clock : ReceiveActor, IWithTimers
    {
        public Clock(IActorRef log)
        {
            Receive<Start>(s =>
            {
                if (s.Periodic)
                    Timers.StartPeriodicTimer(s.Key, s.Message, s.Delay);
                else
                    Timers.StartSingleTimer(s.Key, s.Message, s.Delay);
                Sender.Tell("started");
            });
            Receive<Cancel>(c =>
            {
                Timers.Cancel(c.Key);
                Sender.Tell("cancelled");
            });
            Receive<IsActive>(q => Sender.Tell(Timers.IsTimerActive(q.Key)));
            Receive<Hold>(h =>
            {
                h.Gate.Pass();
                Timers.Cancel(h.CancelKey);
            });
            Receive<string>(m => m == "fail", _ => throw new InvalidOperationException("as told"));
            Receive<string>(m => log.Tell(m));
        }

        public ITimerScheduler Timers { get; set; } = null!;
    }

    private IActorRef StartClock() => Sys.ActorOf(Props.Create(() => new Clock(TestActor)));

    private void StartTimer(IActorRef clock, string message, TimeSpan delay, bool periodic = false, string key = "key")
    {
        clock.Tell(new Start(key, message, delay, periodic), TestActor);
        ExpectMsg("started");
    }

    /// <summary>Nothing came before what is told now.</summary>
    private void ExpectNothingFrom(IActorRef clock)
    {
        clock.Tell("sentinel");
        ExpectMsg("sentinel");
    }

    [Fact]
    public void A_single_timer_fires_once_at_its_time()
    {
        var clock = StartClock();
        StartTimer(clock, "tick", 3 * Second);

        Time.Advance(2 * Second);
        ExpectNothingFrom(clock);
        Time.Advance(1 * Second);
        ExpectMsg("tick");
        Time.Advance(10 * Second);
        ExpectNothingFrom(clock);
    }

    [Fact]
    public void A_single_timer_is_active_until_it_has_fired()
    {
        var clock = StartClock();
        StartTimer(clock, "tick", Second);

        clock.Tell(new IsActive("key"));
        ExpectMsg(true);
        Time.Advance(Second);
        ExpectMsg("tick");
        clock.Tell(new IsActive("key"));
        ExpectMsg(false);
    }

    [Fact]
    public void A_periodic_timer_fires_at_each_interval()
    {
        var clock = StartClock();
        StartTimer(clock, "tick", Second, periodic: true);

        for (var i = 0; i < 3; i++)
        {
            ExpectNothingFrom(clock);
            Time.Advance(Second);
            ExpectMsg("tick");
        }
    }

    private sealed class Early : ReceiveActor, IWithTimers
    {
        private readonly IActorRef _log;

        public Early(IActorRef log)
        {
            _log = log;
            Receive<Exception>(e => throw e);
            ReceiveAny(m => _log.Tell(m));
        }

        public ITimerScheduler Timers { get; set; } = null!;

        protected override void PreStart()
        {
            Timers.StartPeriodicTimer("key", "tick", 3 * Second, Second);
            _log.Tell("started");
        }
    }

    [Fact]
    public void A_periodic_timer_may_wait_before_its_first_time()
    {
        Sys.ActorOf(Props.Create(() => new Early(TestActor)));
        ExpectMsg("started");

        Time.Advance(2 * Second);
        TestActor.Tell("sentinel");
        ExpectMsg("sentinel");
        Time.Advance(Second);
        ExpectMsg("tick");
        Time.Advance(Second);
        ExpectMsg("tick");
    }

    [Fact]
    public void A_restarted_actor_starts_its_timers_anew()
    {
        var early = Sys.ActorOf(Props.Create(() => new Early(TestActor)));
        ExpectMsg("started");
        Time.Advance(2 * Second);

        early.Tell(new InvalidOperationException("as told"));
        ExpectMsg("started");
        Time.Advance(2 * Second);
        early.Tell("sentinel");
        ExpectMsg("sentinel");
        Time.Advance(Second);

        ExpectMsg("tick");
    }

    [Fact]
    public void A_cancelled_timer_does_not_fire()
    {
        var clock = StartClock();
        StartTimer(clock, "tick", Second, periodic: true);

        clock.Tell(new Cancel("key"));
        ExpectMsg("cancelled");
        Time.Advance(10 * Second);

        ExpectNothingFrom(clock);
    }

    [Fact]
    public void A_timer_cancelled_after_it_fired_but_before_its_message_was_handled_stays_silent()
    {
        var clock = StartClock();
        StartTimer(clock, "tick", Second);
        var gate = new Gate();

        clock.Tell(new Hold(gate, "key"));
        gate.AwaitArrival();
        Time.Advance(Second);
        gate.Open();

        ExpectNothingFrom(clock);
    }

    [Fact]
    public void A_timer_started_again_replaces_the_one_with_its_key()
    {
        var clock = StartClock();
        StartTimer(clock, "old", Second);
        StartTimer(clock, "new", 2 * Second);

        Time.Advance(Second);
        ExpectNothingFrom(clock);
        Time.Advance(Second);
        ExpectMsg("new");
        ExpectNothingFrom(clock);
    }

    [Fact]
    public void Timers_with_other_keys_do_not_touch_each_other()
    {
        var clock = StartClock();
        StartTimer(clock, "a", Second, key: "key a");
        StartTimer(clock, "b", Second, key: "key b");

        Time.Advance(Second);

        ExpectMsgAllOf("a", "b");
    }

    [Fact]
    public void A_restart_cancels_all_timers()
    {
        var clock = StartClock();
        StartTimer(clock, "tick", Second);

        clock.Tell("fail");
        ExpectNothingFrom(clock);
        Time.Advance(10 * Second);

        ExpectNothingFrom(clock);
    }

    [Fact]
    public void A_stopped_actors_timer_sends_nothing()
    {
        var clock = StartClock();
        StartTimer(clock, "tick", Second);

        Sys.Stop(clock);
        ExpectEnd(clock);
        Sys.EventStream.Subscribe(TestActor, typeof(DeadLetter));
        Time.Advance(10 * Second);

        Sys.DeadLetters.Tell("sentinel");
        Assert.Equal("sentinel", ExpectMsg<DeadLetter>().Message);
    }
}
