using Akka.Actor;
using Akka.Configuration;
using Akka.TestKit.Xunit2;

namespace LocalRecall.Conformance;

/// <summary>
/// What LocalRecall relies on Akka.NET for. The suite runs unchanged against the genuine packages and against the stand-ins.
/// Every expectation has five times its usual patience, for loaded machines; logging is off unless a spec turns it on.
/// </summary>
public abstract class Spec(string config = "") : TestKit(ConfigurationFactory.ParseString(Patient + config))
{
    protected const string VirtualTime = """akka.scheduler.implementation = "Akka.TestKit.TestScheduler, Akka.TestKit" """ + "\n";

    private const string Patient = """
        akka.test.timefactor = 5
        akka.test.filter-leeway = 15s
        akka.loglevel = OFF
        akka.log-dead-letters = off

        """;

    /// <summary>Longer than any test may take, for waits that end as soon as they can.</summary>
    protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>Long enough for a wait that must end in vain (dilated to five times this).</summary>
    protected static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(20);

    protected Akka.TestKit.TestScheduler Time => (Akka.TestKit.TestScheduler)Sys.Scheduler;

    /// <summary>Stops before it returns from here; <c>Sys.Stop</c> asks the actor's guardian, which may take its time.</summary>
    protected static void StopNow(IActorRef actor) => ((IInternalActorRef)actor).Stop();

    /// <summary>Watches and waits until <paramref name="actor"/> has ended.</summary>
    protected void ExpectEnd(IActorRef actor)
    {
        var witness = CreateTestProbe();
        witness.Watch(actor);
        witness.ExpectTerminated(actor);
    }
}

/// <summary>An actor that is one function.</summary>
internal sealed class Lambda(Action<IUntypedActorContext, object> receive) : UntypedActor
{
    public static Props Props(Action<IUntypedActorContext, object> receive) => Akka.Actor.Props.Create(() => new Lambda(receive));

    protected override void OnReceive(object message) => receive(Context, message);
}

/// <summary>Holds an actor inside one message until the test lets it go.</summary>
internal sealed class Gate
{
    private readonly ManualResetEventSlim _open = new();
    private readonly ManualResetEventSlim _entered = new();

    /// <summary>For the actor: says that it is here, and waits.</summary>
    public void Pass()
    {
        _entered.Set();
        Assert.True(_open.Wait(TimeSpan.FromSeconds(30)), "the gate was never opened");
    }

    /// <summary>For the test: returns when the actor is at the gate.</summary>
    public void AwaitArrival() => Assert.True(_entered.Wait(TimeSpan.FromSeconds(30)), "nobody came to the gate");

    public void Open() => _open.Set();
}
