using System.Text.RegularExpressions;
using Akka.Actor;
using Akka.Event;
using Akka.TestKit;
using Xunit.Sdk;

namespace LocalRecall.Conformance;

public sealed class EventFilterSpecs() : Spec("akka.loglevel = DEBUG")
{
    private static void Fails(Action expectation) => Assert.ThrowsAny<XunitException>(expectation);

    private sealed class Logging : ReceiveActor
    {
        private readonly ILoggingAdapter _log = Context.GetLogger();

        public Logging()
        {
            Receive<string>(m => _log.Info("received {0}", m));
            Receive<Exception>(e => throw e);
        }
    }

    [Fact]
    public void Each_level_has_its_filter()
    {
        EventFilter.Debug("hello").ExpectOne(() => Log.Debug("hello"));
        EventFilter.Info("hello").ExpectOne(() => Log.Info("hello"));
        EventFilter.Warning("hello").ExpectOne(() => Log.Warning("hello"));
        EventFilter.Error("hello").ExpectOne(() => Log.Error("hello"));
        EventFilter.ForLogLevel(LogLevel.WarningLevel, "hello").ExpectOne(() => Log.Warning("hello"));
        Fails(() => EventFilter.Info("hello").ExpectOne(Soon, () => Log.Warning("hello")));
    }

    [Fact]
    public void A_text_is_matched_whole_by_start_by_part_or_by_pattern()
    {
        void Say() => Log.Info("the {0} brown fox", "quick");

        EventFilter.Info("the quick brown fox").ExpectOne(Say);
        EventFilter.Info(start: "the quick").ExpectOne(Say);
        EventFilter.Info(contains: "brown").ExpectOne(Say);
        EventFilter.Info(new Regex("qu.ck .* fox$")).ExpectOne(Say);
        Fails(() => EventFilter.Info("the quick").ExpectOne(Soon, Say));
        Fails(() => EventFilter.Info(start: "quick").ExpectOne(Soon, Say));
        Fails(() => EventFilter.Info(contains: "red").ExpectOne(Soon, Say));
    }

    [Fact]
    public void A_source_is_an_actors_path()
    {
        var (one, two) = (Sys.ActorOf<Logging>("one"), Sys.ActorOf<Logging>("two"));

        EventFilter.Info("received hello", source: one.Path.ToString()).ExpectOne(() =>
        {
            one.Tell("hello");
            two.Tell("hello");
        });
        EventFilter.Info(source: "/user/one").ExpectOne(() => one.Tell("hello"));
        Fails(() => EventFilter.Info(source: "/user/one").ExpectOne(Soon, () => two.Tell("hello")));
    }

    [Fact]
    public void Events_are_counted_exactly()
    {
        void SayTwice()
        {
            Log.Info("hello");
            Log.Info("hello");
        }

        EventFilter.Info("hello").Expect(2, SayTwice);
        Fails(() => EventFilter.Info("hello").Expect(3, Soon, SayTwice));
        Fails(() => EventFilter.Info("hello").Expect(0, Soon, SayTwice));
        EventFilter.Info("hello").Expect(0, Soon, () => Log.Info("something else"));
    }

    [Fact]
    public void An_expectation_returns_what_its_block_returns()
    {
        Assert.Equal(42, EventFilter.Info("hello").ExpectOne(() =>
        {
            Log.Info("hello");
            return 42;
        }));
    }

    [Fact]
    public async Task Expectations_can_be_awaited()
    {
        async Task SayAsync()
        {
            await Task.Yield();
            Log.Info("hello");
        }

        await EventFilter.Info("hello").ExpectOneAsync(SayAsync);
        await EventFilter.Info("hello").ExpectAsync(1, SayAsync);
        await Assert.ThrowsAnyAsync<XunitException>(() => EventFilter.Warning("hello").ExpectOneAsync(Soon, SayAsync));
    }

    [Fact]
    public void A_failing_actor_is_logged_with_its_exception_and_path()
    {
        var actor = Sys.ActorOf<Logging>("failing");

        EventFilter.Exception<InvalidOperationException>("as told", source: actor.Path.ToString())
            .ExpectOne(() => actor.Tell(new InvalidOperationException("as told")));
        EventFilter.Exception<Exception>(contains: "told").ExpectOne(() => actor.Tell(new InvalidOperationException("as told")));
        EventFilter.Error("as told").ExpectOne(() => actor.Tell(new InvalidOperationException("as told")));
        Fails(() => EventFilter.Exception<ArgumentException>().ExpectOne(Soon, () => actor.Tell(new InvalidOperationException("as told"))));
    }

    [Fact]
    public void Dead_letters_are_filtered_by_message_type_and_content()
    {
        EventFilter.DeadLetter().ExpectOne(() => Sys.DeadLetters.Tell("hello"));
        EventFilter.DeadLetter<string>().ExpectOne(() => Sys.DeadLetters.Tell("hello"));
        EventFilter.DeadLetter<string>(m => m == "hello").ExpectOne(() => Sys.DeadLetters.Tell("hello"));
        Fails(() => EventFilter.DeadLetter<int>().ExpectOne(Soon, () => Sys.DeadLetters.Tell("hello")));
    }

    [Fact]
    public void A_condition_of_ones_own_is_a_filter()
    {
        EventFilter.Custom(e => e is Info && e.ToString().Contains("hello")).ExpectOne(() => Log.Info("hello"));
        EventFilter.Custom<Warning>(w => w.Message.ToString() == "hello").ExpectOne(() => Log.Warning("hello"));
    }

    [Fact]
    public void Filters_joined_count_together()
    {
        EventFilter.Info("one").And.Warning("two").Expect(2, () =>
        {
            Log.Info("one");
            Log.Warning("two");
        });
    }

    [Fact]
    public void A_muted_event_still_reaches_other_subscribers()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(Warning));

        EventFilter.Warning("hello").Mute(() => Log.Warning("hello"));

        ExpectMsg<Warning>(w => w.Message.ToString() == "hello");
    }

    [Fact]
    public void What_is_logged_below_the_level_is_not_an_event()
    {
        using var kit = new Akka.TestKit.Xunit2.TestKit("akka.loglevel = WARNING");

        kit.EventFilter.Info("hello").Expect(0, Soon, () => kit.Log.Info("hello"));
        kit.EventFilter.Warning("hello").ExpectOne(() => kit.Log.Warning("hello"));
    }
}
