using System.Collections.Concurrent;
using Akka;
using Akka.Actor;
using Akka.Configuration;

namespace LocalRecall.Conformance;

public sealed class CoordinatedShutdownSpecs() : Spec("""
    akka.coordinated-shutdown.phases {
      impatient { timeout = 100ms, depends-on = [before-service-unbind] }
      after-impatient { depends-on = [impatient] }
      service-unbind { depends-on = [after-impatient] }
    }
    """)
{
    private readonly ConcurrentQueue<string> _log = [];

    private CoordinatedShutdown Coordinated => CoordinatedShutdown.Get(Sys);

    private Task<Done> RunShutdown() => Coordinated.Run(CoordinatedShutdown.ClrExitReason.Instance);

    private void AddTask(string phase, string name) => Coordinated.AddTask(phase, name, () =>
    {
        _log.Enqueue(name);
        return Task.FromResult(Done.Instance);
    });

    [Fact]
    public async Task Phases_run_in_their_order_and_the_system_ends_last()
    {
        AddTask(CoordinatedShutdown.PhaseBeforeActorSystemTerminate, "5");
        AddTask(CoordinatedShutdown.PhaseServiceStop, "4");
        AddTask(CoordinatedShutdown.PhaseServiceRequestsDone, "3");
        AddTask(CoordinatedShutdown.PhaseBeforeServiceUnbind, "1");
        AddTask(CoordinatedShutdown.PhaseServiceUnbind, "2");
        Coordinated.AddTask(CoordinatedShutdown.PhaseBeforeActorSystemTerminate, "alive", () =>
        {
            _log.Enqueue(Sys.WhenTerminated.IsCompleted ? "ended" : "alive");
            return Task.FromResult(Done.Instance);
        });

        await RunShutdown().WaitAsync(Patience);

        Assert.Equal(["1", "2", "3", "4"], _log.Take(4));
        Assert.Equal(["5", "alive"], _log.Skip(4).Order());
        await Sys.WhenTerminated.WaitAsync(Patience);
    }

    [Fact]
    public async Task A_phase_starts_all_its_tasks_and_ends_with_the_last_one()
    {
        var (one, two) = (new TaskCompletionSource<Done>(), new TaskCompletionSource<Done>());
        foreach (var (name, task) in new[] { ("one", one), ("two", two) })
            Coordinated.AddTask(CoordinatedShutdown.PhaseServiceUnbind, name, () =>
            {
                TestActor.Tell(name);
                return task.Task;
            });
        Coordinated.AddTask(CoordinatedShutdown.PhaseServiceStop, "three", () =>
        {
            TestActor.Tell("three");
            return Task.FromResult(Done.Instance);
        });

        var run = RunShutdown();
        ExpectMsgAllOf("one", "two");
        one.SetResult(Done.Instance);
        TestActor.Tell("sentinel");
        ExpectMsg("sentinel");
        two.SetResult(Done.Instance);

        ExpectMsg("three");
        await run.WaitAsync(Patience);
    }

    [Fact]
    public async Task Who_begins_it_is_not_held_up_by_later_phases()
    {
        using var returned = new ManualResetEventSlim();
        Coordinated.AddTask(CoordinatedShutdown.PhaseServiceUnbind, "waits", () =>
        {
            _log.Enqueue(returned.Wait(Patience) ? "returned" : "held up");
            return Task.FromResult(Done.Instance);
        });

        var run = RunShutdown();
        returned.Set();
        await run.WaitAsync(Patience);

        Assert.Equal(["returned"], _log);
    }

    [Fact]
    public async Task Actors_still_answer_in_the_tasks()
    {
        var echo = Sys.ActorOf(Lambda.Props((context, message) => context.Sender.Tell(message)));
        Coordinated.AddTask(CoordinatedShutdown.PhaseBeforeActorSystemTerminate, "ask", async () =>
        {
            _log.Enqueue(await echo.Ask<string>("hello", Patience));
            return Done.Instance;
        });

        await RunShutdown().WaitAsync(Patience);

        Assert.Equal(["hello"], _log);
    }

    [Fact]
    public async Task A_task_that_fails_does_not_keep_the_next_phase()
    {
        Coordinated.AddTask(CoordinatedShutdown.PhaseServiceUnbind, "throws", () => throw new InvalidOperationException("as told"));
        Coordinated.AddTask(CoordinatedShutdown.PhaseServiceUnbind, "faults", () => Task.FromException<Done>(new InvalidOperationException("as told")));
        AddTask(CoordinatedShutdown.PhaseServiceStop, "next");

        await RunShutdown().WaitAsync(Patience);

        Assert.Equal(["next"], _log);
    }

    [Fact]
    public async Task A_phase_is_left_when_its_time_is_up()
    {
        Coordinated.AddTask("impatient", "hangs", () => new TaskCompletionSource<Done>().Task);
        AddTask("after-impatient", "next");

        await RunShutdown().WaitAsync(Patience);

        Assert.Equal(["next"], _log);
    }

    [Fact]
    public async Task Phases_of_ones_own_stand_where_they_depend()
    {
        AddTask(CoordinatedShutdown.PhaseServiceUnbind, "3");
        AddTask("after-impatient", "2");
        AddTask(CoordinatedShutdown.PhaseBeforeServiceUnbind, "1");

        await RunShutdown().WaitAsync(Patience);

        Assert.Equal(["1", "2", "3"], _log);
    }

    [Fact]
    public async Task It_runs_once_however_often_it_is_asked_to()
    {
        AddTask(CoordinatedShutdown.PhaseServiceStop, "once");

        await Task.WhenAll(RunShutdown(), RunShutdown()).WaitAsync(Patience);
        await Coordinated.Run(CoordinatedShutdown.UnknownReason.Instance).WaitAsync(Patience);

        Assert.Equal(["once"], _log);
        Assert.Same(CoordinatedShutdown.ClrExitReason.Instance, Coordinated.ShutdownReason);
    }

    [Fact]
    public async Task Terminating_the_system_runs_it()
    {
        AddTask(CoordinatedShutdown.PhaseServiceStop, "task");

        await Sys.Terminate().WaitAsync(Patience);

        Assert.Equal(["task"], _log);
        Assert.True(Sys.WhenTerminated.IsCompleted);
    }

    [Fact]
    public void An_unknown_phase_is_refused()
    {
        Assert.Throws<ConfigurationException>(() => AddTask("no-such-phase", "task"));
    }
}
