using Akka.Actor;
using LocalRecall.Actors.Metrics;
using LocalRecall.Actors.Requests;
using LocalRecall.Contracts.Messages;
using LocalRecall.Core.Embedding;
using LocalRecall.Core.Requests;
using static LocalRecall.Actors.Mcp.McpProtocol;

namespace LocalRecall.Actors.Mcp;

/// <summary>
/// Speaks MCP with agents: a child for each message, as with every request, and a facade for each session. A facade that is gone, for
/// whatever reason, is made anew at its session's next message, which brings what is needed for it.
/// </summary>
public sealed class McpActor : RequestCoordinator, IWithTimers
{
    private static readonly TimeSpan IdleCheck = TimeSpan.FromMinutes(1);

    private readonly SessionTable<IActorRef> _sessions;
    private readonly Dictionary<IActorRef, IActorRef> _facadeOfLine = [];
    private readonly McpSettings _settings;
    private Props? _facade;
    private long _facadesBegun;

    public McpActor(McpSettings settings, RequestLimits limits, HostMetrics metrics)
        : base(limits, metrics)
    {
        _settings = settings;
        _sessions = new SessionTable<IActorRef>(settings.MaxSessions, settings.IdleSession);
        Serve<McpLine>(LineActor.CreateProps);
        Receive<FindFacade>(OnFindFacade);
        Receive<EndIdle>(_ => Stop(_sessions.RemoveIdle(Context.System.Scheduler.Now)));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props CreateProps(McpSettings settings, RequestLimits limits, HostMetrics metrics) =>
        Props.Create(() => new McpActor(settings, limits, metrics));

    protected override void OnClosed(IActorRef child)
    {
        if (_facadeOfLine.Remove(child, out IActorRef? facade))
        {
            _sessions.Leave(facade, Context.System.Scheduler.Now);
        }
    }

    protected override void OnClientGone(ClientId client) => Stop(_sessions.RemoveOf(client));

    protected override void OnChildStopped(Terminated terminated)
    {
        _sessions.Remove(terminated.ActorRef);
        base.OnChildStopped(terminated);
    }

    private void OnFindFacade(FindFacade find)
    {
        IActorRef line = Sender;
        if (!IsOpen(line))
        {
            return; // nobody waits any more
        }

        if (find.Gone is { } gone)
        {
            _sessions.Remove(gone);
        }

        DateTimeOffset now = Context.System.Scheduler.Now;
        IActorRef? facade = _sessions.Enter(find.Session, find.Client, now);
        if (facade is null)
        {
            if (!_sessions.TryMakeRoom(out IActorRef? leaver))
            {
                line.Tell(new RequestFailed(Guid.Empty, FailureCode.Busy, "Too many MCP sessions are at work; try again.", TimeSpan.FromMilliseconds(100)));
                return;
            }

            Stop(leaver is null ? [] : [leaver]);
            facade = Begin();
            _sessions.Add(find.Session, facade, find.Client, now);
        }

        _facadeOfLine[line] = facade;
        line.Tell(new FacadeFound(facade));
    }

    private IActorRef Begin()
    {
        if (!Timers.IsTimerActive(nameof(EndIdle)))
        {
            Timers.StartPeriodicTimer(nameof(EndIdle), EndIdle.Instance, IdleCheck);
        }

        // Not before somebody wants it: a host without MCP sessions never loads the SDK.
        _facade ??= FacadeActor.CreateProps(new RecallServer(Context.System, _settings.Version));
        return Context.Watch(Context.ActorOf(_facade, $"facade-{_facadesBegun++}"));
    }

    private void Stop(IReadOnlyList<IActorRef> facades)
    {
        foreach (IActorRef facade in facades)
        {
            Context.Stop(facade);
        }

        if (_sessions.Count == 0)
        {
            Timers.Cancel(nameof(EndIdle));
        }
    }

    private sealed class EndIdle : IInternalMessage
    {
        public static readonly EndIdle Instance = new();
    }
}
