using LocalRecall.Benchmarks;
using LocalRecall.Client;
using LocalRecall.Contracts.Messages;

if (args is not [var home, .. { Length: 5 } loop])
{
    Console.Error.WriteLine("usage: bench-session HOME QUERIES STOP COUNT PAUSE-MS SEED");
    return 2;
}

await using var client = new RecallClient(new RecallClientOptions { Home = home, ClientName = "bench-session", Lease = "session" });
await SessionLoop.Parse(loop).RunAsync(async query =>
{
    SearchResults results = await client.SearchAsync(query).ConfigureAwait(false);
    return new HostTimes(results.Timings.EmbedMs, results.Timings.SearchMs, results.Timings.TotalMs, results.Degraded is not null);
}).ConfigureAwait(false);
return 0;
