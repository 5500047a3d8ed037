using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Akka.Event;

namespace Akka.Remote.Transport;

/// <summary>The listening socket, and the making of associations in both directions.</summary>
internal sealed class TcpTransport(ActorSystem system, RemoteSettings settings, ILoggingAdapter log)
{
    private const string Scheme = "tcp";

    private readonly TcpSettings _tcp = settings.Tcp;
    private readonly int _uid = AddressUidExtension.Uid(system);
    private readonly ConcurrentDictionary<TcpConnection, bool> _handshakes = new();
    private Socket? _listener;
    private HandshakeInfo? _local;

    /// <summary>Starts to listen. Connections wait until <see cref="Accept"/>.</summary>
    /// <returns>The address others reach us at, protocol "akka.tcp".</returns>
    /// <exception cref="RemoteTransportException">The port cannot be had.</exception>
    public async Task<Address> ListenAsync()
    {
        var endpoint = await ResolveAsync(_tcp.Hostname, _tcp.Port).ConfigureAwait(false);
        try
        {
            _listener = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            _listener.Bind(endpoint);
            _listener.Listen(_tcp.Backlog);
        }
        catch (SocketException e)
        {
            _listener?.Dispose();
            log.Error(e, "Failed to bind to {0}; shutting down DotNetty transport.", endpoint);
            throw new RemoteTransportException($"Failed to bind to [{endpoint}]. See InnerException for details.", e);
        }
        var port = _tcp.PublicPort ?? ((IPEndPoint)_listener.LocalEndPoint!).Port;
        _local = new HandshakeInfo(new Address(Scheme, system.Name, UriHost(_tcp.PublicHostname ?? _tcp.Hostname), port), _uid);
        return _local.Origin.WithProtocol("akka." + Scheme);
    }

    /// <summary>Accepts connections from now on; <paramref name="onAssociation"/> gets those whose handshake succeeds.</summary>
    public void Accept(Action<AkkaProtocolHandle> onAssociation) => _ = AcceptAsync(onAssociation);

    /// <exception cref="InvalidAssociationException"/>
    public async Task<AkkaProtocolHandle> AssociateAsync(Address remote, int? refuseUid)
    {
        var plain = remote.WithProtocol(Scheme);
        Socket? socket = null;
        try
        {
            var endpoint = await ResolveAsync(remote.Host, remote.Port ?? 0).ConfigureAwait(false);
            if (endpoint.Address.Equals(IPAddress.Any))
                endpoint.Address = IPAddress.Loopback;
            socket = Configure(new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp));
            using var timeout = new CancellationTokenSource(_tcp.ConnectionTimeout);
            await socket.ConnectAsync(endpoint, timeout.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ArgumentException)
        {
            socket?.Dispose();
            throw new InvalidAssociationException($"{e.Message} {plain}");
        }
        return await AkkaProtocolHandle.AssociateAsync(
            new TcpConnection(socket, _tcp.MaximumFrameBytes), _local!, plain, refuseUid, settings, log).ConfigureAwait(false);
    }

    /// <summary>Stops listening and drops connections that are still in their handshake.</summary>
    public async Task ShutdownAsync()
    {
        _listener?.Dispose();
        await Task.WhenAll(_handshakes.Keys.Select(connection => connection.CloseAsync())).ConfigureAwait(false);
    }

    private async Task AcceptAsync(Action<AkkaProtocolHandle> onAssociation)
    {
        while (true)
        {
            try
            {
                var socket = await _listener!.AcceptAsync().ConfigureAwait(false);
                _ = HandshakeAsync(socket, onAssociation);
            }
            catch (Exception e) when (e is ObjectDisposedException or SocketException { SocketErrorCode: SocketError.OperationAborted })
            {
                return;
            }
            catch (SocketException e)
            {
                // Such as too many open files: one connection is lost, the next may succeed.
                log.Error(e, "Accepting a connection failed");
                await Task.Delay(TimeSpan.FromMilliseconds(100)).ConfigureAwait(false);
            }
        }
    }

    private async Task HandshakeAsync(Socket socket, Action<AkkaProtocolHandle> onAssociation)
    {
        TcpConnection connection;
        try
        {
            connection = new TcpConnection(Configure(socket), _tcp.MaximumFrameBytes);
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            socket.Dispose(); // already reset by the other side
            return;
        }
        _handshakes.TryAdd(connection, true);
        var handle = await AkkaProtocolHandle.AcceptAsync(connection, _local!, settings, log).ConfigureAwait(false);
        _handshakes.TryRemove(connection, out _);
        if (handle is not null)
            onAssociation(handle);
    }

    private Socket Configure(Socket socket)
    {
        socket.NoDelay = _tcp.NoDelay;
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, _tcp.KeepAlive);
        if (_tcp.SendBufferBytes > 0)
            socket.SendBufferSize = _tcp.SendBufferBytes;
        if (_tcp.ReceiveBufferBytes > 0)
            socket.ReceiveBufferSize = _tcp.ReceiveBufferBytes;
        return socket;
    }

    private async Task<IPEndPoint> ResolveAsync(string host, int port)
    {
        if (!IPAddress.TryParse(host, out var address))
        {
            var family = _tcp.UseIpv6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork;
            address = (await Dns.GetHostAddressesAsync(host, family).ConfigureAwait(false)).LastOrDefault()
                ?? throw new SocketException((int)SocketError.HostNotFound);
        }
        return new IPEndPoint(address, port);
    }

    // An IPv6 address stands in brackets in an actor path.
    private static string UriHost(string host) =>
        IPAddress.TryParse(host, out var ip) ? ip.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{ip}]" : ip.ToString() : host;
}
