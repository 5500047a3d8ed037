using System.Diagnostics;
using Akka.Actor;
using LocalRecall.Actors.Embedding;
using LocalRecall.Actors.Index;
using LocalRecall.Actors.Query;
using LocalRecall.Actors.Requests;
using LocalRecall.Contracts.Messages;
using LocalRecall.Core.Embedding;
using LocalRecall.Core.Ports;
using LocalRecall.Infrastructure.Sqlite;

namespace LocalRecall.Benchmarks;

/// <summary>Whole searches, one after another, through the query and index actors over a real store; the queries were embedded beforehand.</summary>
internal static class SearchPart
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    public static async Task RunAsync(Bench bench)
    {
        foreach (int chunks in (int[])(bench.Quick ? [1_000, 10_000] : [1_000, 10_000, 100_000]))
        {
            bench.Say($"a store with {chunks:N0} chunks");
            await MeasureAsync(bench, GeneratedStores.Open(bench.Stores.WithChunks(chunks)), chunks, bench.Quick ? 100 : 500);
        }
    }

    private static async Task MeasureAsync(Bench bench, SqliteMemoryStore store, int chunks, int searches)
    {
        IReadOnlyList<string> queries = bench.Stores.Queries;
        ActorSystem system = LocalSystem.Create();
        try
        {
            Dictionary<TextHash, float[]> vectors = queries.ToDictionary(
                query => TokenizedText.Of(query, EmbeddingPurpose.Query, bench.Model).Hash, query => bench.Stores.QueryVectors[query]);
            IActorRef embedding = system.ActorOf(Props.Create(() => new Embedded(vectors)));
            var opening = Stopwatch.StartNew();
            IActorRef index = system.ActorOf(IndexActor.CreateProps(store, bench.Model.Model, system.Settings.Config.GetInt("localrecall.index.readers")), "index");
            IActorRef query = system.ActorOf(QueryActor.CreateProps(new QueryPorts(index, embedding, bench.Model)), "query");
            await SearchAsync(query, queries[0]);
            double openedMs = opening.Elapsed.TotalMilliseconds;
            for (int i = 0; i < queries.Count; i++)
                await SearchAsync(query, queries[i]);

            List<double> times = [];
            int hits = 0;
            for (int i = 0; i < searches; i++)
            {
                long started = Stopwatch.GetTimestamp();
                SearchResults results = await SearchAsync(query, queries[i % queries.Count]);
                times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
                hits += results.Hits.Count;
            }

            times.Sort();
            bench.Add($"search over {chunks:N0} chunks, p50", "ms", times, note: $"{(double)hits / searches:0.0} hits each");
            bench.Add($"search over {chunks:N0} chunks, p99", "ms", [Spread.Percentile(times, 0.99)]);
            bench.Add($"from opening the store of {chunks:N0} chunks to its first answer", "ms", [openedMs]);
        }
        finally
        {
            await system.Terminate();
        }
    }

    private static async Task<SearchResults> SearchAsync(IActorRef query, string text)
    {
        SearchResults results = await query.Ask<SearchResults>(
            client => new Authorized<Search>(
                new Search(new RequestHeader(Guid.NewGuid(), Guid.Empty, DateTimeOffset.UtcNow + Patience), text, MemoryFilter.None, 10, 2000), client),
            Patience, CancellationToken.None);
        return results.Degraded is null ? results : throw new BenchException($"A search was degraded: {results.Degraded}");
    }

    /// <summary>Knows the vectors of all queries already.</summary>
    private sealed class Embedded : ReceiveActor
    {
        public Embedded(IReadOnlyDictionary<TextHash, float[]> vectors) =>
            Receive<EmbeddingProtocol.Embed>(m => Sender.Tell(new EmbeddingProtocol.Embedded(m.RequestId, [.. m.Texts.Select(text => vectors[text.Hash])])));
    }
}
