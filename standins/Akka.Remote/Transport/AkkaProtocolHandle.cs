using System.Net.Sockets;
using Akka.Actor;
using Akka.Event;
using Google.Protobuf;

namespace Akka.Remote.Transport;

/// <summary>An association could not be made.</summary>
public sealed class InvalidAssociationException(string message, Exception? cause = null) : AkkaException(message, cause);

/// <summary>Who hears of what arrives on an association. Calls come one at a time, from the connection's own loop.</summary>
internal interface IAssociationListener
{
    void OnPayload(ByteString payload);

    /// <summary>The other side ended the association, or the connection broke. The last call.</summary>
    void OnDisassociated(DisassociateInfo info);
}

/// <summary>
/// An association: a connection after the handshake, with heartbeats. It stays open until one side disassociates,
/// the connection breaks, or nothing was heard for too long.
/// </summary>
internal sealed class AkkaProtocolHandle
{
    private readonly TcpConnection _connection;
    private readonly ILoggingAdapter _log;
    private readonly Timer _heartbeat;
    private readonly TimeSpan _silenceLimit;
    private long _lastHeardMs = Environment.TickCount64;
    private int _disassociated;

    private AkkaProtocolHandle(TcpConnection connection, Address local, HandshakeInfo remote, RemoteSettings settings, ILoggingAdapter log)
    {
        _connection = connection;
        _log = log;
        LocalAddress = local.WithProtocol("akka." + local.Protocol);
        RemoteAddress = remote.Origin.WithProtocol("akka." + remote.Origin.Protocol);
        Uid = remote.Uid;
        _silenceLimit = settings.TransportHeartBeatInterval + settings.TransportAcceptablePause;
        _heartbeat = new Timer(_ => OnHeartbeatTimer(), null, settings.TransportHeartBeatInterval, settings.TransportHeartBeatInterval);
    }

    /// <summary>Our own address, with protocol "akka.tcp".</summary>
    public Address LocalAddress { get; }

    /// <summary>The address that the remote system named for itself, with protocol "akka.tcp".</summary>
    public Address RemoteAddress { get; }

    /// <summary>The remote system's incarnation.</summary>
    public int Uid { get; }

    /// <summary>The answering half of the handshake. Null (and the connection closed) if the other side misbehaves.</summary>
    public static async Task<AkkaProtocolHandle?> AcceptAsync(TcpConnection connection, HandshakeInfo local, RemoteSettings settings, ILoggingAdapter log)
    {
        using var timeout = new CancellationTokenSource(settings.Tcp.ConnectionTimeout);
        try
        {
            var frame = await connection.ReadFrameAsync(timeout.Token).ConfigureAwait(false);
            if (frame is null)
            {
                await connection.CloseAsync().ConfigureAwait(false);
                return null;
            }
            if (AkkaPduCodec.Decode(frame) is Pdu.Associate associate)
            {
                connection.Write(AkkaPduCodec.Associate(local));
                return new AkkaProtocolHandle(connection, local.Origin, associate.Info, settings, log);
            }
            log.Debug("Closing an inbound connection that did not begin with an association");
        }
        catch (OperationCanceledException)
        {
            log.Error("No response from remote for inbound association. Handshake timed out after [{0}] ms", settings.Tcp.ConnectionTimeout.TotalMilliseconds);
        }
        catch (Exception e) when (e is PduCodecException or InvalidDataException)
        {
            log.Error(e, "Closing an inbound connection that sent no valid handshake");
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
        {
            log.Debug("Inbound connection broke before its handshake: {0}", e.Message);
        }
        connection.Write(AkkaPduCodec.Disassociate(DisassociateInfo.Unknown));
        await connection.CloseAsync().ConfigureAwait(false);
        return null;
    }

    /// <summary>The asking half of the handshake.</summary>
    /// <param name="refuseUid">An incarnation that is quarantined.</param>
    /// <exception cref="InvalidAssociationException"/>
    public static async Task<AkkaProtocolHandle> AssociateAsync(
        TcpConnection connection, HandshakeInfo local, Address remote, int? refuseUid, RemoteSettings settings, ILoggingAdapter log)
    {
        using var timeout = new CancellationTokenSource(settings.Tcp.ConnectionTimeout);
        var answer = DisassociateInfo.Unknown;
        string problem;
        try
        {
            connection.Write(AkkaPduCodec.Associate(local));
            var frame = await connection.ReadFrameAsync(timeout.Token).ConfigureAwait(false);
            switch (frame is null ? null : AkkaPduCodec.Decode(frame))
            {
                case Pdu.Associate associate when associate.Info.Uid != refuseUid:
                    return new AkkaProtocolHandle(connection, local.Origin, new HandshakeInfo(remote, associate.Info.Uid), settings, log);
                case Pdu.Associate:
                    answer = DisassociateInfo.Quarantined;
                    problem = "The remote system has a UID that has been quarantined. Association aborted.";
                    break;
                case Pdu.Disassociate { Reason: DisassociateInfo.Shutdown }:
                    problem = "The remote system refused the association because it is shutting down.";
                    break;
                case Pdu.Disassociate { Reason: DisassociateInfo.Quarantined }:
                    problem = "The remote system has quarantined this system. No further associations to the remote systems are possible until this system is restarted.";
                    break;
                case Pdu.Disassociate:
                    problem = "The remote system explicitly disassociated (reason unknown).";
                    break;
                default:
                    problem = "Transport disassociated before handshake finished";
                    break;
            }
        }
        catch (OperationCanceledException)
        {
            problem = $"No response from remote for outbound association. Handshake timed out after [{settings.Tcp.ConnectionTimeout.TotalMilliseconds}] ms";
        }
        catch (Exception e) when (e is PduCodecException or InvalidDataException or IOException or SocketException or ObjectDisposedException)
        {
            problem = $"Transport disassociated before handshake finished: {e.Message}";
        }
        connection.Write(AkkaPduCodec.Disassociate(answer));
        await connection.CloseAsync().ConfigureAwait(false);
        throw new InvalidAssociationException(problem);
    }

    /// <summary>Sends a payload; false if the association is gone.</summary>
    public bool Write(ByteString payload) => _connection.Write(AkkaPduCodec.Payload(payload));

    /// <summary>Starts to read. Until then what arrives waits in the socket.</summary>
    public void StartReading(IAssociationListener listener) => _ = ReadAsync(listener);

    /// <summary>Ends the association from this side; the listener hears nothing more. Completes when the socket is closed.</summary>
    public Task Disassociate(DisassociateInfo reason)
    {
        if (Interlocked.Exchange(ref _disassociated, 1) == 0)
        {
            _heartbeat.Dispose();
            _connection.Write(AkkaPduCodec.Disassociate(reason));
        }
        return _connection.CloseAsync();
    }

    private async Task ReadAsync(IAssociationListener listener)
    {
        var end = DisassociateInfo.Unknown;
        try
        {
            while (await _connection.ReadFrameAsync().ConfigureAwait(false) is { } frame)
            {
                if (Volatile.Read(ref _disassociated) == 1)
                    continue;
                Volatile.Write(ref _lastHeardMs, Environment.TickCount64);
                var pdu = AkkaPduCodec.Decode(frame);
                if (pdu is Pdu.Payload payload)
                {
                    listener.OnPayload(payload.Bytes);
                }
                else if (pdu is Pdu.Disassociate disassociate)
                {
                    end = disassociate.Reason;
                    break;
                }
            }
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
        {
            if (IsReset(e))
                end = DisassociateInfo.Shutdown;
        }
        catch (Exception e)
        {
            _log.Error(e, "Closing the association with [{0}]: {1}", RemoteAddress, e.Message);
        }
        if (Interlocked.Exchange(ref _disassociated, 1) == 0)
        {
            _heartbeat.Dispose();
            _ = _connection.CloseAsync();
            listener.OnDisassociated(end);
        }
    }

    // As Akka.NET: who resets the connection is taken to have shut down.
    private static bool IsReset(Exception e) =>
        (e as SocketException ?? e.InnerException as SocketException)?.SocketErrorCode
            is SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.OperationAborted;

    private void OnHeartbeatTimer()
    {
        var silenceMs = Environment.TickCount64 - Volatile.Read(ref _lastHeardMs);
        if (silenceMs <= _silenceLimit.TotalMilliseconds)
        {
            _connection.Write(AkkaPduCodec.Heartbeat);
            return;
        }
        _heartbeat.Dispose();
        _log.Error("No response from remote [{0}]. Handshake timed out or transport failure detector triggered.", RemoteAddress);
        _connection.Write(AkkaPduCodec.Disassociate(DisassociateInfo.Unknown));
        // The reading loop ends with the socket, and reports.
        _ = _connection.CloseAsync();
    }
}
