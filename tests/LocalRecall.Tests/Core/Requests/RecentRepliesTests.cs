using LocalRecall.Core.Requests;
using Xunit;

namespace LocalRecall.Tests.Core.Requests;

public sealed class RecentRepliesTests
{
    private readonly RecentReplies<string> _replies = new(capacity: 2);

    private static RequestKey Key(int id, int content = 0) => new(new Guid(id, 0, 0, new byte[8]), (UInt128)content);

    [Fact]
    public void A_reply_is_found_by_the_request_and_by_no_other_of_the_same_id()
    {
        _replies.Keep(Key(1), "one");

        Assert.True(_replies.TryGet(Key(1), out string? reply));
        Assert.Equal("one", reply);
        Assert.False(_replies.TryGet(Key(1, content: 1), out _));
    }

    [Fact]
    public void The_oldest_makes_room()
    {
        _replies.Keep(Key(1), "one");
        _replies.Keep(Key(2), "two");
        _replies.Keep(Key(2), "two again");
        _replies.Keep(Key(3), "three");

        Assert.Equal([false, true, true], new[] { 1, 2, 3 }.Select(id => _replies.TryGet(Key(id), out _)));
    }
}
