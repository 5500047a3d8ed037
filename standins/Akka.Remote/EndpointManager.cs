using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Dispatch.SysMsg;
using Akka.Event;
using Akka.Remote.Serialization;
using Akka.Remote.Transport;
using AkkaRemote.Wire;
using Google.Protobuf;

namespace Akka.Remote;

/// <summary>
/// Owns all associations: one actor, so that everything about an address happens one thing at a time.
/// Where Akka.NET has an actor for each of an endpoint's roles, this has a plain object per address.
/// </summary>
internal sealed class EndpointManager : UntypedActor
{
    internal sealed record Listen(TaskCompletionSource<Address> Address) : INoSerializationVerificationNeeded;
    internal sealed record Send(object Message, RemoteActorRef Recipient, IActorRef? Sender) : INoSerializationVerificationNeeded;
    internal sealed record Quarantine(Address Remote, int? Uid) : INoSerializationVerificationNeeded;
    internal sealed record ShutdownAndFlush : INoSerializationVerificationNeeded;
    internal sealed record Acknowledged(AkkaProtocolHandle Handle, Ack Ack) : INoSerializationVerificationNeeded;
    internal sealed record Disassociated(AkkaProtocolHandle Handle, DisassociateInfo Info) : INoSerializationVerificationNeeded;
    private sealed record Listening(TaskCompletionSource<Address> Promise, Address Address) : INoSerializationVerificationNeeded;
    private sealed record ListenFailed(TaskCompletionSource<Address> Promise, Exception Cause) : INoSerializationVerificationNeeded;
    private sealed record Inbound(AkkaProtocolHandle Handle) : INoSerializationVerificationNeeded;
    private sealed record Associated(Endpoint Endpoint, AkkaProtocolHandle Handle) : INoSerializationVerificationNeeded;
    private sealed record AssociateFailed(Endpoint Endpoint, Exception Cause) : INoSerializationVerificationNeeded;
    private sealed record Ungate(Endpoint Endpoint) : INoSerializationVerificationNeeded;
    private sealed record Resend(Endpoint Endpoint) : INoSerializationVerificationNeeded;
    private sealed record TooLongSilent(Endpoint Endpoint) : INoSerializationVerificationNeeded;
    private sealed record Prune : INoSerializationVerificationNeeded;

    private enum State { Idle, Connecting, Active, Gated }

    /// <summary>The side that writes to one address. It outlives its connections.</summary>
    private sealed class Endpoint(Address remote, int resendCapacity)
    {
        public readonly Address Remote = remote;
        public readonly ResendBuffer<Send> SystemMessages = new(resendCapacity);
        public readonly Queue<Send> Waiting = new();
        public readonly List<AkkaProtocolHandle> StashedInbound = [];
        public State State;
        public InboundReader? Reader;
        public bool IsInbound;
        public int? Uid;
        public long? GiveUpAtMs;
        public ICancelable? Timer;
    }

    /// <summary>What to do with messages to an address: a gate, or a quarantine mark.</summary>
    private sealed record Policy(Endpoint? Pass, long UntilMs, int? QuarantinedUid = null);

    private readonly Dictionary<Address, Policy> _policies = [];
    private readonly Dictionary<Address, (int Uid, long UntilMs)> _refusedUids = [];
    private readonly Dictionary<Address, InboundReader> _readOnly = [];
    private readonly Dictionary<Address, ReceiveBuffer<RemoteEnvelope>> _received = [];
    private readonly RemoteSettings _settings;
    private readonly ExtendedActorSystem _system;
    private readonly ILoggingAdapter _log;
    private readonly EventPublisher _events;
    private readonly TcpTransport _transport;
    private readonly InboundDispatcher _dispatcher;
    private Address? _local;

    public EndpointManager(RemoteActorRefProvider provider, ILoggingAdapter log)
    {
        _settings = provider.RemoteSettings;
        _system = (ExtendedActorSystem)Context.System;
        _log = log;
        _events = new EventPublisher(_system, log, Logging.LogLevelFor(_settings.RemoteLifecycleEventsLogLevel));
        _transport = new TcpTransport(_system, _settings, log);
        _dispatcher = new InboundDispatcher(_system, provider, log);
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Listen listen:
                _transport.ListenAsync().PipeTo(Self,
                    success: address => new Listening(listen.Address, address),
                    failure: cause => new ListenFailed(listen.Address, cause));
                break;
            case Listening listening:
                _local = listening.Address;
                var self = Self;
                _transport.Accept(handle => self.Tell(new Inbound(handle), ActorRefs.NoSender));
                listening.Promise.TrySetResult(listening.Address);
                break;
            case ListenFailed failed:
                failed.Promise.TrySetException(failed.Cause);
                break;
            case Send send:
                OnSend(send);
                break;
            case Inbound inbound:
                OnInbound(inbound.Handle);
                break;
            case Associated associated:
                OnAssociated(associated.Endpoint, associated.Handle);
                break;
            case AssociateFailed failed:
                OnAssociateFailed(failed.Endpoint, failed.Cause);
                break;
            case Disassociated disassociated:
                OnDisassociated(disassociated.Handle, disassociated.Info);
                break;
            case Acknowledged acknowledged:
                OnAcknowledged(acknowledged.Handle, acknowledged.Ack);
                break;
            case Ungate ungate:
                OnUngate(ungate.Endpoint);
                break;
            case Resend resend when IsCurrent(resend.Endpoint) && resend.Endpoint.State == State.Active:
                ResendAll(resend.Endpoint);
                break;
            case TooLongSilent silent when IsCurrent(silent.Endpoint) && silent.Endpoint.State == State.Idle:
                OnHopeless(silent.Endpoint, new TimeoutException("Delivery of system messages timed out and they were dropped"));
                break;
            case Quarantine quarantine:
                OnQuarantine(quarantine.Remote, quarantine.Uid);
                break;
            case Prune:
                OnPrune();
                break;
            case ShutdownAndFlush:
                OnShutdown();
                break;
        }
    }

    // ---- outbound ----

    private void OnSend(Send send)
    {
        var remote = send.Recipient.Path.Address;
        if (!_policies.TryGetValue(remote, out var policy) || policy.Pass is null)
        {
            if (policy is { QuarantinedUid: null } && policy.UntilMs > NowMs())
            {
                DeadLetter(send);
                return;
            }
            policy = new Policy(new Endpoint(remote, _settings.SysMsgBufferSize), 0);
            _policies[remote] = policy;
        }
        Deliver(policy.Pass!, send);
    }

    private void Deliver(Endpoint endpoint, Send send)
    {
        if (send.Message is ISystemMessage)
        {
            long seq;
            try
            {
                seq = endpoint.SystemMessages.Add(send);
            }
            catch (ResendBufferCapacityReachedException e)
            {
                OnHopeless(endpoint, e);
                return;
            }
            if (endpoint.State == State.Active)
            {
                // Not too many at once: the rest follows with the acknowledgements' resends.
                if (endpoint.SystemMessages.Count <= _settings.SysResendLimit)
                    Write(endpoint, send, seq);
                ScheduleResend(endpoint);
            }
        }
        else if (endpoint.State == State.Active)
        {
            Write(endpoint, send, null);
        }
        else if (endpoint.State == State.Gated)
        {
            DeadLetter(send);
        }
        else
        {
            endpoint.Waiting.Enqueue(send);
        }
        if (endpoint.State == State.Idle)
            Connect(endpoint);
    }

    private void Connect(Endpoint endpoint)
    {
        SetTimer(endpoint, null);
        endpoint.State = State.Connecting;
        _transport.AssociateAsync(endpoint.Remote, RefusedUid(endpoint.Remote)).PipeTo(Self,
            success: handle => new Associated(endpoint, handle),
            failure: cause => new AssociateFailed(endpoint, cause));
    }

    private void OnAssociated(Endpoint endpoint, AkkaProtocolHandle handle)
    {
        if (!IsCurrent(endpoint) || endpoint.State != State.Connecting)
        {
            _ = handle.Disassociate(DisassociateInfo.Unknown);
            return;
        }
        if (RefusedUid(endpoint.Remote) == handle.Uid)
        {
            // Quarantined while we connected.
            _ = handle.Disassociate(DisassociateInfo.Quarantined);
            MarkQuarantined(endpoint.Remote, handle.Uid);
            _events.NotifyListeners(new QuarantinedEvent(endpoint.Remote, handle.Uid));
            Stop(endpoint, DisassociateInfo.Quarantined);
            return;
        }
        if (endpoint.Uid is { } uid && uid != handle.Uid)
        {
            foreach (var send in endpoint.SystemMessages.Reset())
                DeadLetter(send);
        }
        _events.NotifyListeners(new AssociatedEvent(handle.LocalAddress, endpoint.Remote, inbound: false));
        Activate(endpoint, handle, inbound: false);
        foreach (var stashed in TakeStashed(endpoint))
            OnInbound(stashed);
    }

    private void OnAssociateFailed(Endpoint endpoint, Exception cause)
    {
        if (!IsCurrent(endpoint) || endpoint.State != State.Connecting)
            return;
        var problem = new InvalidAssociationException($"Association failed with {endpoint.Remote}", cause);
        _events.NotifyListeners(new AssociationErrorEvent(problem, _local!, endpoint.Remote, false, LogLevel.WarningLevel));
        _events.NotifyListeners(new DisassociatedEvent(_local!, endpoint.Remote, false));
        KeepQuarantinedOr(endpoint.Remote, () =>
        {
            _log.Warning("Tried to associate with unreachable remote address [{0}]. Address is now gated for {1} ms, all messages to this address will be delivered to dead letters. Reason: [{2}] Caused by: [{3}]",
                endpoint.Remote, _settings.RetryGateClosedFor.TotalMilliseconds, problem.Message, cause.Message);
            Gate(endpoint.Remote);
        });
        Stop(endpoint, DisassociateInfo.Unknown);
    }

    private void Activate(Endpoint endpoint, AkkaProtocolHandle handle, bool inbound)
    {
        SetTimer(endpoint, null);
        endpoint.State = State.Active;
        endpoint.Uid = handle.Uid;
        endpoint.IsInbound = inbound;
        endpoint.GiveUpAtMs = null;
        endpoint.Reader = NewReader(handle);
        ResendAll(endpoint);
        while (endpoint.Waiting.TryDequeue(out var send))
            Write(endpoint, send, null);
        handle.StartReading(endpoint.Reader);
    }

    private void ResendAll(Endpoint endpoint)
    {
        foreach (var (seq, send) in endpoint.SystemMessages.Unacknowledged.Take(_settings.SysResendLimit))
            Write(endpoint, send, seq);
        endpoint.Timer = null;
        ScheduleResend(endpoint);
    }

    private void ScheduleResend(Endpoint endpoint)
    {
        if (endpoint.Timer is null && endpoint.SystemMessages.Count > 0)
            SetTimer(endpoint, new Resend(endpoint), _settings.SysResendTimeout);
    }

    private void Write(Endpoint endpoint, Send send, long? seq)
    {
        if (_settings.LogSend)
            _log.Debug("RemoteMessage: {0} to [{1}] from [{2}]", send.Message, send.Recipient, send.Sender ?? _system.DeadLetters);
        ByteString payload;
        try
        {
            var envelope = new RemoteEnvelope
            {
                Recipient = new ActorRefData { Path = send.Recipient.Path.ToSerializationFormat() },
                Message = MessageSerializer.Serialize(_system, send.Message),
                Seq = seq is { } number ? (ulong)number : AkkaPduCodec.SeqUndefined,
            };
            if (send.Sender is { Path: not null } sender && !sender.IsNobody())
                envelope.Sender = new ActorRefData { Path = PathOf(sender) };
            payload = new AckAndEnvelopeContainer { Envelope = envelope }.ToByteString();
        }
        catch (Exception e) when (e is SerializationException or ArgumentException)
        {
            _log.Error(e, "Serialization failed for message [{0}]. Transient association error (association remains live)", send.Message.GetType());
            return;
        }
        catch (Exception e)
        {
            // As in Akka.NET: only those two are taken as the message's own fault.
            var problem = new EndpointException($"Failed to write message [{send.Message}] to the transport", e);
            _events.NotifyListeners(new AssociationErrorEvent(problem, _local!, endpoint.Remote, endpoint.IsInbound, LogLevel.ErrorLevel));
            _ = endpoint.Reader!.Handle.Disassociate(DisassociateInfo.Unknown);
            Self.Tell(new Disassociated(endpoint.Reader.Handle, DisassociateInfo.Unknown), ActorRefs.NoSender);
            return;
        }
        if (payload.Length > _settings.Tcp.MaximumFrameBytes)
        {
            var reason = new OversizedPayloadException(
                $"Discarding oversized payload sent to {send.Recipient}: max allowed size {_settings.Tcp.MaximumFrameBytes} bytes, actual size of encoded {send.Message.GetType()} was {payload.Length} bytes.");
            _log.Error(reason, "Transient association error (association remains live)");
            return;
        }
        // A failure to write shows as the end of reading, and is handled there.
        endpoint.Reader!.Handle.Write(payload);
    }

    private string PathOf(IActorRef sender) => string.IsNullOrEmpty(sender.Path.Address.Host)
        ? sender.Path.ToSerializationFormatWithAddress(_local)
        : sender.Path.ToSerializationFormat();

    private void OnAcknowledged(AkkaProtocolHandle handle, Ack ack)
    {
        if (ActiveEndpointOf(handle) is not { } endpoint)
            return;
        try
        {
            foreach (var (seq, send) in endpoint.SystemMessages.Acknowledge(ack))
                Write(endpoint, send, seq);
        }
        catch (ResendUnfulfillableException e)
        {
            OnHopeless(endpoint, e);
        }
    }

    // ---- inbound ----

    private void OnInbound(AkkaProtocolHandle handle)
    {
        var remote = handle.RemoteAddress;
        _policies.TryGetValue(remote, out var policy);
        if (_readOnly.TryGetValue(remote, out var replaced))
        {
            _ = replaced.Handle.Disassociate(DisassociateInfo.Unknown);
            AddReadOnly(handle);
            if (policy?.Pass is { } writer)
                OnUngate(writer);
        }
        else if (IsQuarantined(remote, handle.Uid))
        {
            _ = handle.Disassociate(DisassociateInfo.Quarantined);
        }
        else if (policy?.Pass is { Uid: null } connecting)
        {
            connecting.StashedInbound.Add(handle);
        }
        else if (policy?.Pass is { } known && known.Uid == handle.Uid)
        {
            known.Reader?.StopDelivering();
            _events.NotifyListeners(new AssociatedEvent(handle.LocalAddress, remote, inbound: true));
            AddReadOnly(handle);
            OnUngate(known);
        }
        else
        {
            if (policy?.Pass is { } old)
            {
                // The remote system was restarted: its old incarnation must not come back.
                Stop(old, DisassociateInfo.Unknown);
                MarkQuarantined(remote, old.Uid!.Value);
            }
            _events.NotifyListeners(new AssociatedEvent(handle.LocalAddress, remote, inbound: true));
            if (!_settings.UsePassiveConnections)
            {
                AddReadOnly(handle);
                return;
            }
            var endpoint = new Endpoint(remote, _settings.SysMsgBufferSize);
            _policies[remote] = new Policy(endpoint, 0);
            Activate(endpoint, handle, inbound: true);
        }
    }

    private void AddReadOnly(AkkaProtocolHandle handle)
    {
        var reader = NewReader(handle);
        _readOnly[handle.RemoteAddress] = reader;
        handle.StartReading(reader);
    }

    private InboundReader NewReader(AkkaProtocolHandle handle)
    {
        if (!_received.TryGetValue(handle.RemoteAddress, out var received) || received.Uid != handle.Uid)
            _received[handle.RemoteAddress] = received = new ReceiveBuffer<RemoteEnvelope>(handle.Uid, _settings.SysMsgBufferSize);
        return new InboundReader(handle, received, _dispatcher, Self, _log);
    }

    // ---- ends ----

    private void OnDisassociated(AkkaProtocolHandle handle, DisassociateInfo info)
    {
        if (_readOnly.TryGetValue(handle.RemoteAddress, out var reader) && reader.Handle == handle)
        {
            _readOnly.Remove(handle.RemoteAddress);
            ForgetReceivedOf(handle.RemoteAddress);
            _events.NotifyListeners(new DisassociatedEvent(handle.LocalAddress, handle.RemoteAddress, inbound: true));
            return;
        }
        if (ActiveEndpointOf(handle) is not { } endpoint)
            return;
        var remote = endpoint.Remote;
        endpoint.Reader = null;
        switch (info)
        {
            case DisassociateInfo.Shutdown:
                KeepQuarantinedOr(remote, () =>
                {
                    _log.Debug("Remote system with address [{0}] has shut down. Address is now gated for {1}ms, all messages to this address will be delivered to dead letters.",
                        remote, _settings.RetryGateClosedFor.TotalMilliseconds);
                    Gate(remote);
                });
                Stop(endpoint, info);
                break;
            case DisassociateInfo.Quarantined:
                var problem = new InvalidAssociationException("The remote system has quarantined this system. No further associations to the remote system are possible until this system is restarted.");
                _events.NotifyListeners(new AssociationErrorEvent(problem, handle.LocalAddress, remote, endpoint.IsInbound, LogLevel.WarningLevel));
                KeepQuarantinedOr(remote, () =>
                {
                    _log.Warning("Tried to associate with unreachable remote address [{0}]. Address is now gated for {1} ms, all messages to this address will be delivered to dead letters. Reason: [{2}] ",
                        remote, _settings.RetryGateClosedFor.TotalMilliseconds, problem.Message);
                    Gate(remote);
                });
                Stop(endpoint, info);
                _system.EventStream.Publish(new ThisActorSystemQuarantinedEvent(handle.LocalAddress, remote));
                break;
            default:
                _log.Warning("Association with remote system {0} has failed; address is now gated for {1} ms. Reason is: [Disassociated]",
                    remote, _settings.RetryGateClosedFor.TotalMilliseconds);
                if (endpoint.SystemMessages.Count > 0)
                    endpoint.GiveUpAtMs ??= NowMs() + (long)_settings.InitialSysMsgDeliveryTimeout.TotalMilliseconds;
                endpoint.State = State.Gated;
                SetTimer(endpoint, new Ungate(endpoint), _settings.RetryGateClosedFor);
                break;
        }
        _events.NotifyListeners(new DisassociatedEvent(handle.LocalAddress, remote, endpoint.IsInbound));
    }

    private void OnUngate(Endpoint endpoint)
    {
        if (!IsCurrent(endpoint) || endpoint.State != State.Gated)
            return;
        SetTimer(endpoint, null);
        if (endpoint.SystemMessages.Count > 0)
        {
            if (endpoint.GiveUpAtMs < NowMs())
                OnHopeless(endpoint, new TimeoutException("Delivery of system messages timed out and they were dropped"));
            else
                Connect(endpoint);
        }
        else if (endpoint.SystemMessages.Used || _received.TryGetValue(endpoint.Remote, out var received) && received.Used)
        {
            endpoint.State = State.Idle;
            SetTimer(endpoint, new TooLongSilent(endpoint), _settings.QuarantineSilentSystemTimeout);
        }
        else
        {
            // Nothing to remember. (Akka.NET keeps an idle endpoint here too, for two days.)
            Stop(endpoint, DisassociateInfo.Unknown);
        }
    }

    private void OnHopeless(Endpoint endpoint, Exception cause)
    {
        if (endpoint.Uid is { } uid)
        {
            _log.Error(cause, "Association to [{0}] with UID [{1}] is irrecoverably failed. Quarantining address.", endpoint.Remote, uid);
            MarkQuarantined(endpoint.Remote, uid);
            _events.NotifyListeners(new QuarantinedEvent(endpoint.Remote, uid));
        }
        else
        {
            _log.Warning("Association to [{0}] with unknown UID is irrecoverably failed. Address cannot be quarantined without knowing the UID, gating instead for {1} ms.",
                endpoint.Remote, _settings.RetryGateClosedFor.TotalMilliseconds);
            Gate(endpoint.Remote);
        }
        Stop(endpoint, DisassociateInfo.Unknown);
    }

    private void OnQuarantine(Address remote, int? uid)
    {
        _policies.TryGetValue(remote, out var policy);
        if (policy?.Pass is { } endpoint)
        {
            if (uid is null)
            {
                _log.Warning("Association to [{0}] with unknown UID is reported as quarantined, but address cannot be quarantined without knowing the UID, gating instead for {1} ms.",
                    remote, _settings.RetryGateClosedFor.TotalMilliseconds);
                Gate(remote);
                Stop(endpoint, DisassociateInfo.Unknown);
            }
            else if (endpoint.Uid == uid)
            {
                MarkQuarantined(remote, uid.Value);
                _events.NotifyListeners(new QuarantinedEvent(remote, uid.Value));
                Stop(endpoint, DisassociateInfo.Unknown);
            }
            else if (endpoint.Uid is null)
            {
                _refusedUids[remote] = (uid.Value, QuarantineEndMs());
            }
        }
        else if (uid is { } known && policy?.QuarantinedUid != known)
        {
            MarkQuarantined(remote, known);
            _events.NotifyListeners(new QuarantinedEvent(remote, known));
        }
        if (_readOnly.TryGetValue(remote, out var reader) && (uid is null || reader.Handle.Uid == uid))
        {
            _readOnly.Remove(remote);
            _ = reader.Handle.Disassociate(DisassociateInfo.Unknown);
            ForgetReceivedOf(remote);
        }
    }

    /// <summary>Closes an endpoint for good. Its policy, unless it was replaced before, goes too.</summary>
    private void Stop(Endpoint endpoint, DisassociateInfo reason)
    {
        SetTimer(endpoint, null);
        if (IsCurrent(endpoint))
            _policies.Remove(endpoint.Remote);
        if (endpoint.Reader is { } reader)
        {
            _ = reader.Handle.Disassociate(reason);
            _events.NotifyListeners(new DisassociatedEvent(reader.Handle.LocalAddress, endpoint.Remote, endpoint.IsInbound));
        }
        ForgetReceivedOf(endpoint.Remote);
        foreach (var send in endpoint.SystemMessages.Reset())
            DeadLetter(send);
        while (endpoint.Waiting.TryDequeue(out var send))
            DeadLetter(send);
        foreach (var stashed in TakeStashed(endpoint))
            OnInbound(stashed);
    }

    private void OnShutdown()
    {
        Become(Flushing);
        var sender = Sender;
        var handles = _policies.Values.Select(policy => policy.Pass?.Reader?.Handle).OfType<AkkaProtocolHandle>()
            .Concat(_policies.Values.SelectMany(policy => policy.Pass?.StashedInbound ?? []))
            .Concat(_readOnly.Values.Select(reader => reader.Handle));
        var closing = handles.Select(handle => handle.Disassociate(DisassociateInfo.Shutdown)).Append(_transport.ShutdownAsync()).ToList();
        foreach (var endpoint in _policies.Values.Select(policy => policy.Pass).OfType<Endpoint>())
            SetTimer(endpoint, null);
        Task.WhenAll(closing).WaitAsync(_settings.FlushWait).PipeTo(sender, success: () => true, failure: _ => false);
    }

    private void Flushing(object message)
    {
        if (message is Send send)
            DeadLetter(send);
        else if (message is Inbound inbound)
            _ = inbound.Handle.Disassociate(DisassociateInfo.Shutdown);
        else if (message is Associated associated)
            _ = associated.Handle.Disassociate(DisassociateInfo.Shutdown);
    }

    protected override void PostStop()
    {
        foreach (var policy in _policies.Values)
        {
            if (policy.Pass is { } endpoint)
                SetTimer(endpoint, null);
        }
        // Returns at once after an orderly shutdown.
        _ = _transport.ShutdownAsync();
    }

    // ---- gates and quarantine ----

    private void Gate(Address remote)
    {
        _policies[remote] = new Policy(null, NowMs() + (long)_settings.RetryGateClosedFor.TotalMilliseconds);
        _system.Scheduler.ScheduleTellOnce(_settings.RetryGateClosedFor + TimeSpan.FromSeconds(1), Self, new Prune(), Self);
    }

    private void MarkQuarantined(Address remote, int uid)
    {
        _policies[remote] = new Policy(null, QuarantineEndMs(), uid);
        _refusedUids[remote] = (uid, QuarantineEndMs());
    }

    private void KeepQuarantinedOr(Address remote, Action otherwise)
    {
        if (RefusedUid(remote) is { } uid)
        {
            _log.Info("Quarantined address [{0}] is still unreachable or has not been restarted. Keeping it quarantined.", remote);
            MarkQuarantined(remote, uid);
        }
        else
        {
            otherwise();
        }
    }

    private bool IsQuarantined(Address remote, int uid) => RefusedUid(remote) == uid;

    private int? RefusedUid(Address remote) => _refusedUids.TryGetValue(remote, out var refused) ? refused.Uid : null;

    private void OnPrune()
    {
        var now = NowMs();
        foreach (var remote in _policies.Where(entry => entry.Value.Pass is null && entry.Value.UntilMs <= now).Select(entry => entry.Key).ToList())
            _policies.Remove(remote);
        foreach (var remote in _refusedUids.Where(entry => entry.Value.UntilMs <= now).Select(entry => entry.Key).ToList())
            _refusedUids.Remove(remote);
    }

    // ---- helpers ----

    private bool IsCurrent(Endpoint endpoint) => _policies.TryGetValue(endpoint.Remote, out var policy) && policy.Pass == endpoint;

    private Endpoint? ActiveEndpointOf(AkkaProtocolHandle handle) =>
        _policies.TryGetValue(handle.RemoteAddress, out var policy) && policy.Pass is { State: State.Active } endpoint && endpoint.Reader?.Handle == handle
            ? endpoint
            : null;

    private void ForgetReceivedOf(Address remote)
    {
        if (!_readOnly.ContainsKey(remote) && !(_policies.TryGetValue(remote, out var policy) && policy.Pass is not null))
            _received.Remove(remote);
    }

    private static List<AkkaProtocolHandle> TakeStashed(Endpoint endpoint)
    {
        var stashed = endpoint.StashedInbound.ToList();
        endpoint.StashedInbound.Clear();
        return stashed;
    }

    /// <summary>An endpoint needs one timer at a time: what it waits for depends on its state.</summary>
    private void SetTimer(Endpoint endpoint, object? message, TimeSpan delay = default)
    {
        endpoint.Timer?.Cancel();
        endpoint.Timer = message is null ? null : _system.Scheduler.ScheduleTellOnceCancelable(delay, Self, message, Self);
    }

    private void DeadLetter(Send send) => _system.DeadLetters.Tell(send.Message, send.Sender ?? ActorRefs.NoSender);

    private long QuarantineEndMs() => NowMs() + (long)(_settings.QuarantineDuration ?? TimeSpan.Zero).TotalMilliseconds;

    private static long NowMs() => Environment.TickCount64;
}

/// <summary>An association failed.</summary>
internal sealed class EndpointException(string message, Exception cause) : AkkaException(message, cause);

/// <summary>A message whose frame would be larger than <c>maximum-frame-size</c>. It was dropped.</summary>
internal sealed class OversizedPayloadException(string message) : AkkaException(message);
