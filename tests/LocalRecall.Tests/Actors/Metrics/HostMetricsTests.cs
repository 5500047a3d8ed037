using Akka.Actor;
using LocalRecall.Contracts.Messages;
using Xunit;

namespace LocalRecall.Tests.Actors.Metrics;

public sealed class HostMetricsTests : HostTest
{
    /// <summary>Without those of the host itself, which looks at its folders when it starts.</summary>
    private string[] Requests() =>
        [.. Meters.Heard("localrecall.request.duration")
            .Select(line => line[(line.IndexOf(' ', StringComparison.Ordinal) + 1)..])
            .Where(tags => !tags.StartsWith("request=import-paths-v1", StringComparison.Ordinal))
            .Order()];

    [Fact]
    public void Every_request_is_measured_by_what_it_asked_and_how_it_ended()
    {
        Add("Fruit", "Apples and bananas are fruit.");
        Search("apples");
        Ask<Failure>(h => new GetMemory(h, Guid.NewGuid(), 0));
        Status();

        AwaitAssert(() => Assert.Equal(
            [
                "request=add-memory-v1 outcome=answered",
                "request=get-memory-v1 outcome=not-found",
                "request=get-status-v1 outcome=answered",
                "request=search-v1 outcome=answered",
            ],
            Requests()));
        Assert.All(Meters.Heard("localrecall.request.duration"), line => Assert.NotEqual('-', line[0]));
    }

    [Fact]
    public void Connected_clients_and_leases_are_gauges()
    {
        AwaitAssert(() => Assert.Equal("1", Meters.Heard("localrecall.clients")[^1]));

        Host.Lifecycle.Tell(new LocalRecall.Actors.Lifecycle.LifecycleProtocol.Activity(3, ["one", "two"]));

        AwaitAssert(() => Assert.Equal(("3", "2"), (Meters.Heard("localrecall.clients")[^1], Meters.Heard("localrecall.leases")[^1])));
    }
}
