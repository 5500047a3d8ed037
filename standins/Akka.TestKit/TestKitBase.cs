using System.Threading.Channels;
using Akka.Actor;
using Akka.Actor.Internal;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Event;
using Akka.TestKit.Configs;
using Akka.TestKit.Internal;

namespace Akka.TestKit;

/// <summary>
/// A test's own actor system, the actor it receives messages with, and expectations on that actor's queue.
/// A test class made from it is the implicit sender of what it tells, before and after an <c>await</c>.
/// </summary>
public abstract partial class TestKitBase : IActorRefFactory
{
    private static int _lastTestActor;

    private readonly ITestKitAssertions _assertions;
    private readonly Channel<MessageEnvelope> _queue = Channel.CreateUnbounded<MessageEnvelope>();
    private MessageEnvelope _last = NullMessageEnvelope.Instance;
    private TimeSpan? _end;

    // ReceiveWhile may use up all of a Within's time, which then must not call its block too slow.
    private bool _lastWasNoMsg;

    protected TestKitBase(ITestKitAssertions assertions, ActorSystem system = null, string testActorName = null)
        : this(assertions, system, ActorSystemSetup.Empty, null, testActorName)
    {
    }

    protected TestKitBase(ITestKitAssertions assertions, ActorSystemSetup setup, string actorSystemName = null, string testActorName = null)
        : this(assertions, null, setup, actorSystemName, testActorName)
    {
    }

    protected TestKitBase(ITestKitAssertions assertions, Config config, string actorSystemName = null, string testActorName = null)
        : this(assertions, null, ActorSystemSetup.Create(BootstrapSetup.Create().WithConfig(config)), actorSystemName, testActorName)
    {
    }

    protected TestKitBase(ITestKitAssertions assertions, ActorSystem system, ActorSystemSetup config, string actorSystemName, string testActorName)
    {
        _assertions = assertions ?? throw new ArgumentNullException(nameof(assertions));
        InitializeTest(system, config, actorSystemName, testActorName);
    }

    public static Config DefaultConfig { get; } = ConfigurationFactory.ParseString(TestConfigs.Reference);

    public static Config FullDebugConfig { get; } = ConfigurationFactory.ParseString("""
        akka {
          loglevel = DEBUG
          stdout-loglevel = DEBUG
          log-dead-letters = true
          log-dead-letters-during-shutdown = true
          actor.debug {
            receive = true
            autoreceive = true
            lifecycle = true
            event-stream = true
            unhandled = true
            fsm = true
            router-misconfiguration = true
          }
        }
        """);

    public static TimeSpan Now => TimeSpan.FromTicks(DateTime.UtcNow.Ticks);

    public ActorSystem Sys { get; private set; }
    public TestKitSettings TestKitSettings { get; private set; }
    public IActorRef TestActor { get; private set; }
    public ILoggingAdapter Log { get; private set; }
    public EventFilterFactory EventFilter { get; private set; }
    public object LastMessage => _last.Message;
    public IActorRef LastSender => _last.Sender;
    public bool HasMessages => _queue.Reader.Count > 0;

    /// <summary>What is left of the enclosing <c>Within</c>.</summary>
    public TimeSpan Remaining =>
        _end is null ? throw new InvalidOperationException("Remaining may not be called outside of Within") : RemainingOr(default);

    public TimeSpan RemainingOrDefault => RemainingOr(Dilated(TestKitSettings.SingleExpectDefault));

    public EventFilterFactory CreateEventFilter(ActorSystem system) => new(this, system);

    public void IgnoreMessages(Func<object, bool> shouldIgnoreMessage) =>
        TestActor.Tell(new TestActor.SetIgnore(m => shouldIgnoreMessage(m)));

    public void IgnoreMessages<TMsg>(Func<TMsg, bool> shouldIgnoreMessage) =>
        IgnoreMessages(m => m is TMsg msg && shouldIgnoreMessage(msg));

    public void IgnoreMessages<TMsg>() => IgnoreMessages(m => m is TMsg);

    public void IgnoreNoMessages() => TestActor.Tell(new TestActor.SetIgnore(null));

    public void SetAutoPilot(AutoPilot pilot) => TestActor.Tell(new TestActor.SetAutoPilot(pilot));

    /// <summary>Returns when the test actor watches.</summary>
    public IActorRef Watch(IActorRef actorToWatch)
    {
        WatchAsync(actorToWatch).Wait(RemainingOrDefault);
        return actorToWatch;
    }

    public async Task<IActorRef> WatchAsync(IActorRef actorToWatch)
    {
        await TestActor.Ask(new TestActor.Watch(actorToWatch), RemainingOrDefault);
        return actorToWatch;
    }

    /// <summary>Returns when the test actor no longer watches.</summary>
    public IActorRef Unwatch(IActorRef actorToUnwatch)
    {
        UnwatchAsync(actorToUnwatch).Wait(RemainingOrDefault);
        return actorToUnwatch;
    }

    public async Task<IActorRef> UnwatchAsync(IActorRef actorToUnwatch)
    {
        await TestActor.Ask(new TestActor.Unwatch(actorToUnwatch), RemainingOrDefault);
        return actorToUnwatch;
    }

    public TimeSpan RemainingOrDilated(TimeSpan? duration)
    {
        if (duration < TimeSpan.Zero)
            throw new ArgumentException("Must be a positive TimeSpan", nameof(duration));
        return duration is null ? RemainingOrDefault : Dilated(duration.Value);
    }

    public TimeSpan Dilated(TimeSpan duration) => duration < TimeSpan.Zero
        ? throw new ArgumentException("Must not be negative", nameof(duration))
        : new TimeSpan((long)(duration.Ticks * TestKitSettings.TestTimeFactor));

    public TimeSpan GetTimeoutOrDefault(TimeSpan? timeout) => timeout ?? TestKitSettings.SingleExpectDefault;

    public virtual void Shutdown(TimeSpan? duration = null, bool verifySystemShutdown = false) =>
        Shutdown(Sys, duration, verifySystemShutdown);

    protected virtual void Shutdown(ActorSystem system, TimeSpan? duration = null, bool verifySystemShutdown = false)
    {
        system ??= Sys;
        var patience = duration ?? Min(Dilated(TimeSpan.FromSeconds(5)), TimeSpan.FromSeconds(10));
        if (system.Terminate().Wait(patience))
            return;
        ((ExtendedActorSystem)system).Guardian.Stop();
        var message = $"Failed to stop [{system.Name}] within [{patience}]";
        if (verifySystemShutdown)
            throw new TimeoutException(message);
        system.Log.Warning("{0}", message);
    }

    protected TimeSpan RemainingOr(TimeSpan duration)
    {
        if (_end is null)
            return duration;
        var left = _end.Value - Now;
        return left < TimeSpan.Zero ? TimeSpan.Zero : left;
    }

    protected void InitializeTest(ActorSystem system, Config config, string actorSystemName, string testActorName) =>
        InitializeTest(system, ActorSystemSetup.Create(BootstrapSetup.Create().WithConfig(config)), actorSystemName, testActorName);

    protected virtual void InitializeTest(ActorSystem system, ActorSystemSetup config, string actorSystemName, string testActorName)
    {
        if (system is null)
            system = ActorSystem.Create(actorSystemName ?? "test", config.WithSetup(WithDefaults(config)));
        else
            system.Settings.InjectTopLevelFallback(DefaultConfig);

        Sys = system;
        system.RegisterExtension(new TestKitExtension());
        TestKitSettings = TestKitExtension.For(system);
        Log = Logging.GetLogger(system, GetType());
        EventFilter = new EventFilterFactory(this);
        system.Dispatchers.RegisterConfigurator(CallingThreadDispatcher.Id,
            new CallingThreadDispatcherConfigurator(system.Settings.Config, system.Dispatchers.Prerequisites));

        TestActor = CreateTestActor(testActorName ?? "testActor" + Interlocked.Increment(ref _lastTestActor));
        TestActorCreated();
    }

    /// <summary>Makes the test actor the implicit sender on this thread and after each await from here on.</summary>
    private void TestActorCreated()
    {
        if (this is not INoImplicitSender)
            InternalCurrentActorCellKeeper.Current = (ActorCell)((ActorRefWithCell)TestActor).Underlying;
        else if (this is not TestProbe)
            InternalCurrentActorCellKeeper.Current = null;
        SynchronizationContext.SetSynchronizationContext(new CellKeepingSynchronizationContext(InternalCurrentActorCellKeeper.Current));
    }

    private static BootstrapSetup WithDefaults(ActorSystemSetup setup)
    {
        var given = setup.Get<BootstrapSetup>();
        var config = given.HasValue && given.Value.Config.HasValue
            ? given.Value.Config.Value.WithFallback(DefaultConfig)
            : DefaultConfig;
        var bootstrap = BootstrapSetup.Create().WithConfig(config);
        return given.HasValue && given.Value.ActorRefProvider.HasValue
            ? bootstrap.WithActorRefProvider(given.Value.ActorRefProvider.Value)
            : bootstrap;
    }

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;
}

/// <summary>A test class with it tells with no sender.</summary>
public interface INoImplicitSender;
