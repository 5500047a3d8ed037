using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using LocalRecall.Actors.Gateway;
using LocalRecall.Actors.Requests;
using LocalRecall.Contracts.Messages;
using LocalRecall.Core.Embedding;
using Xunit;
using static LocalRecall.Actors.Gateway.GatewayProtocol;

namespace LocalRecall.Tests.Actors.Gateway;

public sealed class LocalClientTests : TestKit
{
    private static readonly ClientId Me = new("local");
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(1);

    private readonly TestProbe _query;
    private readonly IActorRef _gateway;
    private readonly LocalClient _client;

    public LocalClientTests()
        : base(TestConfiguration.Local)
    {
        _query = CreateTestProbe();
        IActorRef other = CreateTestProbe();
        _gateway = Sys.ActorOf(GatewayActor.CreateProps(new GatewaySettings("secret", "1.2.3"), new GatewayPorts(_query, other, other, other, other, other, other)));
        _client = new LocalClient(_gateway, Me, TimeProvider.System);
    }

    [Fact]
    public async Task A_request_goes_to_who_does_the_work_and_its_reply_comes_back()
    {
        Task<IReply> reply = _client.AskAsync(header => new GetMemory(header, Guid.NewGuid(), 0), Long, CancellationToken.None);

        var asked = await _query.ExpectMsgAsync<Authorized<GetMemory>>();
        Assert.Equal(Me, asked.Client);
        asked.ReplyTo.Tell(new Failure(asked.Request.Header.RequestId, FailureCode.NotFound, "no"));
        Assert.Equal(FailureCode.NotFound, Assert.IsType<Failure>(await reply).Code);
    }

    [Fact]
    public async Task Who_gives_up_cancels_the_request()
    {
        using var patience = new CancellationTokenSource();
        Task<IReply> reply = _client.AskAsync(header => new GetMemory(header, Guid.NewGuid(), 0), Long, patience.Token);
        var asked = await _query.ExpectMsgAsync<Authorized<GetMemory>>();

        patience.Cancel();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reply);
        Assert.Equal(new CancelRequest(asked.Request.Header.RequestId, Me), await _query.ExpectMsgAsync<CancelRequest>());
    }

    [Fact]
    public async Task Who_has_given_up_before_asks_nothing()
    {
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            _client.AskAsync(header => new GetMemory(header, Guid.NewGuid(), 0), Long, new CancellationToken(canceled: true)));

        Task<IReply> next = _client.AskAsync(header => new ListMemories(header, MemoryFilter.None, null, 1), Long, CancellationToken.None);

        var asked = await _query.ExpectMsgAsync<Authorized<ListMemories>>();
        asked.ReplyTo.Tell(new Failure(asked.Request.Header.RequestId, FailureCode.NotFound, "no"));
        await next;
    }

    [Fact]
    public async Task A_host_that_stops_takes_no_local_request()
    {
        await _gateway.Ask<IntakeStopped>(StopIntake.Instance);

        IReply reply = await _client.AskAsync(header => new GetMemory(header, Guid.NewGuid(), 0), Long, CancellationToken.None);

        Assert.Equal(FailureCode.Stopping, Assert.IsType<Failure>(reply).Code);
    }
}
