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

/// <summary>
/// Whole searches, one after another, through the query and index actors over a real store. The queries were embedded beforehand, but the
/// index does not know them; then others with the model, asked once and again.
/// </summary>
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
            string path = bench.Stores.WithChunks(chunks);
            await MeasureAsync(bench, GeneratedStores.Open(path), chunks, bench.Quick ? 100 : 500);
            await MeasureKnownAsync(bench, GeneratedStores.Open(path, remembered: 20_000), chunks, bench.Quick ? 2 : 5);
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
            IActorRef index = system.ActorOf(IndexActor.CreateProps(store, bench.Models, system.Settings.Config.GetInt("localrecall.index.readers")), "index");
            IActorRef query = system.ActorOf(QueryActor.CreateProps(new QueryPorts(index, embedding, bench.Models, SearchSettings.From(system.Settings.Config.GetConfig("localrecall")), new HostMetrics(LocalSystem.Meters)), new RequestLimits(256, 64)), "query");
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

    /// <summary>Searches that need the model, and the same again, with the vectors remembered.</summary>
    private static async Task MeasureKnownAsync(Bench bench, SqliteMemoryStore store, int chunks, int rounds)
    {
        ActorSystem system = LocalSystem.Create();
        try
        {
            IActorRef embedding = system.ActorOf(Props.Create(() => new OneByOne(bench.Model)));
            IActorRef index = system.ActorOf(IndexActor.CreateProps(store, bench.Models, system.Settings.Config.GetInt("localrecall.index.readers")), "index");
            IActorRef query = system.ActorOf(QueryActor.CreateProps(new QueryPorts(index, embedding, bench.Models, SearchSettings.From(system.Settings.Config.GetConfig("localrecall")), new HostMetrics(LocalSystem.Meters)), new RequestLimits(256, 64)), "query");
            foreach (string known in bench.Stores.Queries)
                await SearchAsync(query, known);
            List<double> newMs = [], knownMs = [], newVectorMs = [], knownVectorMs = [];
            for (int round = 0; round < rounds; round++)
            {
                string[] queries = [.. bench.Stores.Queries.Select(text => $"{text} {chunks} {round}")];
                await TimeAsync(queries, newMs, newVectorMs);
                TextHash[] hashes = [.. queries.Select(text => bench.Model.Model.HashOf(text, EmbeddingPurpose.Query))];
                while ((await index.Ask<VectorsFound>(new FindVectors(Guid.NewGuid(), bench.Model.Model.Id, hashes), Patience)).Vectors.Count < hashes.Distinct().Count())
                    await Task.Delay(100);
                await TimeAsync(queries, knownMs, knownVectorMs);
            }

            bench.Add($"of {chunks:N0}: search with a new query, model included, p50", "ms", newMs);
            bench.Add($"of {chunks:N0}: search with a query asked before, p50", "ms", knownMs);
            bench.Add($"of {chunks:N0}: until a new query has its vector", "ms", newVectorMs);
            bench.Add($"of {chunks:N0}: until a query asked before has it", "ms", knownVectorMs);

            async Task TimeAsync(string[] queries, List<double> searchMs, List<double> vectorMs)
            {
                foreach (string text in queries)
                {
                    long started = Stopwatch.GetTimestamp();
                    SearchResults results = await SearchAsync(query, text);
                    searchMs.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
                    vectorMs.Add(results.Timings.EmbedMs);
                }
            }
        }
        finally
        {
            await system.Terminate();
        }
    }

    /// <summary>The index's share, asked for alone as a search asks for it.</summary>
    private static async Task AddStepsAsync(Bench bench, IActorRef index, int chunks)
    {
        List<double> lookupMs = [], keywordMs = [], vectorMs = [], readMs = [];
        foreach (string query in bench.Stores.Queries)
        {
            await TimeAsync<VectorsFound>(
                lookupMs, new FindVectors(Guid.NewGuid(), bench.Model.Model.Id, [bench.Model.Model.HashOf(query, EmbeddingPurpose.Query)], Urgent: true));
            await TimeAsync<KeywordsSearched>(keywordMs, new SearchKeywords(Guid.NewGuid(), KeywordQuery.Parse(query), SearchFilter.None, Candidates));
            VectorsSearched found = await TimeAsync<VectorsSearched>(
                vectorMs, new SearchVectors(Guid.NewGuid(), bench.Model.Model.Id, bench.Stores.QueryVectors[query], SearchFilter.None, Candidates));
            await TimeAsync<ChunksFound>(readMs, new GetChunks(Guid.NewGuid(), [.. found.Hits.Select(hit => hit.ChunkId)]));
        }

        bench.Add($"of {chunks:N0}: looking for the vector of a new query", "ms", lookupMs);
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

    /// <summary>The model, without the embedding actor's order of work.</summary>
    private sealed class OneByOne : ReceiveActor
    {
        private readonly IEmbedder _embedder;

        public OneByOne(IEmbedderFactory model)
        {
            _embedder = model.Open();
            Receive<EmbeddingProtocol.Embed>(m =>
            {
                float[] vector = new float[model.Model.Dimensions];
                _embedder.Embed([m.Texts[0].TokenIds], vector);
                Sender.Tell(new EmbeddingProtocol.Embedded(m.RequestId, [vector]));
            });
        }

        protected override void PostStop() => _embedder.Dispose();
    }
}
