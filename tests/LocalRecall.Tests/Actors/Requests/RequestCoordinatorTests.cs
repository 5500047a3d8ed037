using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using LocalRecall.Actors.Metrics;
using LocalRecall.Actors.Requests;
using LocalRecall.Contracts.Messages;
using LocalRecall.Core.Embedding;
using LocalRecall.Core.Requests;
using LocalRecall.Tests.Actors.Metrics;
using Xunit;

namespace LocalRecall.Tests.Actors.Requests;

/// <summary>A coordinator whose children answer when the test lets them.</summary>
public sealed class RequestCoordinatorTests : TestKit
{
    private static readonly ClientId A = new("a");
    private static readonly ClientId B = new("b");

    private readonly TestMeters _meters = new();
    private readonly TestProbe _work;
    private readonly TestProbe _a;
    private readonly TestProbe _b;
    private readonly IActorRef _coordinator;

    public RequestCoordinatorTests()
        : base(TestConfiguration.Local)
    {
        (_work, _a, _b) = (CreateTestProbe(), CreateTestProbe(), CreateTestProbe());
        IActorRef work = _work;
        var metrics = new HostMetrics(_meters);
        _coordinator = Sys.ActorOf(Props.Create(() => new Coordinator(work, new RequestLimits(4, 2), metrics)));
    }

    protected override void AfterAll()
    {
        base.AfterAll();
        _meters.Dispose();
    }

    private static Guid NewId() => Guid.NewGuid();

    private GetMemory Read(Guid? id = null) => new(Header(id), Guid.Empty, 0);

    private ForgetMemory Write(Guid? id = null) => new(Header(id), Guid.Empty);

    private RequestHeader Header(Guid? id) => new(id ?? Guid.NewGuid(), Guid.NewGuid(), Sys.Scheduler.Now.AddMinutes(1));

    private void Send<T>(T request, ClientId client, IActorRef replyTo)
        where T : IRequest => _coordinator.Tell(new Authorized<T>(request, replyTo, client));

    /// <summary>The child that begins to work.</summary>
    private IActorRef Begun()
    {
        _work.ExpectMsg<Begin>();
        return _work.LastSender;
    }

    private static IReply Reply(IRequest request) => new HostStopping(request.Header.RequestId);

    [Fact]
    public void A_request_that_is_cancelled_is_stopped_and_not_answered()
    {
        GetMemory read = Read();
        Send(read, A, _a);
        IActorRef child = Watch(Begun());
        _coordinator.Tell(new CancelRequest(read.Header.RequestId, A));

        ExpectTerminated(child);
        Assert.EndsWith("outcome=cancelled", Assert.Single(_meters.Heard("localrecall.request.duration")));
        Send(read, A, _a);
        Begun().Tell(Reply(read));
        Assert.Equal(Reply(read), _a.ExpectMsg<IReply>());
    }

    [Fact]
    public void Nobody_can_cancel_what_another_client_asked()
    {
        GetMemory read = Read();
        Send(read, A, _a);
        IActorRef child = Begun();
        _coordinator.Tell(new CancelRequest(read.Header.RequestId, B));
        _coordinator.Tell(new ClientGone(B));
        child.Tell(Reply(read));

        _a.ExpectMsg<HostStopping>();
    }

    [Fact]
    public void When_a_client_is_gone_its_reads_stop_and_its_writes_and_all_others_go_on()
    {
        (GetMemory first, GetMemory second, ForgetMemory write, GetMemory others) = (Read(), Read(), Write(), Read());
        Send(first, A, _a);
        IActorRef child = Watch(Begun());
        _coordinator.Tell(new CancelRequest(first.Header.RequestId, A));
        ExpectTerminated(child);
        Send(second, A, _a);
        child = Watch(Begun());
        Send(write, A, _a);
        IActorRef writer = Watch(Begun());
        Send(others, B, _b);
        IActorRef reader = Begun();
        _coordinator.Tell(new ClientGone(A));

        ExpectTerminated(child);
        reader.Tell(Reply(others));
        _b.ExpectMsg<HostStopping>();
        writer.Tell(Reply(write));
        ExpectTerminated(writer);
        Send(write, B, _b);
        Assert.Equal(write.Header.RequestId, _b.ExpectMsg<HostStopping>().RequestId);
        _a.ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void A_request_repeated_on_a_new_connection_is_done_once_and_outlives_the_old_one()
    {
        GetMemory read = Read();
        Send(read, A, _a);
        IActorRef child = Begun();
        Send(read with { Header = read.Header with { Ticket = NewId() } }, B, _b);
        _coordinator.Tell(new ClientGone(A));
        child.Tell(Reply(read));

        _b.ExpectMsg<HostStopping>();
        _a.ExpectNoMsg(TimeSpan.Zero);
        _work.ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void Progress_goes_to_all_who_wait()
    {
        GetMemory read = Read();
        Send(read, A, _a);
        IActorRef child = Begun();
        Send(read, B, _b);
        var progress = new ImportProgress(read.Header.RequestId, new ImportCounts(1, 2, 3, 4, 5, 6, 7, 8), null);
        child.Tell(progress);

        Assert.Equal(progress, _a.ExpectMsg<ImportProgress>());
        Assert.Equal(progress, _b.ExpectMsg<ImportProgress>());
    }

    [Fact]
    public void Two_clients_that_use_one_id_for_different_things_each_get_their_own()
    {
        GetMemory one = Read();
        GetMemory other = one with { Offset = 5 };
        Send(one, A, _a);
        IActorRef first = Begun();
        Send(other, B, _b);
        IActorRef second = Begun();
        first.Tell(new HostStopping(one.Header.RequestId));
        second.Tell(new Failure(one.Header.RequestId, FailureCode.NotFound, "b's"));

        _a.ExpectMsg<HostStopping>();
        Assert.Equal("b's", _b.ExpectMsg<Failure>().Message);
    }

    [Fact]
    public void A_write_repeated_after_its_reply_got_lost_gets_the_same_reply_and_is_not_done_again()
    {
        ForgetMemory write = Write();
        Send(write, A, _a);
        Begun().Tell(Reply(write));
        IReply reply = _a.ExpectMsg<IReply>();
        Send(write, B, _b);

        Assert.Equal(reply, _b.ExpectMsg<IReply>());
        _work.ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void A_write_that_failed_is_tried_again()
    {
        ForgetMemory write = Write();
        Send(write, A, _a);
        Begun().Tell(new Failure(write.Header.RequestId, FailureCode.StoreUnavailable, "not now"));
        _a.ExpectMsg<Failure>();
        Send(write, A, _a);
        Begun().Tell(Reply(write));

        _a.ExpectMsg<HostStopping>();
    }

    [Fact]
    public void A_greedy_client_is_told_that_it_is_busy_and_the_others_are_served()
    {
        GetMemory[] reads = [Read(), Read(), Read()];
        foreach (GetMemory read in reads)
        {
            Send(read, A, _a);
        }

        var busy = _a.ExpectMsg<Failure>();
        Assert.Equal((reads[2].Header.RequestId, FailureCode.Busy), (busy.RequestId, busy.Code));
        Assert.True(busy.RetryAfterMs > 0);
        (IActorRef first, IActorRef second) = (Begun(), Begun());
        Send(Read(), B, _b);
        Begun();
        first.Tell(Reply(reads[0]));
        _a.ExpectMsg<HostStopping>();
        Send(reads[2], A, _a);
        Begun();
        Assert.NotEqual(first, second);
    }

    [Fact]
    public void A_child_that_fails_is_answered_for()
    {
        GetMemory read = Read();
        Send(read, A, _a);
        IActorRef child = Begun();
        Send(read, B, _b);
        child.Tell(new ImportProgress(read.Header.RequestId, new ImportCounts(0, 0, 0, 0, 0, 0, 0, 0), null));
        _a.ExpectMsg<ImportProgress>();
        _b.ExpectMsg<ImportProgress>();
        child.Tell(new Fail());

        Assert.Equal(FailureCode.Internal, _a.ExpectMsg<Failure>().Code);
        Assert.Equal(FailureCode.Internal, _b.ExpectMsg<Failure>().Code);
    }

    private sealed record Begin : IInternalMessage;

    private sealed record Fail : IInternalMessage;

    private sealed class Coordinator : RequestCoordinator
    {
        public Coordinator(IActorRef work, RequestLimits limits, HostMetrics metrics)
            : base(limits, metrics)
        {
            Serve<GetMemory>(request => Props.Create(() => new Child<GetMemory>(request, work)));
            ServeWrite<ForgetMemory>(request => Props.Create(() => new Child<ForgetMemory>(request, work)));
        }
    }

    private sealed class Child<T> : RequestActor<T>
        where T : IRequest
    {
        private readonly IActorRef _work;

        public Child(Authorized<T> request, IActorRef work)
            : base(request)
        {
            _work = work;
            Receive<ImportProgress>(Progress);
            Receive<IReply>(Finish);
            Receive<Fail>(_ => throw new InvalidOperationException("The test said so."));
        }

        protected override void Start() => _work.Tell(new Begin());
    }
}
