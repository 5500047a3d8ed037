using LocalRecall.Core.Embedding;
using LocalRecall.Core.Requests;
using Xunit;

namespace LocalRecall.Tests.Core.Requests;

public sealed class OpenRequestsTests
{
    private static readonly ClientId A = new("a");
    private static readonly ClientId B = new("b");

    private readonly OpenRequests<int, string> _open = new(new RequestLimits(MaxOpen: 4, MaxOpenPerClient: 3));

    private static RequestKey Key(int id, int content = 0) => new(new Guid(id, 0, 0, new byte[8]), (UInt128)content);

    private void Add(int worker, RequestKey key, ClientId client, bool isWrite = false) => _open.Add(worker, key, client, client.Value, isWrite);

    [Fact]
    public void A_request_sent_again_is_joined_and_answered_to_all_who_wait()
    {
        Add(1, Key(7), A);

        Assert.True(_open.TryJoin(Key(7), B, "b"));
        Assert.Equal(["a", "b"], _open.Close(1)!.Askers.Order());
        Assert.Null(_open.Close(1));
    }

    [Fact]
    public void The_same_connection_gets_one_reply_however_often_it_asks()
    {
        Add(1, Key(7), A);
        Assert.True(_open.TryJoin(Key(7), A, "a again"));

        Assert.Equal(["a again"], _open.Close(1)!.Askers);
    }

    [Fact]
    public void Another_request_under_the_same_id_is_another_request()
    {
        Add(1, Key(7, content: 1), A);

        Assert.False(_open.TryJoin(Key(7, content: 2), B, "b"));
        Add(2, Key(7, content: 2), B);
        Assert.Equal([1], _open.Leave(A, Key(7).RequestId));
        Assert.Equal(["b"], _open.AskersOf(2));
    }

    [Fact]
    public void A_request_stops_when_the_last_who_waits_leaves()
    {
        Add(1, Key(7), A);
        _open.TryJoin(Key(7), B, "b");

        Assert.Empty(_open.Leave(A));
        Assert.Equal(["b"], _open.AskersOf(1));
        Assert.Equal([1], _open.Leave(B, Key(7).RequestId));
        Assert.Null(_open.Close(1));
        Assert.False(_open.TryJoin(Key(7), A, "a"));
    }

    [Fact]
    public void Leaving_one_request_leaves_the_others()
    {
        Add(1, Key(1), A);
        Add(2, Key(2), A);
        Add(3, Key(3), B);

        Assert.Equal([1], _open.Leave(A, Key(1).RequestId));
        Assert.Empty(_open.Leave(A, Key(3).RequestId));
        Assert.Equal([2], _open.Leave(A));
        Assert.Equal(["b"], _open.AskersOf(3));
    }

    [Fact]
    public void A_write_stays_open_though_nobody_waits_and_can_be_joined()
    {
        Add(1, Key(7), A, isWrite: true);

        Assert.Empty(_open.Leave(A));
        Assert.True(_open.TryJoin(Key(7), B, "b"));
        Assert.Equal(["b"], _open.Close(1)!.Askers);
    }

    [Fact]
    public void A_client_at_its_limit_is_refused_and_the_others_are_not()
    {
        for (int i = 0; i < 3; i++)
        {
            Assert.Null(_open.Refusal(A));
            Add(i, Key(i), A);
        }

        Assert.Contains("This client", _open.Refusal(A));
        Assert.Null(_open.Refusal(B));
        _open.Close(0);
        Assert.Null(_open.Refusal(A));
    }

    [Fact]
    public void At_the_limit_of_all_every_client_is_refused_and_the_host_never()
    {
        for (int i = 0; i < 4; i++)
        {
            Add(i, Key(i), i < 2 ? A : B);
        }

        Assert.NotNull(_open.Refusal(new ClientId("c")));
        Assert.Null(_open.Refusal(ClientId.Host));
    }

    [Fact]
    public void Writes_that_a_client_left_count_among_all()
    {
        for (int i = 0; i < 4; i++)
        {
            Add(i, Key(i), A, isWrite: true);
            _open.Leave(A);
        }

        Assert.NotNull(_open.Refusal(A));
    }
}
