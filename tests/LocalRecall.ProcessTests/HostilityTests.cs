using System.Text;
using LocalRecall.Client;
using LocalRecall.Contracts;
using LocalRecall.Contracts.Messages;
using LocalRecall.ProcessTests.Processes;
using Xunit;

namespace LocalRecall.ProcessTests;

/// <summary>What a program on this machine might send that is no client of ours.</summary>
public sealed class HostilityTests : ProcessTest
{
    private const int JsonSerializerId = 1;

    private static Hello HelloTo(HostEndpoint endpoint) => new(Guid.NewGuid(), WireLimits.ProtocolVersion, "raw", "0", endpoint.Token);

    [Fact]
    public async Task Json_that_names_a_type_is_rejected_and_the_host_goes_on()
    {
        HostRun host = await Home.StartHostAsync();
        await using RawConnection raw = await RawConnection.OpenAsync(Home.Endpoint!);
        const string Json = """{"$type":"System.IO.FileInfo, System.Private.CoreLib","fileName":"/tmp/x"}""";

        await raw.SendAsync(ActorPaths.Gateway, JsonSerializerId, "System.IO.FileInfo, System.Private.CoreLib", Encoding.UTF8.GetBytes(Json));
        await raw.SendAsync(ActorPaths.Gateway, HelloTo(Home.Endpoint!));

        Assert.IsType<Welcome>(await raw.ReceiveAsync());
        await UntilAsync(() => Task.FromResult(host.Log.Contains("is no message between processes", StringComparison.Ordinal)), "the refusal is in the log");
    }

    [Theory]
    [InlineData("search-v1")]
    [InlineData("no-such-manifest-v1")]
    public async Task A_message_that_is_none_of_ours_is_rejected_and_the_host_goes_on(string manifest)
    {
        await Home.StartHostAsync();
        await using RawConnection raw = await RawConnection.OpenAsync(Home.Endpoint!);

        await raw.SendAsync(ActorPaths.Gateway, MessageCodec.SerializerId, manifest, [0xff, 0xff, 0xff, 0xff]);
        await raw.SendAsync(ActorPaths.Gateway, 987654, manifest, [1, 2, 3]);
        await raw.SendAsync(ActorPaths.Gateway, HelloTo(Home.Endpoint!));

        Assert.IsType<Welcome>(await raw.ReceiveAsync());
    }

    [Fact]
    public async Task Bytes_that_are_no_frame_end_that_connection_alone()
    {
        await Home.StartHostAsync();
        await using RecallClient client = await Home.ConnectAsync();
        await using RawConnection raw = await RawConnection.OpenAsync(Home.Endpoint!);

        await raw.SendAsync([0xff, 0xff, 0xff, 0x7f, .. new byte[64]]);

        await raw.ClosedAsync();
        Assert.Equal("ready", (await client.StatusAsync()).Index.State);
    }

    [Fact]
    public async Task Messages_addressed_past_the_gateway_do_nothing()
    {
        HostRun host = await Home.StartHostAsync();
        await using RawConnection raw = await RawConnection.OpenAsync(Home.Endpoint!);
        await raw.SendAsync(ActorPaths.Gateway, HelloTo(Home.Endpoint!));
        RequestHeader header = Visitor.Header(((Welcome)await raw.ReceiveAsync()).Ticket);

        foreach (string path in (string[])["/user/index", "/user/ingest", "/user/query", "/user/embedding", "/user/lifecycle", "/user", "/"])
        {
            await raw.SendAsync(path, new StopHost(header));
            await raw.SendAsync(path, new AddMemory(header with { RequestId = Guid.NewGuid() }, "episodic", "Intruder", ["in"], "global", null, null, "Nobody let this in."));
        }

        RequestHeader status = header with { RequestId = Guid.NewGuid() };
        await raw.SendAsync(ActorPaths.Gateway, new GetStatus(status));
        var reply = Assert.IsType<HostStatus>(await raw.ReceiveAsync());
        Assert.Equal((status.RequestId, 0), (reply.RequestId, reply.Index.Memories.Sum(kind => kind.Count)));
        Assert.False(host.HasExited);
    }
}
