using System.Diagnostics.Metrics;
using Akka.Actor;
using Akka.Configuration;
using Akka.TestKit;
using LocalRecall.Actors;
using LocalRecall.Actors.Gateway;
using LocalRecall.Actors.Lifecycle;
using LocalRecall.Core.Memories;
using LocalRecall.Core.Ports;
using LocalRecall.Infrastructure.Files;
using LocalRecall.Infrastructure.Sqlite;
using LocalRecall.Tests.Actors.Embedding;
using LocalRecall.Tests.Actors.Models;

namespace LocalRecall.Tests.Actors.Schedules;

/// <summary>
/// A host that can be ended, in order or not, and started anew on the same folder. Files and SQLite are real, the model is scripted, time
/// moves only when the schedule says so.
/// </summary>
internal sealed class ScheduledHost(string home, ScriptedEmbedder model) : IMeterFactory
{
    public const string Token = "secret";

    /// <summary>Real time that nothing takes unless it hangs.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private static readonly Config Config = OrderlyEnd.WithDrainPhase(ConfigurationFactory.ParseString("""
        akka {
          loglevel = OFF
          stdout-loglevel = OFF
          actor.serialize-messages = off # Akka's own events of connections are not made for it
        }
        localrecall {
          requests.max-open-per-client = 8
          embedding.max-queued-texts = 12
          embedding.max-client-texts = 8
        }
        """).WithFallback(TestConfiguration.WithVirtualTime));

    private readonly List<Meter> _meters = [];
    private ScheduledFiles? _files;
    private volatile bool _wantsToStop;

    public ActorSystem System { get; private set; } = null!;

    public ActorTree Tree { get; private set; } = null!;

    public DateTimeOffset Now => System.Scheduler.Now;

    /// <summary>It has asked for its orderly end.</summary>
    public bool WantsToStop => _wantsToStop;

    public void Start()
    {
        _files?.End();
        _wantsToStop = false;
        TimeProvider time = TimeProvider.System;
        System = ActorSystem.Create("localrecall", Config);
        var files = new MemoryFiles(home, time);
        _files = new ScheduledFiles(files);
        var store = new SqliteMemoryStore(Path.Combine(home, "recall.db"), new ForgottenLog(Path.Combine(home, "forgotten.jsonl"), time), time);
        var ports = new HostPorts(new ScriptedModels(model), store, _files, new RootList(home), new FolderWatcher(time), files.Folder);
        Tree = ActorTree.Start(System, ports, this, new GatewaySettings(Token, "1.0.0"), home, () => _wantsToStop = true);
        OrderlyEnd.Prepare(System, Tree);
    }

    public void Advance(TimeSpan time) => ((TestScheduler)System.Scheduler).Advance(time);

    /// <summary>Begins the end in order: what is in flight is finished or handed back.</summary>
    public Task BeginEnd() => CoordinatedShutdown.Get(System).Run(CoordinatedShutdown.ClrExitReason.Instance);

    /// <summary>Begins the end in the middle of everything: from now on nothing reaches a memory file any more.</summary>
    public Task BeginCrash()
    {
        _files!.Dead = true;
        return System.Terminate();
    }

    public Meter Create(MeterOptions options)
    {
        var meter = new Meter(options);
        _meters.Add(meter);
        return meter;
    }

    public void Dispose()
    {
        _files?.End();
        _meters.ForEach(meter => meter.Dispose());
        _meters.Clear();
    }

    /// <summary>The real ones, until the process they belong to is dead.</summary>
    private sealed class ScheduledFiles(MemoryFiles files) : IMemoryFiles
    {
        public volatile bool Dead;

        private readonly ReaderWriterLockSlim _inUse = new();

        /// <summary>A process takes its threads with it; here, what they have begun ends before there is another one.</summary>
        public void End()
        {
            Dead = true;
            _inUse.EnterWriteLock();
            _inUse.ExitWriteLock();
        }

        public string PathOf(MemoryId id, MemoryKind kind) => Use(f => f.PathOf(id, kind));

        public SourceState Write(Memory memory) => Use(f => f.Write(memory));

        public bool DeleteOwned(string path) => Use(f => f.DeleteOwned(path));

        public SourceContent Read(string path) => Use(f => f.Read(path));

        public FileListing List(string path) => Use(f => f.List(path));

        public SourceStamp? Stat(string path) => Use(f => f.Stat(path));

        private T Use<T>(Func<MemoryFiles, T> use)
        {
            _inUse.EnterReadLock();
            try
            {
                return Dead ? throw new IOException("This host is dead.") : use(files);
            }
            finally
            {
                _inUse.ExitReadLock();
            }
        }
    }
}
