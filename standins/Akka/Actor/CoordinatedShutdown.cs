using System.Collections.Immutable;
using Akka.Configuration;
using Akka.Event;

namespace Akka.Actor;

/// <summary>
/// Ends a system in phases. Tasks of one phase run together; a phase starts when those it depends on are done or have
/// timed out. Runs once, whoever asks first.
/// </summary>
public sealed class CoordinatedShutdown : IExtension
{
    public const string PhaseBeforeServiceUnbind = "before-service-unbind";
    public const string PhaseServiceUnbind = "service-unbind";
    public const string PhaseServiceRequestsDone = "service-requests-done";
    public const string PhaseServiceStop = "service-stop";
    public const string PhaseBeforeClusterShutdown = "before-cluster-shutdown";
    public const string PhaseClusterShardingShutdownRegion = "cluster-sharding-shutdown-region";
    public const string PhaseClusterLeave = "cluster-leave";
    public const string PhaseClusterExiting = "cluster-exiting";
    public const string PhaseClusterExitingDone = "cluster-exiting-done";
    public const string PhaseClusterShutdown = "cluster-shutdown";
    public const string PhaseBeforeActorSystemTerminate = "before-actor-system-terminate";
    public const string PhaseActorSystemTerminate = "actor-system-terminate";

    private readonly Dictionary<string, Phase> _phases;
    private readonly List<string> _ordered;
    private readonly ILoggingAdapter _log;
    private readonly TaskCompletionSource<Done> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ImmutableDictionary<string, ImmutableList<NamedTask>> _tasks =
        ImmutableDictionary<string, ImmutableList<NamedTask>>.Empty;
    private Reason _reason;

    internal CoordinatedShutdown(ExtendedActorSystem system, Config config)
    {
        System = system;
        _log = Logging.GetLogger(system, this);
        _phases = ReadPhases(config);
        _ordered = Sort(_phases);
    }

    public ExtendedActorSystem System { get; }

    /// <summary>Why it runs; null while it does not.</summary>
    public Reason ShutdownReason => Volatile.Read(ref _reason);

    /// <summary>How long all phases that have tasks may take.</summary>
    public TimeSpan TotalTimeout => _tasks.Keys.Aggregate(TimeSpan.Zero, (sum, phase) => sum + Timeout(phase));

    public static CoordinatedShutdown Get(ActorSystem sys) =>
        sys.WithExtension<CoordinatedShutdown, CoordinatedShutdownExtension>();

    public TimeSpan Timeout(string phase) => _phases.TryGetValue(phase, out var known)
        ? known.Timeout
        : throw new ArgumentException($"Unknown phase [{phase}]. All phases must be defined in configuration.");

    public void AddTask(string phase, string taskName, Func<Task<Done>> task)
    {
        if (!_ordered.Contains(phase))
            throw new ConfigurationException(
                $"Unknown phase [{phase}], known phases [{string.Join(",", _ordered)}]. All phases (along with their optional dependencies) must be defined in configuration.");
        ImmutableInterlocked.AddOrUpdate(
            ref _tasks, phase, _ => [new NamedTask(taskName, task)], (_, tasks) => tasks.Add(new NamedTask(taskName, task)));
    }

    /// <param name="fromPhase">The phase to begin with; null for the first.</param>
    public Task<Done> Run(Reason reason, string fromPhase = null)
    {
        if (Interlocked.CompareExchange(ref _reason, reason, null) is null)
            _ = RunPhases(fromPhase);
        return _done.Task;
    }

    private async Task RunPhases(string fromPhase)
    {
        try
        {
            var first = fromPhase is null ? 0 : _ordered.IndexOf(fromPhase);
            foreach (var phase in _ordered.Skip(Math.Max(0, first)))
            {
                if (_tasks.TryGetValue(phase, out var tasks))
                    await RunPhase(phase, tasks).ConfigureAwait(false);
                // Only the first phase may run on the caller's thread.
                await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            }
            _done.TrySetResult(Done.Instance);
        }
        catch (Exception e)
        {
            _done.TrySetException(e);
        }
    }

    private async Task RunPhase(string phase, ImmutableList<NamedTask> tasks)
    {
        _log.Debug("Performing phase [{0}] with [{1}] tasks: [{2}]", phase, tasks.Count, string.Join(",", tasks.Select(t => t.Name)));
        var (timeout, recover, _) = _phases[phase];
        try
        {
            await Task.WhenAll(tasks.Select(RunTask)).WaitAsync(timeout).ConfigureAwait(false);
        }
        catch (TimeoutException) when (recover)
        {
            _log.Warning("Coordinated shutdown phase [{0}] timed out after {1}", phase, timeout);
        }

        async Task RunTask(NamedTask task)
        {
            try
            {
                await task.Run().ConfigureAwait(false);
            }
            catch (Exception e) when (recover)
            {
                _log.Warning("Task [{0}] failed in phase [{1}]: {2}", task.Name, phase, e.Message);
            }
        }
    }

    private static Dictionary<string, Phase> ReadPhases(Config config)
    {
        var defaults = ConfigurationFactory.ParseString(
            $"timeout = {config.GetString("default-phase-timeout")}, recover = true, depends-on = []");
        return config.GetConfig("phases").AsEnumerable().ToDictionary(
            entry => entry.Key,
            entry =>
            {
                var phase = entry.Value.ToConfig().WithFallback(defaults);
                return new Phase(
                    phase.GetTimeSpan("timeout", null, allowInfinite: false), phase.GetBoolean("recover"),
                    phase.GetStringList("depends-on"));
            });
    }

    /// <summary>Each phase after those it depends on, else in the order of the configuration.</summary>
    private static List<string> Sort(Dictionary<string, Phase> phases)
    {
        List<string> sorted = [];
        HashSet<string> visiting = [];
        foreach (var phase in phases.Keys)
            Visit(phase);
        return sorted;

        void Visit(string phase)
        {
            if (sorted.Contains(phase))
                return;
            if (!visiting.Add(phase))
                throw new ArgumentException(
                    $"Cycle detected in graph of phases. It must be a DAG. phase [{phase}] depends transitively on itself.");
            if (phases.TryGetValue(phase, out var known))
                foreach (var before in known.DependsOn)
                    Visit(before);
            sorted.Add(phase);
        }
    }

    private readonly record struct NamedTask(string Name, Func<Task<Done>> Run);

    private sealed record Phase(TimeSpan Timeout, bool Recover, IList<string> DependsOn);

    public class Reason
    {
        protected Reason() { }
    }

    public class UnknownReason : Reason
    {
        public static readonly Reason Instance = new UnknownReason();

        private UnknownReason() { }
    }

    public class ActorSystemTerminateReason : Reason
    {
        public static readonly Reason Instance = new ActorSystemTerminateReason();

        private ActorSystemTerminateReason() { }
    }

    public class ClrExitReason : Reason
    {
        public static readonly Reason Instance = new ClrExitReason();

        private ClrExitReason() { }
    }
}

public sealed class CoordinatedShutdownExtension : ExtensionIdProvider<CoordinatedShutdown>
{
    public override CoordinatedShutdown CreateExtension(ExtendedActorSystem system)
    {
        var config = system.Settings.Config.GetConfig("akka.coordinated-shutdown");
        var shutdown = new CoordinatedShutdown(system, config);
        var exitClr = config.GetBoolean("exit-clr");
        if (system.Settings.CoordinatedShutdownTerminateActorSystem || exitClr)
            shutdown.AddTask(CoordinatedShutdown.PhaseActorSystemTerminate, "terminate-system", async () =>
            {
                if (system.Settings.CoordinatedShutdownTerminateActorSystem)
                    await system.FinalTerminate().ConfigureAwait(false);
                if (exitClr && shutdown.ShutdownReason is not CoordinatedShutdown.ClrExitReason)
                    Environment.Exit(0);
                return Done.Instance;
            });
        if (config.GetBoolean("run-by-clr-shutdown-hook"))
            RunAtProcessExit(shutdown);
        return shutdown;
    }

    private static void RunAtProcessExit(CoordinatedShutdown shutdown)
    {
        AppDomain.CurrentDomain.ProcessExit += OnExit;
        shutdown.System.WhenTerminated.ContinueWith(
            _ => AppDomain.CurrentDomain.ProcessExit -= OnExit, TaskScheduler.Default);

        // The one place that must block: the process is gone once this returns.
        void OnExit(object sender, EventArgs args)
        {
            if (!shutdown.System.WhenTerminated.IsCompleted)
                Task.WhenAny(shutdown.Run(CoordinatedShutdown.ClrExitReason.Instance)).Wait(shutdown.TotalTimeout);
        }
    }
}
