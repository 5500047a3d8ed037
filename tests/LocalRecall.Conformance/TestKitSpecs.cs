using System.Collections;
using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Event;
using Akka.TestKit;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace LocalRecall.Conformance;

public sealed class TestKitSpecs : Spec
{
    private void Tell(params object[] messages)
    {
        foreach (var message in messages)
            TestActor.Tell(message);
    }

    private static void Fails(Action expectation) => Assert.ThrowsAny<XunitException>(expectation);

    [Fact]
    public void ExpectMsg_returns_the_message()
    {
        Tell("hello", 42, 43, 44, 45);

        Assert.Equal("hello", ExpectMsg<string>());
        Assert.Equal(42, ExpectMsg(42));
        Assert.Equal(43, ExpectMsg<int>(i => i == 43));
        Assert.Equal(44, ExpectMsg<int>(i => Assert.True(i > 43)));
        Assert.Equal(45, ExpectMsg<int>((i, sender) => i == 45 && sender.Equals(TestActor)));
    }

    [Fact]
    public async Task ExpectMsgAsync_returns_the_message()
    {
        Tell("hello", 42, 43);

        Assert.Equal("hello", await ExpectMsgAsync<string>());
        Assert.Equal(42, await ExpectMsgAsync(42));
        Assert.Equal(43, await ExpectMsgAsync<int>(i => i == 43));
    }

    [Fact]
    public void ExpectMsg_waits()
    {
        Sys.Scheduler.ScheduleTellOnce(TimeSpan.FromMilliseconds(200), TestActor, "late", ActorRefs.NoSender);

        ExpectMsg("late");
    }

    [Fact]
    public void ExpectMsg_fails_when_nothing_comes() => Fails(() => ExpectMsg<string>(Soon));

    [Fact]
    public async Task ExpectMsgAsync_fails_when_nothing_comes() =>
        await Assert.ThrowsAnyAsync<XunitException>(async () => await ExpectMsgAsync<string>(Soon));

    [Fact]
    public void ExpectMsg_fails_at_a_message_of_another_type()
    {
        Tell(42, "hello");

        Fails(() => ExpectMsg<string>());
        ExpectMsg("hello");
    }

    [Fact]
    public void ExpectMsg_fails_at_another_value()
    {
        Tell(1, 2, 3);

        Fails(() => ExpectMsg(7));
        Fails(() => ExpectMsg<int>(i => i == 7));
        Fails(() => ExpectMsg<int>(i => Assert.Equal(7, i)));
    }

    [Fact]
    public void ExpectMsg_compares_lists_item_by_item()
    {
        Tell(new[] { 1, 2 }, new[] { 1, 3 });

        ExpectMsg(new[] { 1, 2 });
        Fails(() => ExpectMsg(new[] { 1, 2 }));
    }

    [Fact]
    public void ExpectMsgFrom_checks_the_sender()
    {
        var sender = CreateTestProbe();
        sender.Send(TestActor, 1);
        sender.Send(TestActor, 2);

        ExpectMsgFrom(sender.Ref, 1);
        Fails(() => ExpectMsgFrom<int>(TestActor));
    }

    [Fact]
    public void ExpectNoMsg_passes_in_silence_and_fails_at_a_message()
    {
        ExpectNoMsg(20);
        ExpectNoMsg(Soon);

        Tell("hello");
        Fails(() => ExpectNoMsg(20));
    }

    [Fact]
    public async Task ExpectNoMsgAsync_passes_in_silence_and_fails_at_a_message()
    {
        await ExpectNoMsgAsync(20);

        Tell("hello");
        await Assert.ThrowsAnyAsync<XunitException>(async () => await ExpectNoMsgAsync(20));
    }

    [Fact]
    public void ExpectMsgAllOf_takes_any_order()
    {
        Tell("c", "a", "b");

        Assert.Equal(["c", "a", "b"], ExpectMsgAllOf("a", "b", "c"));
    }

    [Fact]
    public void ExpectMsgAllOf_fails_if_one_is_missing()
    {
        Tell("a", "x");
        Fails(() => ExpectMsgAllOf("a", "b"));

        Tell("a");
        Fails(() => ExpectMsgAllOf(Soon, "a", "b"));

        Tell("a", "a");
        Fails(() => ExpectMsgAllOf("a", "b"));
    }

    [Fact]
    public void ExpectMsgAnyOf_takes_one_of_them()
    {
        Tell("b", "x");

        Assert.Equal("b", ExpectMsgAnyOf(["a", "b"]));
        Fails(() => ExpectMsgAnyOf(["a", "b"]));
    }

    [Fact]
    public void FishForMessage_drops_what_it_does_not_look_for()
    {
        var dropped = new ArrayList();
        Tell(1, "no", "yes", "after");

        Assert.Equal("yes", FishForMessage<string>(m => m == "yes", dropped));

        Assert.Equal([1, "no"], dropped.Cast<object>());
        ExpectMsg("after");
    }

    [Fact]
    public void FishForMessage_fails_when_its_time_is_up()
    {
        Tell(1, 2, 3);

        Fails(() => FishForMessage(m => m is 4, Soon));
    }

    [Fact]
    public void ReceiveN_takes_so_many_or_fails()
    {
        Tell(1, 2, 3);

        Assert.Equal([1, 2], ReceiveN(2).Cast<int>());
        Fails(() => ReceiveN(2, Soon));
    }

    [Fact]
    public void ReceiveOne_returns_null_when_nothing_comes()
    {
        Tell("hello");

        Assert.Equal("hello", ReceiveOne(TimeSpan.Zero));
        Assert.Null(ReceiveOne(TimeSpan.Zero));
        Assert.Null(ReceiveOne(Soon));
    }

    [Fact]
    public void ReceiveWhile_leaves_the_first_message_that_does_not_fit()
    {
        Tell(1, 2, 30, 4);

        Assert.Equal([1, 2], ReceiveWhile<int>(i => i < 10));
        ExpectMsg(30);
        Assert.Equal(["4"], ReceiveWhile(TimeSpan.FromSeconds(1), m => m is int i ? i.ToString() : null, msgs: 1));
    }

    [Fact]
    public void Within_bounds_the_expectations_in_it()
    {
        Tell("hello");

        Assert.Equal("hello", Within(TimeSpan.FromSeconds(3), () =>
        {
            Assert.True(Remaining <= Dilated(TimeSpan.FromSeconds(3)));
            return ExpectMsg<string>();
        }));
        Fails(() => Within(Soon, () => ExpectMsg<string>()));
        Assert.Throws<InvalidOperationException>(() => Remaining);
    }

    [Fact]
    public async Task WithinAsync_bounds_the_expectations_in_it()
    {
        Tell("hello");

        Assert.Equal("hello", await WithinAsync(TimeSpan.FromSeconds(3), async () => await ExpectMsgAsync<string>()));
        await Assert.ThrowsAnyAsync<Exception>(() => WithinAsync(Soon, async () => await ExpectMsgAsync<string>()));
    }

    [Fact]
    public void Within_fails_a_block_that_is_too_fast() =>
        Fails(() => Within(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(20), () => { }));

    [Fact]
    public void AwaitAssert_tries_until_it_holds()
    {
        var tries = 0;

        AwaitAssert(() => Assert.Equal(3, ++tries), Patience, TimeSpan.FromMilliseconds(5));

        Assert.Equal(3, tries);
    }

    [Fact]
    public async Task AwaitAssertAsync_tries_until_it_holds()
    {
        var tries = 0;

        await AwaitAssertAsync(async () =>
        {
            await Task.Yield();
            Assert.Equal(3, ++tries);
        }, Patience, TimeSpan.FromMilliseconds(5));

        Assert.Equal(3, tries);
    }

    [Fact]
    public void AwaitAssert_throws_what_the_last_try_threw() =>
        Assert.Throws<InvalidOperationException>(() => AwaitAssert(() => throw new InvalidOperationException("never"), Soon, TimeSpan.FromMilliseconds(5)));

    [Fact]
    public void AwaitCondition_waits_and_fails()
    {
        var tries = 0;

        AwaitCondition(() => ++tries == 3, Patience, TimeSpan.FromMilliseconds(5));

        Fails(() => AwaitCondition(() => false, Soon));
        Assert.False(AwaitConditionNoThrow(() => false, Soon, TimeSpan.FromMilliseconds(5)));
        Assert.True(AwaitConditionNoThrow(() => true, Soon));
    }

    [Fact]
    public async Task AwaitConditionAsync_waits_and_fails()
    {
        var tries = 0;

        await AwaitConditionAsync(() => ++tries == 3, Patience, TimeSpan.FromMilliseconds(5));

        await Assert.ThrowsAnyAsync<XunitException>(() => AwaitConditionAsync(() => Task.FromResult(false), Soon));
    }

    [Fact]
    public void Ignored_messages_do_not_arrive()
    {
        IgnoreMessages<string>();
        Tell("ignored", 1);
        ExpectMsg(1);

        IgnoreMessages(m => m is > 5);
        Tell(7, 2);
        ExpectMsg(2);

        IgnoreNoMessages();
        Tell(7);
        ExpectMsg(7);
    }

    [Fact]
    public void ExpectTerminated_fails_at_another_death()
    {
        var (one, two) = (Sys.ActorOf(Lambda.Props((_, _) => { })), Sys.ActorOf(Lambda.Props((_, _) => { })));
        Watch(one);
        Watch(two);

        Sys.Stop(one);
        ExpectTerminated(one);
        Sys.Stop(two);
        Fails(() => ExpectTerminated(one));
    }

    [Fact]
    public void Who_is_no_longer_watched_dies_unheard()
    {
        var actor = Sys.ActorOf(Lambda.Props((_, _) => { }));
        Watch(actor);
        Unwatch(actor);

        Sys.Stop(actor);
        ExpectEnd(actor);

        Tell("sentinel");
        ExpectMsg("sentinel");
    }

    [Fact]
    public async Task The_test_is_the_sender_before_and_after_an_await()
    {
        var echo = Sys.ActorOf(Lambda.Props((context, message) => context.Sender.Tell(message)));

        echo.Tell("before");
        await ExpectMsgAsync("before");
        await Task.Delay(1);
        echo.Tell("after");

        await ExpectMsgAsync("after");
        Assert.Equal(echo, LastSender);
        Assert.Equal("after", LastMessage);
    }

    [Fact]
    public void A_probe_sends_replies_and_forwards()
    {
        var (one, two) = (CreateTestProbe("one"), CreateTestProbe("two"));

        one.Send(two.Ref, "hello");
        two.ExpectMsg("hello");
        Assert.Equal(one.Ref, two.LastSender);
        Assert.Equal(one.Ref, two.Sender);
        two.Reply("hello yourself");
        one.ExpectMsg("hello yourself");
        one.Forward(TestActor);
        ExpectMsgFrom(two.Ref, "hello yourself");
        Assert.Equal("one", one.Ref.Path.Name);
    }

    [Fact]
    public void A_probe_is_an_actor_reference()
    {
        var probe = CreateTestProbe();
        IActorRef reference = probe;

        reference.Tell("hello", TestActor);
        probe.ExpectMsg("hello");
        Assert.Equal(probe.Ref, reference);
        Watch(probe);
        Sys.Stop(probe.Ref);
        ExpectTerminated(probe.Ref);
    }

    [Fact]
    public void A_probe_on_auto_pilot_answers_and_still_records()
    {
        var probe = CreateTestProbe();
        probe.SetAutoPilot(new DelegateAutoPilot((sender, message) =>
        {
            sender.Tell("auto " + message, ActorRefs.NoSender);
            return message is "last" ? AutoPilot.NoAutoPilot : AutoPilot.KeepRunning;
        }));

        foreach (var message in new[] { "first", "last", "after" })
            probe.Ref.Tell(message);

        ExpectMsg("auto first");
        ExpectMsg("auto last");
        Assert.Equal(["first", "last", "after"], probe.ReceiveN(3));
        Tell("sentinel");
        ExpectMsg("sentinel");
    }

    [Fact]
    public void A_child_of_the_test_actor_can_be_made()
    {
        var child = ChildActorOf(Lambda.Props((context, message) => context.Parent.Tell(message)), "child");

        child.Tell("to the parent");

        ExpectMsg("to the parent");
        Assert.Equal(TestActor.Path, child.Path.Parent);
    }

    [Fact]
    public void Times_are_dilated_by_the_factor()
    {
        Assert.Equal(TimeSpan.FromSeconds(5), Dilated(TimeSpan.FromSeconds(1)));
        Assert.Equal(TimeSpan.FromSeconds(15), RemainingOrDefault);
        Assert.Equal(TimeSpan.FromSeconds(3), TestKitSettings.SingleExpectDefault);
    }

    [Fact]
    public void Shutdown_ends_the_system()
    {
        Shutdown(verifySystemShutdown: true);

        Assert.True(Sys.WhenTerminated.IsCompleted);
    }

    [Fact]
    public async Task A_kit_can_be_given_a_system()
    {
        var system = ActorSystem.Create("given", """akka.loggers = ["Akka.TestKit.TestEventListener, Akka.TestKit"]""");
        try
        {
            using var kit = new Akka.TestKit.Xunit2.TestKit(system);
            Assert.Same(system, kit.Sys);
            kit.TestActor.Tell("hello");
            kit.ExpectMsg("hello");
        }
        finally
        {
            await system.Terminate().WaitAsync(Patience);
        }
    }

    [Fact]
    public void A_kit_can_be_made_from_a_setup_and_adds_its_defaults()
    {
        var setup = ActorSystemSetup.Create(BootstrapSetup.Create().WithConfig("conformance.key = 7"));
        using var kit = new Akka.TestKit.Xunit2.TestKit(setup, "from-setup");

        Assert.Equal("from-setup", kit.Sys.Name);
        Assert.Equal(7, kit.Sys.Settings.Config.GetInt("conformance.key"));
        Assert.Equal(TimeSpan.FromSeconds(5), kit.TestKitSettings.DefaultTimeout);
        Assert.Equal(TimeSpan.FromSeconds(3), kit.TestKitSettings.TestEventFilterLeeway);
        Assert.Equal(1.0, kit.TestKitSettings.TestTimeFactor);
    }

    [Fact]
    public void The_log_goes_to_the_tests_output()
    {
        var output = new FakeOutput();
        using var kit = new Akka.TestKit.Xunit2.TestKit("akka.loglevel = INFO", output);

        kit.Sys.Log.Info("something {0}", "worth saying");

        AwaitAssert(() => Assert.Contains(output.Lines, line => line.Contains("something worth saying")));
    }

    private sealed class FakeOutput : ITestOutputHelper
    {
        public ConcurrentQueue<string> Lines { get; } = [];

        public void WriteLine(string message) => Lines.Enqueue(message);

        public void WriteLine(string format, params object[] args) => WriteLine(string.Format(format, args));
    }
}
