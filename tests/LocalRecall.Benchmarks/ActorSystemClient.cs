using Akka.Actor;
using Akka.Configuration;
using LocalRecall.Contracts;
using LocalRecall.Contracts.Messages;

namespace LocalRecall.Benchmarks;

/// <summary>What <c>recall search</c> would be with an ActorSystem: hello, one search, an orderly end. A program within this one.</summary>
internal static class ActorSystemClient
{
    public const string Option = "--actor-system-client";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static async Task<int> RunAsync(string home, string query)
    {
        HostEndpoint endpoint = EndpointFile.TryRead(home) ?? throw new BenchException($"No host is running for {home}.");
        Config config = LocalSystem.Read("client.conf");
        ActorSystem system = ActorSystem.Create("client", config);
        ActorSelection gateway = system.ActorSelection(endpoint.Address + ActorPaths.Gateway);
        Welcome welcome = await gateway.Ask<Welcome>(
            new Hello(Guid.NewGuid(), WireLimits.ProtocolVersion, "bench", "1", endpoint.Token), Patience);
        var header = new RequestHeader(Guid.NewGuid(), welcome.Ticket, DateTimeOffset.UtcNow + Patience);
        SearchResults results = await gateway.Ask<SearchResults>(new Search(header, query, MemoryFilter.None, 10, 2000), Patience);
        Console.WriteLine(results.Hits.Count);
        await system.Terminate();
        return results.Hits.Count > 0 ? 0 : 1;
    }
}
