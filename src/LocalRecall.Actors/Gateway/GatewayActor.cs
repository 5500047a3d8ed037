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
    private IReadOnlyList<string> _leases = [];
    private bool _stopping;

    public GatewayActor(GatewaySettings settings, IActorRef query, IActorRef ingest, IActorRef lifecycle)
    {
        _settings = settings;
        _token = Encoding.UTF8.GetBytes(settings.Token);
        (_workers, _lifecycle) = ([query, ingest], lifecycle);
        Receive<Hello>(OnHello);
        Receive<HandOver>(OnHandOver);
        Route<Search>(query);
        Route<GetMemory>(query);
        Route<ListMemories>(query);
        Route<EmbedTexts>(query);
        Route<CheckIntegrity>(query);
        Route<AddMemory>(ingest);
        Route<ForgetMemory>(ingest);
        Route<ImportPaths>(ingest);
        Route<StopWatching>(ingest);
        Route<GetStatus>(lifecycle);
        Route<StopHost>(lifecycle);
        Receive<GetActivity>(_ => ReportActivity());
        Receive<StopIntake>(_ =>
        {
            _stopping = true;
            Sender.Tell(IntakeStopped.Instance);
        });
        Receive<Cancel>(OnCancel);
        Receive<DisassociatedEvent>(OnGone);
    }

    public static Props CreateProps(GatewaySettings settings, IActorRef query, IActorRef ingest, IActorRef lifecycle) =>
        Props.Create(() => new GatewayActor(settings, query, ingest, lifecycle));

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
        where TRequest : IRequest =>
        Receive<TRequest>(request =>
        {
            if (!IsOfSender(request.Header.Ticket))
            {
                Refuse(request.Header.RequestId, FailureCode.Unauthorized, "Say hello first: this ticket is not known on this connection.");
            }
            else if (_stopping)
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
                target.Tell(new Authorized<TRequest>(request, Sender, ClientOf(Sender.Path.Address)));
            }
        });

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
