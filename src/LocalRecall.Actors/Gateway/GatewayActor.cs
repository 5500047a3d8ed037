using System.Security.Cryptography;
using System.Text;
using Akka.Actor;
using Akka.Event;
using Akka.Remote;
using LocalRecall.Actors.Lifecycle;
using LocalRecall.Actors.Requests;
using LocalRecall.Contracts;
using LocalRecall.Contracts.Messages;
using LocalRecall.Core.Embedding;
using static LocalRecall.Actors.Gateway.GatewayProtocol;

namespace LocalRecall.Actors.Gateway;

/// <param name="Token">What a client must show.</param>
public sealed record GatewaySettings(string Token, string HostVersion)
{
    /// <summary>What this host speaks.</summary>
    public ProtocolRange Protocols { get; init; } = ProtocolRange.Ours;

    /// <summary>Without the token: this may end up in a log.</summary>
    public override string ToString() => $"{nameof(GatewaySettings)} {{ {nameof(HostVersion)} = {HostVersion} }}";
}

/// <summary>Who does the work.</summary>
public sealed record GatewayPorts(IActorRef Query, IActorRef Ingest, IActorRef Hooks, IActorRef Transcripts, IActorRef Mcp, IActorRef Models, IActorRef Lifecycle);

/// <summary>
/// The only actor a remote message reaches: checks version, token and deadline, and hands on to who does the work.
/// A client's ticket is good until its connection closes; then whoever works for it is told.
/// </summary>
public sealed class GatewayActor : ReceiveActor
{
    /// <summary>A stop needs a deadline like every request; a hand-over brings none.</summary>
    private static readonly TimeSpan HandOverLimit = TimeSpan.FromSeconds(10);

    private const int MaxLeaseLength = 200;

    private readonly GatewaySettings _settings;
    private readonly byte[] _token;
    private readonly IActorRef[] _workers;
    private readonly IActorRef _lifecycle;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Dictionary<Address, Client> _clients = [];
    private readonly Dictionary<Type, Action<LocalRequest>> _local = [];
    private IReadOnlyList<string> _leases = [];
    private bool _stopping;

    public GatewayActor(GatewaySettings settings, GatewayPorts ports)
    {
        _settings = settings;
        _token = Encoding.UTF8.GetBytes(settings.Token);
        (_workers, _lifecycle) = ([ports.Query, ports.Ingest, ports.Hooks, ports.Transcripts, ports.Mcp, ports.Models], ports.Lifecycle);
        Receive<Hello>(OnHello);
        Receive<HandOver>(OnHandOver);
        Route<Search>(ports.Query);
        Route<GetMemory>(ports.Query);
        Route<ListMemories>(ports.Query);
        Route<EmbedTexts>(ports.Query);
        Route<CheckIntegrity>(ports.Query);
        Route<AddMemory>(ports.Ingest);
        Route<ForgetMemory>(ports.Ingest);
        Route<ImportPaths>(ports.Ingest);
        Route<StopWatching>(ports.Ingest);
        Route<UpdateMemory>(ports.Ingest);
        Route<RedactStored>(ports.Ingest);
        Route<FindContext>(ports.Hooks);
        Route<NoteSpool>(ports.Transcripts);
        Route<McpLine>(ports.Mcp);
        Route<ListModels>(ports.Models);
        Route<UseModel>(ports.Models);
        Route<CheckModels>(ports.Models);
        Route<GetStatus>(ports.Lifecycle);
        Route<StopHost>(ports.Lifecycle);
        Receive<LocalRequest>(OnLocalRequest);
        Receive<CancelLocal>(cancel => TellWorkers(new CancelRequest(cancel.RequestId, cancel.Client)));
        Receive<GetActivity>(_ => ReportActivity());
        Receive<StopIntake>(_ =>
        {
            _stopping = true;
            Sender.Tell(IntakeStopped.Instance);
        });
        Receive<Cancel>(OnCancel);
        Receive<DisassociatedEvent>(OnGone);
    }

    public static Props CreateProps(GatewaySettings settings, GatewayPorts ports) => Props.Create(() => new GatewayActor(settings, ports));

    protected override void PreStart() => Context.System.EventStream.Subscribe<DisassociatedEvent>(Self);

    protected override void PostStop() => Context.System.EventStream.Unsubscribe(Self);

    private void OnHello(Hello hello)
    {
        if (!_settings.Protocols.Contains(hello.ProtocolVersion))
        {
            string advice = hello.ProtocolVersion < _settings.Protocols.Oldest
                ? $"Upgrade the client: install LocalRecall {_settings.HostVersion} or newer in its place."
                : "Upgrade the host: install the client's version of it; the client then has this one make way.";
            Refuse(hello.RequestId, FailureCode.UnsupportedVersion,
                $"The client speaks protocol version {hello.ProtocolVersion}, the host ({_settings.HostVersion}) {_settings.Protocols}. {advice}");
            return;
        }

        if (!IsOurs(hello.Token))
        {
            RefuseToken(hello.RequestId);
            return;
        }

        if (_stopping)
        {
            Sender.Tell(RequestFailed.HostStops(hello.RequestId).ToReply(hello.RequestId));
            return;
        }

        Address address = Sender.Path.Address;
        Guid ticket = _clients.TryGetValue(address, out Client? known) ? known.Ticket : new Guid(RandomNumberGenerator.GetBytes(16));
        _clients[address] = new Client(ticket, LeaseOf(hello));
        OnClientsChanged();
        Sender.Tell(new Welcome(hello.RequestId, ticket, hello.ProtocolVersion, _settings.HostVersion));
    }

    private void OnHandOver(HandOver wish)
    {
        if (!IsOurs(wish.Token))
        {
            RefuseToken(wish.RequestId);
        }
        else if (!ReleaseVersion.IsNewer(wish.Version, _settings.HostVersion))
        {
            Refuse(wish.RequestId, FailureCode.BadRequest, $"This host is {_settings.HostVersion}; it makes way for a newer version only.");
        }
        else if (_stopping)
        {
            Sender.Tell(new HostStopping(wish.RequestId));
        }
        else
        {
            _log.Info("Making way for version {0}", wish.Version);
            var stop = new StopHost(new RequestHeader(wish.RequestId, Guid.Empty, Context.System.Scheduler.Now + HandOverLimit));
            _lifecycle.Tell(new Authorized<StopHost>(stop, Sender, ClientOf(Sender.Path.Address)));
        }
    }

    private void Route<TRequest>(IActorRef target)
        where TRequest : IRequest
    {
        _local.Add(typeof(TRequest), local => HandOn((TRequest)local.Request, local.Client, target));
        Receive<TRequest>(request =>
        {
            if (IsOfSender(request.Header.Ticket))
            {
                HandOn(request, ClientOf(Sender.Path.Address), target);
            }
            else
            {
                Refuse(request.Header.RequestId, FailureCode.Unauthorized, "Say hello first: this ticket is not known on this connection.");
            }
        });
    }

    /// <summary>No wire message can be one: whoever sends it is in this process.</summary>
    private void OnLocalRequest(LocalRequest local)
    {
        if (_local.TryGetValue(local.Request.GetType(), out Action<LocalRequest>? handOn))
        {
            handOn(local);
        }
        else
        {
            Refuse(local.Request.Header.RequestId, FailureCode.BadRequest, $"{local.Request.GetType().Name} is not served.");
        }
    }

    private void HandOn<TRequest>(TRequest request, ClientId client, IActorRef target)
        where TRequest : IRequest
    {
        if (_stopping)
        {
            Sender.Tell(RequestFailed.HostStops(request.Header.RequestId).ToReply(request.Header.RequestId));
        }
        else if (request.Header.Deadline <= Context.System.Scheduler.Now)
        {
            Refuse(request.Header.RequestId, FailureCode.Expired, "The deadline had passed when the request came.");
        }
        else
        {
            ReportActivity();
            target.Tell(new Authorized<TRequest>(request, Sender, client));
        }
    }

    private bool IsOurs(string token) => CryptographicOperations.FixedTimeEquals(_token, Encoding.UTF8.GetBytes(token));

    private void RefuseToken(Guid requestId) =>
        Refuse(requestId, FailureCode.Unauthorized, "Wrong token; the right one is in the home folder's endpoint.json.");

    private void OnCancel(Cancel cancel)
    {
        if (IsOfSender(cancel.Ticket))
        {
            TellWorkers(new CancelRequest(cancel.RequestId, ClientOf(Sender.Path.Address)));
        }
    }

    private void OnGone(DisassociatedEvent gone)
    {
        TellWorkers(new ClientGone(ClientOf(gone.RemoteAddress)));
        if (_clients.Remove(gone.RemoteAddress))
        {
            OnClientsChanged();
        }
    }

    private void TellWorkers(IInternalMessage message)
    {
        foreach (IActorRef worker in _workers)
        {
            worker.Tell(message);
        }
    }

    private bool IsOfSender(Guid ticket) => _clients.TryGetValue(Sender.Path.Address, out Client? known) && known.Ticket == ticket;

    private static ClientId ClientOf(Address address) => new(address.ToString());

    private void Refuse(Guid requestId, FailureCode code, string message) => Sender.Tell(new Failure(requestId, code, message));

    private static string? LeaseOf(Hello hello)
    {
        string lease = $"{hello.Lease} ({hello.ClientName} {hello.ClientVersion})";
        return hello.Lease.Length == 0 ? null : lease.Length > MaxLeaseLength ? lease[..MaxLeaseLength] + "…" : lease;
    }

    private void OnClientsChanged()
    {
        _leases = [.. _clients.Values.Select(client => client.Lease).OfType<string>().Order(StringComparer.Ordinal)];
        ReportActivity();
    }

    private void ReportActivity() => _lifecycle.Tell(new LifecycleProtocol.Activity(_clients.Count, _leases));

    /// <param name="Lease">Who keeps the host, and what for; null if this client does not.</param>
    private sealed record Client(Guid Ticket, string? Lease);
}
