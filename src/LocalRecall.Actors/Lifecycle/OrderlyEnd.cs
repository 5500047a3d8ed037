using Akka;
using Akka.Actor;
using Akka.Configuration;
using LocalRecall.Actors.Requests;
using static LocalRecall.Actors.Gateway.GatewayProtocol;

namespace LocalRecall.Actors.Lifecycle;

/// <summary>
/// How the host ends, whoever wishes it: phases of Akka's coordinated shutdown, none of which can take longer than its timeout in
/// <c>host.conf</c>. Intake stops; what is in flight is finished or handed back; files are closed; then the actor system ends, which
/// sends the last replies and closes the connections.
/// </summary>
public static class OrderlyEnd
{
    /// <summary>What the phase needs besides the time to drain: what was handed back is to be answered in it.</summary>
    private static readonly TimeSpan HandBackTime = TimeSpan.FromSeconds(5);

    /// <summary>The configuration, with the phases that drain (HTTP's first, whose requests are more than one to the actors) as long as <c>localrecall.host.drain-time</c> demands.</summary>
    public static Config WithDrainPhase(Config config)
    {
        TimeSpan phase = config.GetTimeSpan("localrecall.host.drain-time") + HandBackTime;
        string timeout = $"timeout = {(long)phase.TotalMilliseconds}ms";
        return ConfigurationFactory
            .ParseString($$"""
                akka.coordinated-shutdown.phases {
                  {{CoordinatedShutdown.PhaseBeforeServiceUnbind}}.{{timeout}}
                  {{CoordinatedShutdown.PhaseServiceRequestsDone}}.{{timeout}}
                }
                """)
            .WithFallback(config);
    }

    /// <summary>To be called once, when the actors have been started.</summary>
    public static void Prepare(ActorSystem system, ActorTree tree)
    {
        TimeSpan drainTime = system.Settings.Config.GetTimeSpan("localrecall.host.drain-time");
        CoordinatedShutdown shutdown = CoordinatedShutdown.Get(system);
        AddTask(CoordinatedShutdown.PhaseServiceUnbind, "stop-intake", limit => tree.Gateway.Ask<IntakeStopped>(StopIntake.Instance, limit));
        AddTask(CoordinatedShutdown.PhaseServiceRequestsDone, "drain", limit =>
        {
            IActorRef drain = system.ActorOf(DrainActor.CreateProps([tree.Query, tree.Ingest, tree.Hooks, tree.Transcripts, tree.Mcp, tree.Models, tree.Lifecycle], drainTime), "drain");
            return drain.Ask<Drained>(Drain.Instance, limit);
        });
        AddTask(CoordinatedShutdown.PhaseServiceStop, "close-files", async limit =>
        {
            await tree.Ingest.GracefulStop(limit).ConfigureAwait(false); // watches and files that nobody waits for
            await Task.WhenAll(tree.Index.GracefulStop(limit), tree.Embedding.GracefulStop(limit)).ConfigureAwait(false);
        });

        void AddTask(string phase, string name, Func<TimeSpan, Task> work) => shutdown.AddTask(phase, name, async () =>
        {
            await work(shutdown.Timeout(phase)).ConfigureAwait(false);
            return Done.Instance;
        });
    }
}
