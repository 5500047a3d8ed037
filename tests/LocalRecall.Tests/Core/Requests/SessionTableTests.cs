using LocalRecall.Core.Embedding;
using LocalRecall.Core.Requests;
using Xunit;

namespace LocalRecall.Tests.Core.Requests;

public sealed class SessionTableTests
{
    private static readonly ClientId A = new("a");
    private static readonly ClientId B = new("b");
    private static readonly DateTimeOffset Start = DateTimeOffset.UnixEpoch;

    private readonly SessionTable<string> _sessions = new(capacity: 2, TimeSpan.FromMinutes(30));
    private readonly Guid _one = Guid.NewGuid();
    private readonly Guid _two = Guid.NewGuid();

    private static DateTimeOffset After(int minutes) => Start.AddMinutes(minutes);

    [Fact]
    public void A_session_keeps_its_server()
    {
        Assert.Null(_sessions.Enter(_one, A, Start));
        _sessions.Add(_one, "first", A, Start);

        Assert.Equal("first", _sessions.Enter(_one, A, Start));
        Assert.Null(_sessions.Enter(_two, A, Start));
    }

    [Fact]
    public void A_server_that_is_gone_serves_nobody()
    {
        _sessions.Add(_one, "first", A, Start);
        Assert.True(_sessions.Remove("first"));

        Assert.Null(_sessions.Enter(_one, A, Start));
        Assert.False(_sessions.Remove("first"));
        _sessions.Leave("first", Start);
        Assert.Equal(0, _sessions.Count);
    }

    [Fact]
    public void Who_is_quiet_the_longest_makes_room()
    {
        _sessions.Add(_one, "first", A, After(0));
        Assert.True(_sessions.TryMakeRoom(out string? leaver));
        Assert.Null(leaver);
        _sessions.Add(_two, "second", A, After(1));
        _sessions.Leave("second", After(2));
        _sessions.Leave("first", After(3));

        Assert.True(_sessions.TryMakeRoom(out leaver));
        Assert.Equal("second", leaver);
        Assert.Null(_sessions.Enter(_two, A, After(4)));
    }

    [Fact]
    public void Who_is_at_work_never_goes()
    {
        _sessions.Add(_one, "first", A, Start);
        _sessions.Add(_two, "second", A, Start);
        _sessions.Enter(_two, A, Start);
        _sessions.Leave("second", Start);

        Assert.False(_sessions.TryMakeRoom(out string? leaver));
        Assert.Null(leaver);
        Assert.Empty(_sessions.RemoveIdle(After(1000)));
        Assert.Equal(2, _sessions.Count);
    }

    [Fact]
    public void Who_was_quiet_for_long_goes()
    {
        _sessions.Add(_one, "first", A, After(0));
        _sessions.Leave("first", After(5));
        _sessions.Add(_two, "second", A, After(10));
        _sessions.Leave("second", After(10));

        Assert.Empty(_sessions.RemoveIdle(After(34)));
        Assert.Equal(["first"], _sessions.RemoveIdle(After(35)));
        Assert.Equal(1, _sessions.Count);
    }

    [Fact]
    public void Sessions_go_with_the_client_that_used_them_last()
    {
        _sessions.Add(_one, "first", A, Start);
        _sessions.Add(_two, "second", A, Start);
        _sessions.Enter(_two, B, Start); // the agent has connected anew

        Assert.Equal(["first"], _sessions.RemoveOf(A));
        Assert.Equal(["second"], _sessions.RemoveOf(B));
    }
}
