using Akka.Actor;
using Akka.Event;
using Akka.Remote;
using Google.Protobuf.WellKnownTypes;

namespace LocalRecall.Conformance;

public sealed class RemoteMessagingSpecs() : RemoteSpec("akka.loglevel = ERROR")
{
    private ActorSelection FromPeer(IActorRef actor) => Peer.ActorSelection(RemotePathOf(Sys, actor));

    [Fact]
    public void A_free_port_is_taken_and_shown_in_the_default_address()
    {
        var address = AddressOf(Sys);
        Assert.Equal(("akka.tcp", "test", "127.0.0.1"), (address.Protocol, address.System, address.Host));
        Assert.InRange(address.Port!.Value, 1, 65535);
    }

    [Fact]
    public void A_system_does_not_start_on_a_port_in_use() =>
        Assert.ThrowsAny<Exception>(() => StartPeer("second", $"akka.remote.dot-netty.tcp.port = {AddressOf(Sys).Port}"));

    [Fact]
    public async Task An_ask_by_selection_is_answered()
    {
        var echo = Sys.ActorOf(Echo, "echo");
        Assert.Equal("hello", await FromPeer(echo).Ask<string>("hello", Patience));
    }

    [Fact]
    public async Task The_sender_can_be_answered_later_and_from_elsewhere()
    {
        var asked = Peer.ActorSelection(RemotePathOf(Sys, Sys.ActorOf(Lambda.Props((context, _) => TestActor.Tell(context.Sender))))).Ask<string>("who are you?", Patience);
        var asker = ExpectMsg<IActorRef>();
        Assert.Equal(AddressOf(Peer), asker.Path.Address);
        asker.Tell("late answer");
        Assert.Equal("late answer", await asked);
    }

    [Fact]
    public async Task A_resolved_reference_names_one_incarnation_and_is_remote()
    {
        var echo = Sys.ActorOf(Echo, "echo");
        var resolved = await ResolveAsync(Peer, Sys, echo);
        Assert.Equal(echo.Path.Uid, resolved.Path.Uid);
        Assert.Equal(AddressOf(Sys), resolved.Path.Address);
        Assert.False(((IActorRefScope)resolved).IsLocal);
        Assert.Equal("direct", await resolved.Ask<string>("direct", Patience));
    }

    [Fact]
    public async Task Resolving_nobody_fails()
    {
        var path = $"{AddressOf(Sys)}/user/nobody";
        await Assert.ThrowsAsync<ActorNotFoundException>(() => Peer.ActorSelection(path).ResolveOne(Patience));
    }

    [Fact]
    public async Task Identify_is_answered_with_its_own_id()
    {
        var echo = Sys.ActorOf(Echo, "echo");
        var identity = await FromPeer(echo).Ask<ActorIdentity>(new Identify("me"), Patience);
        Assert.Equal("me", identity.MessageId);
        Assert.Equal(echo.Path.Uid, identity.Subject.Path.Uid);

        var nobody = await Peer.ActorSelection($"{AddressOf(Sys)}/user/nobody").Ask<ActorIdentity>(new Identify(7), Patience);
        Assert.Equal(7, nobody.MessageId);
        Assert.Null(nobody.Subject);
    }

    [Fact]
    public void A_selection_with_a_wildcard_reaches_all_that_match()
    {
        foreach (var name in new[] { "east-1", "east-2", "west-1" })
            Sys.ActorOf(Lambda.Props((context, _) => TestActor.Tell(context.Self.Path.Name)), name);
        Peer.ActorSelection($"{AddressOf(Sys)}/user/east-*").Tell("ring");
        Assert.Equal(["east-1", "east-2"], new[] { ExpectMsg<string>(), ExpectMsg<string>() }.Order());
        ExpectNoMsg(Soon);
    }

    [Fact]
    public async Task Messages_of_one_sender_arrive_in_order()
    {
        var forwarder = Sys.ActorOf(Lambda.Props((_, message) => TestActor.Tell(message)));
        var remote = await ResolveAsync(Peer, Sys, forwarder);
        for (var i = 0; i < 2000; i++)
            remote.Tell(i);
        for (var i = 0; i < 2000; i++)
            ExpectMsg(i);
    }

    public static TheoryData<object> Plain => new() { "täxt", "", 42, -1L, long.MaxValue };

    [Theory]
    [MemberData(nameof(Plain))]
    public async Task Plain_values_arrive_as_they_were(object value) =>
        Assert.Equal(value, await FromPeer(Sys.ActorOf(Echo)).Ask<object>(value, Patience));

    [Fact]
    public async Task Bytes_and_protobuf_messages_arrive_as_they_were()
    {
        var echo = FromPeer(Sys.ActorOf(Echo));
        byte[] bytes = [0, 255, 1];
        Assert.Equal(bytes, await echo.Ask<byte[]>(bytes, Patience));
        var timestamp = new Timestamp { Seconds = 1234567890123, Nanos = 42 };
        Assert.Equal(timestamp, await echo.Ask<Timestamp>(timestamp, Patience));
    }

    [Fact]
    public async Task References_in_messages_can_be_used_on_the_other_side()
    {
        // Sends its own reference there and back again, then uses it.
        var returned = await FromPeer(Sys.ActorOf(Echo)).Ask<IActorRef>(Peer.ActorOf(Echo, "mine"), Patience);
        Assert.Equal("home", await returned.Ask<string>("home", Patience));
        // Hands a reference over.
        var remote = await FromPeer(Sys.ActorOf(Lambda.Props((context, _) => context.Sender.Tell(TestActor, context.Self)))).Ask<IActorRef>("whom?", Patience);
        remote.Tell("for the test");
        ExpectMsg("for the test");
    }

    [Fact]
    public async Task A_failure_fails_the_remote_ask_with_the_same_exception()
    {
        var failing = Sys.ActorOf(Lambda.Props((context, _) => context.Sender.Tell(new Status.Failure(new InvalidOperationException("not now")), context.Self)));
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => FromPeer(failing).Ask<string>("go", Patience));
        Assert.Equal("not now", failure.Message);
    }

    [Fact]
    public async Task PoisonPill_stops_a_remote_actor()
    {
        var victim = Sys.ActorOf(Echo);
        var remote = await ResolveAsync(Peer, Sys, victim);
        Watch(victim);
        remote.Tell(PoisonPill.Instance);
        ExpectTerminated(victim);
    }

    [Fact]
    public async Task A_message_to_a_stopped_remote_actor_becomes_a_dead_letter_there()
    {
        var victim = Sys.ActorOf(Echo);
        var remote = await ResolveAsync(Peer, Sys, victim);
        Watch(victim);
        Sys.Stop(victim);
        ExpectTerminated(victim);
        Sys.EventStream.Subscribe(TestActor, typeof(DeadLetter));
        remote.Tell("too late");
        Assert.Equal("too late", ExpectMsg<DeadLetter>().Message);
    }

    [Fact]
    public async Task A_message_larger_than_a_frame_is_dropped_by_its_sender_and_the_connection_lives_on()
    {
        // This time the test's own system sends, so that the test sees its log.
        var sink = Peer.ActorOf(Echo, "sink");
        var remote = await ResolveAsync(Sys, Peer, sink);
        Sys.EventStream.Subscribe(TestActor, typeof(DisassociatedEvent));
        Sys.EventStream.Subscribe(TestActor, typeof(Error));
        remote.Tell(new byte[128_001], TestActor);
        var error = ExpectMsg<Error>();
        Assert.Equal("OversizedPayloadException", error.Cause.GetType().Name);
        Assert.Contains("Discarding oversized payload", error.Cause.Message);
        // The largest message that LocalRecall sends.
        var large = new byte[120_000];
        remote.Tell(large, TestActor);
        Assert.Equal(large, ExpectMsg<byte[]>());
    }

    [Fact]
    public async Task A_message_that_cannot_be_serialized_is_dropped_and_the_connection_lives_on()
    {
        var remote = await ResolveAsync(Sys, Peer, Peer.ActorOf(Echo, "sink"));
        Sys.EventStream.Subscribe(TestActor, typeof(DisassociatedEvent));
        Sys.EventStream.Subscribe(TestActor, typeof(Error));
        remote.Tell(new Status.Failure(new BadException()), TestActor);
        Assert.Contains("Serializ", ExpectMsg<Error>().Message.ToString());
        remote.Tell("next", TestActor);
        ExpectMsg("next");
    }

    /// <summary>Fails to be serialized, whoever tries.</summary>
    private sealed class BadException : Exception
    {
        [Obsolete("as its base")]
        public override void GetObjectData(System.Runtime.Serialization.SerializationInfo info, System.Runtime.Serialization.StreamingContext context) =>
            throw new ArgumentException("no data");
    }
}
