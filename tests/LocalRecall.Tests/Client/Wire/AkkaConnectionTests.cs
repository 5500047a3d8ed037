using AkkaRemote.Wire;
using LocalRecall.Client.Wire;
using LocalRecall.Contracts;
using LocalRecall.Contracts.Messages;
using Xunit;

namespace LocalRecall.Tests.Client.Wire;

public sealed class AkkaConnectionTests : IDisposable
{
    private readonly ScriptedHost host = new();
    private readonly ManualTime time = new();

    public void Dispose() => host.Dispose();

    [Fact]
    public async Task Shakes_hands_asks_and_gets_the_reply()
    {
        var (connection, peer) = await ConnectedAsync();
        GetStatus request = NewRequest();
        Task<IReply> reply = AskAsync(connection, request);
        Assert.Equal(request, await peer.ReceiveAsync());
        var failure = new Failure(request.Header.RequestId, FailureCode.NotFound, "no");
        await peer.SendAsync(failure);
        Assert.Equal(failure, await reply);
    }

    [Fact]
    public async Task Replies_find_their_requests_in_any_order()
    {
        var (connection, peer) = await ConnectedAsync();
        GetStatus[] requests = [NewRequest(), NewRequest(), NewRequest()];
        Task<IReply>[] replies = [.. requests.Select(r => AskAsync(connection, r))];
        var received = new List<Guid>();
        foreach (GetStatus _ in requests)
        {
            received.Add((await peer.ReceiveAsync<GetStatus>()).Header.RequestId);
        }

        received.Reverse();
        foreach (Guid id in received)
        {
            await peer.SendAsync(new HostStopping(id));
        }

        Assert.Equal(requests.Select(r => r.Header.RequestId), (await Task.WhenAll(replies)).Select(r => r.RequestId));
    }

    [Fact]
    public async Task Frames_may_arrive_in_pieces_and_several_at_once()
    {
        var (connection, peer) = await ConnectedAsync();
        GetStatus first = NewRequest(), second = NewRequest();
        Task<IReply> firstReply = AskAsync(connection, first);
        await peer.ReceiveAsync();
        Task<IReply> secondReply = AskAsync(connection, second);
        await peer.ReceiveAsync();

        var large = new Failure(first.Header.RequestId, FailureCode.Internal, new string('x', 100_000));
        byte[] bytes =
        [
            .. Frames.Control(CommandType.Heartbeat),
            .. Frames.Message("akka.tcp://r@127.0.0.1:1/temp/recall", "akka.tcp://h@127.0.0.1:2/user/gateway", large),
            .. Frames.Message("akka.tcp://r@127.0.0.1:1/temp/recall", "akka.tcp://h@127.0.0.1:2/user/gateway", new HostStopping(second.Header.RequestId)),
        ];
        foreach (byte b in bytes[..12])
        {
            await peer.SendAsync([b]);
        }

        await peer.SendAsync(bytes[12..50_000]);
        await peer.SendAsync(bytes[50_000..]);
        Assert.Equal(large, await firstReply);
        Assert.IsType<HostStopping>(await secondReply);
    }

    [Fact]
    public async Task Progress_comes_before_the_reply()
    {
        var (connection, peer) = await ConnectedAsync();
        GetStatus request = NewRequest();
        var seen = new List<int>();
        Task<IReply> reply = connection.AskAsync(
            ActorPaths.Gateway, request, request.Header.RequestId, progress => seen.Add(((ImportProgress)progress).Counts.Done), default);
        await peer.ReceiveAsync();
        foreach (int done in (int[])[1, 2])
        {
            await peer.SendAsync(new ImportProgress(request.Header.RequestId, new ImportCounts(3, done, 0, 0, 0, 0, 0, 0), null));
        }

        await peer.SendAsync(new HostStopping(request.Header.RequestId));
        await reply;
        Assert.Equal([1, 2], seen);
    }

    [Fact]
    public async Task What_is_not_ours_is_ignored()
    {
        var (connection, peer) = await ConnectedAsync();
        GetStatus request = NewRequest();
        Task<IReply> reply = AskAsync(connection, request);
        await peer.ReceiveAsync();
        await peer.SendAsync(Convert.FromHexString("0d000000" + "0a0b" + "0a09090300000000000000")); // an acknowledgement and nothing else
        await peer.SendAsync(Convert.FromHexString("1a000000" + "0a18" + "12160a040a022f78120510101a0149290100000000000000")); // Akka's own Identify
        await peer.SendAsync(new HostStopping(Guid.NewGuid())); // nobody waits for it
        await peer.SendAsync(new HostStopping(request.Header.RequestId));
        Assert.Equal(request.Header.RequestId, (await reply).RequestId);
    }

    [Theory]
    [InlineData("ffffffff")] // negative length
    [InlineData("01f40100")] // 128,001 bytes
    [InlineData("03000000" + "0a7fff")] // not protobuf
    [InlineData("0400000012020802")] // DISASSOCIATE
    [InlineData("0400000012020804")] // DISASSOCIATE_SHUTTING_DOWN
    [InlineData("0400000012020805")] // DISASSOCIATE_QUARANTINED
    public async Task Waiting_calls_fail_when_the_association_ends_or_speaks_nonsense(string hex)
    {
        var (connection, peer) = await ConnectedAsync();
        Task<IReply> reply = AskAsync(connection, NewRequest());
        await peer.ReceiveAsync();
        await peer.SendAsync(Convert.FromHexString(hex));
        await Assert.ThrowsAsync<ConnectionLostException>(() => reply);
        await connection.Closed;
        await Assert.ThrowsAsync<ConnectionLostException>(() => AskAsync(connection, NewRequest()));
    }

    [Fact]
    public async Task Waiting_calls_fail_when_the_peer_is_gone()
    {
        var (connection, peer) = await ConnectedAsync();
        Task<IReply> reply = AskAsync(connection, NewRequest());
        await peer.ReceiveAsync();
        peer.Dispose();
        await Assert.ThrowsAsync<ConnectionLostException>(() => reply);
    }

    [Fact]
    public async Task Closing_says_goodbye()
    {
        var (connection, peer) = await ConnectedAsync();
        await connection.DisposeAsync();
        Assert.Equal(CommandType.DisassociateShuttingDown, (await peer.ReceiveFrameAsync()).Instruction.CommandType);
    }

    [Fact]
    public async Task A_cancelled_call_leaves_the_connection_usable()
    {
        var (connection, peer) = await ConnectedAsync();
        using var cancellation = new CancellationTokenSource();
        GetStatus given = NewRequest(), next = NewRequest();
        Task<IReply> givenUp = connection.AskAsync(ActorPaths.Gateway, given, given.Header.RequestId, null, cancellation.Token);
        await peer.ReceiveAsync();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => givenUp);

        Task<IReply> reply = AskAsync(connection, next);
        await peer.ReceiveAsync();
        await peer.SendAsync(new HostStopping(given.Header.RequestId)); // too late
        await peer.SendAsync(new HostStopping(next.Header.RequestId));
        Assert.Equal(next.Header.RequestId, (await reply).RequestId);
    }

    [Fact]
    public async Task Sends_heartbeats_and_gives_up_on_a_silent_host()
    {
        var (connection, peer) = await ConnectedAsync();
        time.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal(CommandType.Heartbeat, (await peer.ReceiveFrameAsync()).Instruction.CommandType);
        Task<IReply> reply = AskAsync(connection, NewRequest());
        time.Advance(TimeSpan.FromSeconds(30));
        await Assert.ThrowsAsync<ConnectionLostException>(() => reply);
    }

    [Fact]
    public async Task Nobody_there_is_a_lost_connection()
    {
        AkkaAddress address = host.Address;
        host.Dispose();
        await Assert.ThrowsAsync<ConnectionLostException>(() => AkkaConnection.ConnectAsync(address, time, default));
    }

    [Fact]
    public async Task A_message_too_large_is_refused_before_it_is_sent()
    {
        var (connection, _) = await ConnectedAsync();
        var request = new EmbedTexts(NewRequest().Header, [new string('x', WireLimits.MaxMessageBytes)], false);
        await Assert.ThrowsAsync<MessageTooLargeException>(() =>
            connection.AskAsync(ActorPaths.Gateway, request, request.Header.RequestId, null, default));
    }

    private static GetStatus NewRequest() => new(new RequestHeader(Guid.NewGuid(), Guid.NewGuid(), DateTimeOffset.UnixEpoch));

    private static Task<IReply> AskAsync(AkkaConnection connection, GetStatus request) =>
        connection.AskAsync(ActorPaths.Gateway, request, request.Header.RequestId, null, default);

    private async Task<(AkkaConnection, ScriptedHost.Peer)> ConnectedAsync()
    {
        Task<AkkaConnection> connecting = AkkaConnection.ConnectAsync(host.Address, time, default);
        ScriptedHost.Peer peer = await host.AcceptAsync();
        await peer.AssociateAsync();
        return (await connecting, peer);
    }

    /// <summary>A clock that the test moves; its timers fire at most once a move.</summary>
    private sealed class ManualTime : TimeProvider
    {
        private readonly List<ManualTimer> timers = [];
        private long ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Interlocked.Read(ref ticks);

        public void Advance(TimeSpan by)
        {
            Interlocked.Add(ref ticks, by.Ticks);
            timers.ForEach(t => t.Fire());
        }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = new ManualTimer(callback, state);
            timers.Add(timer);
            return timer;
        }

        private sealed class ManualTimer(TimerCallback callback, object? state) : ITimer
        {
            private bool stopped;

            public void Fire()
            {
                if (!stopped)
                {
                    callback(state);
                }
            }

            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose() => stopped = true;

            public ValueTask DisposeAsync()
            {
                Dispose();
                return ValueTask.CompletedTask;
            }
        }
    }
}
