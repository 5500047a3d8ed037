using System.Diagnostics;
using Akka.Actor;
using LocalRecall.Actors.Embedding;
using LocalRecall.Actors.Index;
using LocalRecall.Actors.Metrics;
using LocalRecall.Actors.Query;
using LocalRecall.Actors.Requests;
using LocalRecall.Contracts.Messages;
using LocalRecall.Core.Embedding;
using LocalRecall.Core.Ports;
using LocalRecall.Core.Ranking;
using LocalRecall.Core.Requests;
using LocalRecall.Infrastructure.Sqlite;
using static LocalRecall.Actors.Index.IndexProtocol;

namespace LocalRecall.Benchmarks;

/// <summary>Whole searches, one after another, through the query and index actors over a real store; the queries were embedded beforehand.</summary>
internal static class SearchPart
{
    /// <summary>As many as a search asks the index for.</summary>
    private const int Candidates = 200;

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
            IActorRef query = system.ActorOf(QueryActor.CreateProps(new QueryPorts(index, embedding, bench.Model, new HostMetrics(LocalSystem.Meters)), new RequestLimits(256, 64)), "query");
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
            await AddStepsAsync(bench, index, chunks);
            bench.Add($"from opening the store of {chunks:N0} chunks to its first answer", "ms", [openedMs]);
        }
        finally
        {
            await system.Terminate();
        }
    }

    /// <summary>The index's share, asked for alone as a search asks for it.</summary>
    private static async Task AddStepsAsync(Bench bench, IActorRef index, int chunks)
    {
        List<double> keywordMs = [], vectorMs = [], readMs = [];
        foreach (string query in bench.Stores.Queries)
        {
            await TimeAsync<KeywordsSearched>(keywordMs, new SearchKeywords(Guid.NewGuid(), KeywordQuery.Parse(query), SearchFilter.None, Candidates));
            VectorsSearched found = await TimeAsync<VectorsSearched>(
                vectorMs, new SearchVectors(Guid.NewGuid(), bench.Stores.QueryVectors[query], SearchFilter.None, Candidates));
            await TimeAsync<ChunksFound>(readMs, new GetChunks(Guid.NewGuid(), [.. found.Hits.Select(hit => hit.ChunkId)]));
        }

        bench.Add($"of {chunks:N0}: keywords", "ms", keywordMs);
        bench.Add($"of {chunks:N0}: scan, and {Candidates} measured exactly", "ms", vectorMs);
        bench.Add($"of {chunks:N0}: reading {Candidates} chunks", "ms", readMs);

        async Task<T> TimeAsync<T>(List<double> times, IRead read)
        {
            long started = Stopwatch.GetTimestamp();
            T reply = await index.Ask<T>(read, Patience);
            times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            return reply;
        }
    }

    private static async Task<SearchResults> SearchAsync(IActorRef query, string text)
    {
        SearchResults results = await query.Ask<SearchResults>(
            client => new Authorized<Search>(
                new Search(new RequestHeader(Guid.NewGuid(), Guid.Empty, DateTimeOffset.UtcNow + Patience), text, MemoryFilter.None, 10, 2000), client, ClientId.Host),
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
