using System.Text;
using Akka.Actor;
using Akka.Remote;

namespace LocalRecall.Conformance;

/// <summary>The protocol itself, frame by frame, as a client sees it that is no actor system.</summary>
public sealed class RemoteWireSpecs() : RemoteSpec("""
    akka.remote.transport-failure-detector.heartbeat-interval = 200 ms
    akka.remote.resend-interval = 200 ms
    """)
{
    private RawPeer Connect() => RawPeer.Connect(AddressOf(Sys));

    private async Task<RawPeer> AssociateAsync(ulong uid)
    {
        var peer = Connect();
        await peer.HandshakeAsync(uid);
        return peer;
    }

    private string PathOf(IActorRef actor) => RemotePathOf(Sys, actor);

    [Fact]
    public async Task A_handshake_is_answered_with_the_systems_own_address_and_uid()
    {
        using var peer = Connect();
        // ASSOCIATE from tcp://raw@127.0.0.1:4001, uid 42
        peer.Send(Convert.FromHexString("1227080112230A180A0372617712093132372E302E302E3118A11F2203746370112A00000000000000"));
        var answer = (await peer.ReceiveAsync())!;
        Assert.Equal(1ul, Proto.Get(answer, 2, 1)); // ASSOCIATE
        Assert.Equal("test", Proto.GetText(answer, 2, 2, 1, 1));
        Assert.Equal("127.0.0.1", Proto.GetText(answer, 2, 2, 1, 2));
        Assert.Equal((ulong)AddressOf(Sys).Port!.Value, Proto.Get(answer, 2, 2, 1, 3));
        Assert.Equal("tcp", Proto.GetText(answer, 2, 2, 1, 4));
        Assert.Equal((ulong)AddressUidExtension.Uid(Sys), Proto.Get(answer, 2, 2, 2));
    }

    [Fact]
    public async Task Heartbeats_come_by_themselves()
    {
        using var peer = await AssociateAsync(42);
        for (var i = 0; i < 3; i++)
            Assert.Equal("12020803", Convert.ToHexString((await peer.ReceiveAsync())!));
    }

    [Fact]
    public async Task A_client_that_does_not_listen_is_answered_on_its_own_connection()
    {
        var echo = Sys.ActorOf(Echo, "echo");
        using var peer = await AssociateAsync(42);
        peer.Send(RawPeer.TextEnvelope(PathOf(echo), RawPeer.PathOf("temp/a"), "hello"));
        var answer = await peer.ReceiveEnvelopeAsync();
        Assert.Equal(RawPeer.PathOf("temp/a"), Proto.GetText(answer, 1, 1));
        Assert.Equal("hello", Proto.GetText(answer, 2, 1));
        Assert.Equal(17ul, Proto.Get(answer, 2, 2));
        Assert.Equal("System.String, System.Private.CoreLib", Proto.GetText(answer, 2, 3));
        Assert.Equal($"{PathOf(echo)}#{echo.Path.Uid}", Proto.GetText(answer, 4, 1));
        Assert.Equal(RawPeer.NoSeq, Proto.Get(answer, 5));
    }

    [Fact]
    public async Task Many_clients_are_answered_each_on_its_own_connection()
    {
        var echo = Sys.ActorOf(Echo);
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(async i =>
        {
            using var peer = Connect();
            await peer.HandshakeAsync((ulong)(100 + i), port: 5000 + i);
            peer.Send(RawPeer.TextEnvelope(PathOf(echo), $"akka.tcp://raw@127.0.0.1:{5000 + i}/temp/a", $"{i}"));
            return Proto.GetText(await peer.ReceiveEnvelopeAsync(), 2, 1);
        }));
        Assert.Equal(Enumerable.Range(0, 8).Select(i => $"{i}"), answers);
    }

    [Fact]
    public async Task A_selection_travels_as_an_envelope_with_a_pattern()
    {
        var echo = Sys.ActorOf(Echo, "echo");
        using var peer = await AssociateAsync(42);
        var selection = Proto.Message(
            Proto.Bytes(1, Proto.Text(1, "hello"), Proto.Varint(2, 17), Proto.Text(3, "System.String, System.Private.CoreLib")),
            Proto.Bytes(2, Proto.Varint(1, 2), Proto.Text(2, "user")),
            Proto.Bytes(2, Proto.Varint(1, 2), Proto.Text(2, "echo")));
        peer.Send(RawPeer.Envelope($"{AddressOf(Sys)}/", RawPeer.PathOf("temp/a"), selection, 6, ""));
        Assert.Equal("hello", Proto.GetText(await peer.ReceiveEnvelopeAsync(), 2, 1));
    }

    [Fact]
    public async Task Identify_travels_in_the_serializer_of_miscellanies()
    {
        var echo = Sys.ActorOf(Echo, "echo");
        using var peer = await AssociateAsync(42);
        var identify = Proto.Bytes(1, Proto.Bytes(1, [7, 0, 0, 0]), Proto.Varint(2, 17), Proto.Text(3, "System.Int32, System.Private.CoreLib"));
        peer.Send(RawPeer.Envelope(PathOf(echo), RawPeer.PathOf("temp/a"), identify, 16, "ID"));
        var answer = await peer.ReceiveEnvelopeAsync();
        Assert.Equal((16ul, "AID"), (Proto.Get(answer, 2, 2), Proto.GetText(answer, 2, 3)));
        var identity = Proto.GetBytes(answer, 2, 1);
        Assert.Equal([7, 0, 0, 0], Proto.GetBytes(identity, 1, 1));
        Assert.Equal($"{PathOf(echo)}#{echo.Path.Uid}", Proto.GetText(identity, 2));
    }

    [Fact]
    public async Task The_remote_watcher_answers_heartbeats()
    {
        using var peer = await AssociateAsync(42);
        var selection = Proto.Message(
            Proto.Bytes(1, Proto.Bytes(1), Proto.Varint(2, 16), Proto.Text(3, "RWHB")),
            Proto.Bytes(2, Proto.Varint(1, 2), Proto.Text(2, "system")),
            Proto.Bytes(2, Proto.Varint(1, 2), Proto.Text(2, "remote-watcher")));
        peer.Send(RawPeer.Envelope($"{AddressOf(Sys)}/", RawPeer.PathOf("system/remote-watcher"), selection, 6, ""));
        var answer = await peer.ReceiveEnvelopeAsync();
        Assert.Equal((16ul, "RWHR"), (Proto.Get(answer, 2, 2), Proto.GetText(answer, 2, 3)));
        Assert.Equal((ulong)AddressUidExtension.Uid(Sys), Proto.Get(answer, 2, 1, 1));
    }

    private byte[] WatchEnvelope(IActorRef watchee, ulong seq, string kind = "Watch") => RawPeer.Envelope(
        $"{PathOf(watchee)}#{watchee.Path.Uid}", "",
        Proto.Message(
            Proto.Bytes(1, Proto.Text(1, $"{PathOf(watchee)}#{watchee.Path.Uid}")),
            Proto.Bytes(2, Proto.Text(1, RawPeer.PathOf("user/watcher#5")))),
        22, $"Akka.Dispatch.SysMsg.{kind}, Akka", seq);

    /// <summary>Returns when the actor has seen what was sent to it before.</summary>
    private async Task PassThroughAsync(RawPeer peer, IActorRef echo)
    {
        peer.Send(RawPeer.TextEnvelope(PathOf(echo), RawPeer.PathOf("temp/a"), "through"));
        Assert.Equal("through", Proto.GetText(await peer.ReceiveEnvelopeAsync(), 2, 1));
    }

    [Fact]
    public async Task System_messages_are_acknowledged_and_answered_with_numbers()
    {
        var subject = Sys.ActorOf(Echo, "subject");
        using var peer = await AssociateAsync(42);
        peer.Send(WatchEnvelope(subject, 0));
        var ack = await peer.ReceiveAckAsync();
        Assert.Equal(0ul, Proto.GetNumber(ack, 1));
        Assert.Null(Proto.Get(ack, 2));

        await PassThroughAsync(peer, subject);
        Sys.Stop(subject);
        var notification = await peer.ReceiveEnvelopeAsync();
        Assert.Equal(RawPeer.PathOf("user/watcher#5"), Proto.GetText(notification, 1, 1));
        Assert.Equal((22ul, "Akka.Dispatch.SysMsg.DeathWatchNotification, Akka"), (Proto.Get(notification, 2, 2), Proto.GetText(notification, 2, 3)));
        Assert.Equal($"{PathOf(subject)}#{subject.Path.Uid}", Proto.GetText(notification, 2, 1, 1, 1));
        Assert.Equal(1ul, Proto.Get(notification, 2, 1, 2)); // existence confirmed
        Assert.Equal(0ul, Proto.GetNumber(notification, 5));
    }

    [Fact]
    public async Task A_system_message_is_sent_again_until_it_is_acknowledged()
    {
        var (first, second) = (Sys.ActorOf(Echo), Sys.ActorOf(Echo));
        using var peer = await AssociateAsync(42);
        peer.Send(WatchEnvelope(first, 0));
        peer.Send(WatchEnvelope(second, 1));
        await PassThroughAsync(peer, first);
        await PassThroughAsync(peer, second);
        Sys.Stop(first);
        Assert.Equal(0ul, Proto.GetNumber(await peer.ReceiveEnvelopeAsync(), 5));
        Assert.Equal(0ul, Proto.GetNumber(await peer.ReceiveEnvelopeAsync(), 5)); // again
        peer.Send(RawPeer.Acknowledge(0));
        Sys.Stop(second);
        // What was under way may still come twice, but then only the new one comes.
        var next = await peer.ReceivePartAsync(2, envelope => Proto.GetNumber(envelope, 5) != 0);
        Assert.Equal(1ul, Proto.GetNumber(next, 5));
    }

    [Fact]
    public async Task Gaps_are_reported_and_what_came_too_early_waits_for_its_turn()
    {
        var subject = Sys.ActorOf(Echo);
        using var peer = await AssociateAsync(42);
        peer.Send(WatchEnvelope(subject, 2));
        var ack = await peer.ReceiveAckAsync();
        Assert.Equal(2ul, Proto.Get(ack, 1));
        Assert.NotNull(Proto.Get(ack, 2));
        peer.Send(WatchEnvelope(subject, 0));
        peer.Send(WatchEnvelope(subject, 1, "Unwatch"));
        var complete = await peer.ReceivePartAsync(1, done => Proto.Get(done, 2) is null);
        Assert.Equal(2ul, Proto.GetNumber(complete, 1));
        // Watch, Unwatch, Watch: in this order the subject is watched in the end.
        await PassThroughAsync(peer, subject);
        Sys.Stop(subject);
        Assert.Equal(0ul, Proto.GetNumber(await peer.ReceiveEnvelopeAsync(), 5));
    }

    [Fact]
    public async Task A_repeated_system_message_is_acknowledged_again_and_not_delivered_again()
    {
        var subject = Sys.ActorOf(Echo);
        using var peer = await AssociateAsync(42);
        peer.Send(WatchEnvelope(subject, 0));
        peer.Send(WatchEnvelope(subject, 1, "Unwatch"));
        await peer.ReceivePartAsync(1, done => Proto.GetNumber(done, 1) == 1);
        peer.Send(WatchEnvelope(subject, 0));
        Assert.Equal(1ul, Proto.Get(await peer.ReceiveAckAsync(), 1));
        await PassThroughAsync(peer, subject);
        // Not watched any more: the next message to the peer is the answer, and no notification.
        Watch(subject);
        Sys.Stop(subject);
        ExpectTerminated(subject);
        peer.Send(RawPeer.TextEnvelope(PathOf(Sys.ActorOf(Echo)), RawPeer.PathOf("temp/a"), "hello"));
        Assert.Equal("hello", Proto.GetText(await peer.ReceiveEnvelopeAsync(), 2, 1));
    }

    [Theory]
    [InlineData("FFFFFFFF")] // not a length
    [InlineData("00000010")] // 256 MiB to come
    [InlineData("05000000FFFFFFFFFF")] // not protobuf
    [InlineData("02000000080A")] // a field of no meaning, and nothing else
    [InlineData("0400000012020803")] // a heartbeat before the handshake
    [InlineData("0400000012020801")] // a handshake without an address
    public async Task Nonsense_instead_of_a_handshake_closes_that_connection_and_no_other(string hex)
    {
        var echo = Sys.ActorOf(Echo);
        using var good = await AssociateAsync(42);
        using var bad = Connect();
        bad.SendRaw(Convert.FromHexString(hex));
        Assert.True(await bad.IsClosedAsync());
        good.Send(RawPeer.TextEnvelope(PathOf(echo), RawPeer.PathOf("temp/a"), "still here"));
        Assert.Equal("still here", Proto.GetText(await good.ReceiveEnvelopeAsync(), 2, 1));
    }

    [Theory]
    [InlineData("FFFFFFFF")]
    [InlineData("00000010")]
    [InlineData("05000000FFFFFFFFFF")] // not protobuf
    [InlineData("050000000A03FFFFFF")] // a payload that is not protobuf
    public async Task Nonsense_after_the_handshake_closes_that_connection_and_no_other(string hex)
    {
        var echo = Sys.ActorOf(Echo);
        using var good = await AssociateAsync(42);
        using var bad = Connect();
        await bad.HandshakeAsync(uid: 43, port: 4002);
        bad.SendRaw(Convert.FromHexString(hex));
        Assert.True(await bad.IsClosedAsync());
        good.Send(RawPeer.TextEnvelope(PathOf(echo), RawPeer.PathOf("temp/a"), "still here"));
        Assert.Equal("still here", Proto.GetText(await good.ReceiveEnvelopeAsync(), 2, 1));
    }

    [Theory]
    [InlineData(9999, "")] // no such serializer
    [InlineData(16, "NOPE")] // no such manifest
    [InlineData(17, "System.Nope, System.Private.CoreLib")]
    [InlineData(6, "")] // a selection that is not protobuf
    [InlineData(22, "Akka.Dispatch.SysMsg.Watch, Akka")] // a system message that is not protobuf
    public async Task A_message_that_cannot_be_read_is_dropped_and_the_connection_lives_on(int serializerId, string manifest)
    {
        var echo = Sys.ActorOf(Echo);
        using var peer = await AssociateAsync(42);
        peer.Send(RawPeer.Envelope(PathOf(echo), RawPeer.PathOf("temp/a"), [0xFF, 0xFF, 0xFF], serializerId, manifest));
        peer.Send(RawPeer.TextEnvelope(PathOf(echo), RawPeer.PathOf("temp/a"), "next"));
        Assert.Equal("next", Proto.GetText(await peer.ReceiveEnvelopeAsync(), 2, 1));
    }

    [Fact]
    public async Task A_message_for_another_system_is_dropped()
    {
        var echo = Sys.ActorOf(Echo, "echo");
        using var peer = await AssociateAsync(42);
        peer.Send(RawPeer.TextEnvelope("akka.tcp://other@127.0.0.1:1/user/echo", RawPeer.PathOf("temp/a"), "stray"));
        peer.Send(RawPeer.TextEnvelope(PathOf(echo), RawPeer.PathOf("temp/a"), "next"));
        Assert.Equal("next", Proto.GetText(await peer.ReceiveEnvelopeAsync(), 2, 1));
    }

    [Fact]
    public async Task Frames_may_arrive_in_pieces_and_several_at_once()
    {
        var echo = Sys.ActorOf(Echo);
        using var peer = Connect();
        var (handshake, message) = (RawPeer.Associate(42), RawPeer.TextEnvelope(PathOf(echo), RawPeer.PathOf("temp/a"), "pieces"));
        byte[] stream = [(byte)handshake.Length, 0, 0, 0, .. handshake, (byte)message.Length, (byte)(message.Length >> 8), 0, 0, .. message];
        peer.SendRaw(stream[..3]);
        peer.SendRaw(stream[3..20]);
        peer.SendRaw(stream[20..]);
        Assert.Equal("pieces", Proto.GetText(await peer.ReceiveEnvelopeAsync(), 2, 1));
    }

    [Fact]
    public async Task A_client_that_disassociates_is_let_go()
    {
        using var peer = await AssociateAsync(42);
        peer.Send(RawPeer.Control(2));
        Assert.True(await peer.IsClosedAsync());
    }

    [Fact]
    public async Task The_same_address_may_come_back_with_a_new_uid()
    {
        var echo = Sys.ActorOf(Echo);
        foreach (var uid in new ulong[] { 42, 43, 44 })
        {
            using var peer = await AssociateAsync(uid);
            peer.Send(RawPeer.TextEnvelope(PathOf(echo), RawPeer.PathOf("temp/a"), $"{uid}"));
            Assert.Equal($"{uid}", Proto.GetText(await peer.ReceiveEnvelopeAsync(), 2, 1));
            peer.Send(RawPeer.Control(4));
            Assert.True(await peer.IsClosedAsync());
        }
    }

    [Fact]
    public async Task A_system_that_shuts_down_closes_its_connections()
    {
        var system = StartPeer("short");
        using var peer = RawPeer.Connect(AddressOf(system));
        await peer.HandshakeAsync(42);
        await system.Terminate();
        Assert.True(await peer.IsClosedAsync());
    }
}
