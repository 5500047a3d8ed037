using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using AkkaRemote.Wire;
using Google.Protobuf;
using LocalRecall.Contracts;
using LocalRecall.Contracts.Messages;

namespace LocalRecall.Client.Wire;

/// <summary>
/// One Akka.Remote association with a host, without an actor system. It listens on no port: the address that it gives as its own
/// only has to be unique, and the host's replies come back on this connection.
/// </summary>
internal sealed class AkkaConnection : IAsyncDisposable
{
    private static readonly TimeSpan HandshakeLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan HeartbeatInterval = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan SilenceLimit = TimeSpan.FromSeconds(30);

    private readonly Socket socket;
    private readonly AkkaAddress host;
    private readonly string sender;
    private readonly TimeProvider time;
    private readonly SemaphoreSlim sending = new(1, 1);
    private readonly ConcurrentDictionary<Guid, Call> calls = new();
    private readonly TaskCompletionSource associated = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ConnectionLostException? loss;
    private ITimer? heartbeat;
    private long heardAt;

    private AkkaConnection(Socket socket, AkkaAddress host, AkkaAddress own, TimeProvider time)
    {
        this.socket = socket;
        this.host = host;
        this.time = time;
        sender = $"{own}/temp/recall";
    }

    /// <summary>Ends, never with an error, when the connection does.</summary>
    public Task Closed => closed.Task;

    /// <exception cref="ConnectionLostException">Nobody is there, or nobody who speaks Akka.Remote.</exception>
    public static async Task<AkkaConnection> ConnectAsync(AkkaAddress host, TimeProvider time, CancellationToken cancellation)
    {
        var socket = new Socket(host.Host.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(HandshakeLimit);
        AkkaConnection? connection = null;
        try
        {
            await socket.ConnectAsync(new IPEndPoint(host.Host, host.Port), limit.Token).ConfigureAwait(false);
            var local = (IPEndPoint)socket.LocalEndPoint!;
            var own = new AkkaAddress($"recall-{Random.Shared.NextInt64():x16}", local.Address, local.Port);
            connection = new AkkaConnection(socket, host, own, time);
            connection.Start();
            await connection.SendAsync(Frames.Associate(own, (ulong)Random.Shared.NextInt64())).ConfigureAwait(false);
            await connection.associated.Task.WaitAsync(limit.Token).ConfigureAwait(false);
            return connection;
        }
        catch (Exception e) when (e is SocketException or ConnectionLostException or OperationCanceledException)
        {
            connection?.Lose("The handshake failed.", e);
            socket.Dispose();
            cancellation.ThrowIfCancellationRequested();
            throw e as ConnectionLostException ?? new ConnectionLostException($"No host answers at {host}: {e.Message}", e);
        }
    }

    /// <summary>Sends a request to an actor and waits for its reply.</summary>
    /// <param name="path">Without the address: <c>/user/gateway</c>.</param>
    /// <param name="progress">Called while the connection is read: it must be quick.</param>
    /// <exception cref="ConnectionLostException"/>
    /// <exception cref="MessageTooLargeException"/>
    public async Task<IReply> AskAsync(
        string path, IWireMessage request, Guid requestId, Action<IProgressReply>? progress, CancellationToken cancellation)
    {
        var call = new Call(progress);
        byte[] frame = Frames.Message($"{host}{path}", sender, request);
        if (!calls.TryAdd(requestId, call))
        {
            throw new InvalidOperationException($"Request {requestId} is under way.");
        }

        try
        {
            await SendAsync(frame).WaitAsync(cancellation).ConfigureAwait(false);
            return await call.Reply.Task.WaitAsync(cancellation).ConfigureAwait(false);
        }
        finally
        {
            calls.TryRemove(requestId, out _);
        }
    }

    /// <summary>Sends a message that has no reply, unless the connection is lost.</summary>
    public async Task TellAsync(string path, IWireMessage message)
    {
        try
        {
            await SendAsync(Frames.Message($"{host}{path}", sender, message)).ConfigureAwait(false);
        }
        catch (ConnectionLostException)
        {
            // The host sees that, too.
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (loss is null)
        {
            try
            {
                // Not plain Disassociate: the host would log a warning and remember this address for two days.
                await SendAsync(Frames.Control(CommandType.DisassociateShuttingDown)).ConfigureAwait(false);
                socket.Shutdown(SocketShutdown.Both);
            }
            catch (Exception e) when (e is ConnectionLostException or SocketException or ObjectDisposedException)
            {
                // It is gone already.
            }
        }

        Lose("The client closed the connection.");
    }

    private void Start()
    {
        heardAt = time.GetTimestamp();
        heartbeat = time.CreateTimer(_ => Beat(), null, HeartbeatInterval, HeartbeatInterval);
        _ = ReadAsync();
    }

    private void Beat()
    {
        if (time.GetElapsedTime(Interlocked.Read(ref heardAt)) > SilenceLimit)
        {
            Lose("The host has fallen silent.");
        }
        else if (sending.CurrentCount > 0)
        {
            _ = BeatAsync();
        }

        async Task BeatAsync()
        {
            try
            {
                await SendAsync(Frames.Control(CommandType.Heartbeat)).ConfigureAwait(false);
            }
            catch (ConnectionLostException)
            {
                // Whoever waits for a reply is told.
            }
        }
    }

    /// <summary>Not cancellable: half a frame would spoil all that follow.</summary>
    private async Task SendAsync(byte[] frame)
    {
        await sending.WaitAsync().ConfigureAwait(false);
        try
        {
            if (loss is { } lost)
            {
                throw new ConnectionLostException(lost.Message, lost);
            }

            for (int sent = 0; sent < frame.Length;)
            {
                sent += await socket.SendAsync(frame.AsMemory(sent)).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            throw Lose("The connection to the host broke.", e);
        }
        finally
        {
            sending.Release();
        }
    }

    private async Task ReadAsync()
    {
        byte[] buffer = new byte[16 * 1024];
        int filled = 0;
        try
        {
            while (true)
            {
                int read = await socket.ReceiveAsync(buffer.AsMemory(filled)).ConfigureAwait(false);
                if (read == 0)
                {
                    Lose("The host closed the connection.");
                    return;
                }

                Interlocked.Exchange(ref heardAt, time.GetTimestamp());
                filled += read;
                int start = 0;
                int needed = Frames.PrefixBytes;
                while (filled - start >= Frames.PrefixBytes)
                {
                    int bodyBytes = BinaryPrimitives.ReadInt32LittleEndian(buffer.AsSpan(start));
                    if (bodyBytes is < 0 or > Frames.MaxBodyBytes)
                    {
                        Lose($"The host sent a frame of {bodyBytes} bytes.");
                        return;
                    }

                    needed = Frames.PrefixBytes + bodyBytes;
                    if (filled - start < needed)
                    {
                        break;
                    }

                    if (!Handle(buffer.AsSpan(start + Frames.PrefixBytes, bodyBytes)))
                    {
                        return;
                    }

                    start += needed;
                    needed = Frames.PrefixBytes;
                }

                filled -= start;
                byte[] next = needed > buffer.Length ? new byte[needed] : buffer;
                buffer.AsSpan(start, filled).CopyTo(next);
                buffer = next;
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidProtocolBufferException or WireFormatException)
        {
            Lose(e is SocketException or ObjectDisposedException ? "The connection to the host broke." : $"The host sent something unreadable: {e.Message}", e);
        }
    }

    /// <returns>False when the host ended the association.</returns>
    private bool Handle(ReadOnlySpan<byte> body)
    {
        AkkaProtocolMessage message = AkkaProtocolMessage.Parser.ParseFrom(body);
        switch (message.Instruction?.CommandType)
        {
            case null when Frames.MessageIn(message.Payload) is IReply reply:
                Route(reply);
                return true;
            case CommandType.Associate:
                associated.TrySetResult();
                return true;
            case CommandType.Disassociate or CommandType.DisassociateShuttingDown or CommandType.DisassociateQuarantined:
                Lose(message.Instruction.CommandType == CommandType.DisassociateShuttingDown ? "The host is stopping." : "The host ended the association.");
                return false;
            default:
                return true;
        }
    }

    private void Route(IReply reply)
    {
        if (!calls.TryGetValue(reply.RequestId, out Call? call))
        {
            return; // its caller no longer waits
        }

        if (reply is not IProgressReply progress)
        {
            call.Reply.TrySetResult(reply);
            return;
        }

        try
        {
            call.Progress?.Invoke(progress);
        }
        catch (Exception e)
        {
            call.Reply.TrySetException(e); // the caller's own error, not the connection's
        }
    }

    private ConnectionLostException Lose(string why, Exception? inner = null)
    {
        var lost = new ConnectionLostException(why, inner);
        if (Interlocked.CompareExchange(ref loss, lost, null) is { } earlier)
        {
            return earlier;
        }

        heartbeat?.Dispose();
        socket.Dispose();
        associated.TrySetException(lost);
        foreach (Call call in calls.Values)
        {
            call.Reply.TrySetException(lost);
        }

        closed.TrySetResult();
        return lost;
    }

    private sealed record Call(Action<IProgressReply>? Progress)
    {
        public TaskCompletionSource<IReply> Reply { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
