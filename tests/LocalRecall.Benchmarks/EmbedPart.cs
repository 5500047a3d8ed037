using System.Diagnostics;
using Akka.Actor;
using LocalRecall.Actors.Embedding;
using LocalRecall.Core.Embedding;

namespace LocalRecall.Benchmarks;

/// <summary>
/// The same tokens, packed alike, once through the embedding actor, its worker and the embedder, once through a bare loop; by turns.
/// A third turn of the bare loop takes every text by itself.
/// </summary>
internal static class EmbedPart
{
    private const int TextsPerRequest = 16;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(30);

    public static async Task RunAsync(Bench bench)
    {
        int rounds = bench.Quick ? 3 : 9;
        IReadOnlyList<TokenizedText> texts = bench.Corpus.Tokenize(bench.Model, bench.Quick ? 4_000 : 24_000);
        int tokens = texts.Sum(text => text.TokenIds.Length);

        ActorSystem system = LocalSystem.Create();
        try
        {
            EmbeddingSettings settings = EmbeddingSettings.From(system.Settings.Config.GetConfig("localrecall.embedding"));
            IReadOnlyList<int[]>[] runs = [.. RunsOf(texts, settings.Limits)];
            bench.Say($"{texts.Count} texts, {tokens} tokens, {runs.Length} runs of the model, {rounds} rounds");
            IActorRef embedding = system.ActorOf(EmbeddingActor.CreateProps(bench.Model, settings), "embedding");
            await Pipeline(embedding, texts.Take(TextsPerRequest));
            using var bare = new BareLoop(BareLoop.ModelPath, bench.Model.Model, runs.Max(run => run.Count * run.Max(ids => ids.Length)));
            bare.Run(runs[0]);

            List<double> ours = [], packed = [], alone = [];
            for (int round = 0; round < rounds; round++)
            {
                var watch = Stopwatch.StartNew();
                await Pipeline(embedding, texts);
                ours.Add(tokens / watch.Elapsed.TotalSeconds);

                watch.Restart();
                foreach (IReadOnlyList<int[]> run in runs)
                    bare.Run(run);
                packed.Add(tokens / watch.Elapsed.TotalSeconds);

                watch.Restart();
                foreach (TokenizedText text in texts)
                    bare.Run([text.TokenIds]);
                alone.Add(tokens / watch.Elapsed.TotalSeconds);
            }

            bench.Add("our pipeline", "tokens/s", ours);
            bench.Add("bare loop, packed likewise", "tokens/s", packed);
            bench.Add("bare loop, one text at a time", "tokens/s", alone);
            bench.Add("ours / bare, packed likewise", "", ours.Zip(packed, (a, b) => a / b), Goal.Least(0.95));
            bench.Add("ours / bare, one text at a time", "", ours.Zip(alone, (a, b) => a / b), Goal.Least(0.95));
        }
        finally
        {
            await system.Terminate();
        }
    }

    private static Task Pipeline(IActorRef embedding, IEnumerable<TokenizedText> texts) =>
        Task.WhenAll(texts.Chunk(TextsPerRequest).Select(some => embedding.Ask<EmbeddingProtocol.Embedded>(
            new EmbeddingProtocol.Embed(Guid.NewGuid(), EmbeddingLane.Ingest, some, DateTimeOffset.UtcNow + Patience), Patience)));

    /// <summary>The runs that the embedding actor makes of these texts.</summary>
    private static IEnumerable<IReadOnlyList<int[]>> RunsOf(IReadOnlyList<TokenizedText> texts, EmbeddingLimits limits)
    {
        DateTimeOffset now = DateTimeOffset.UtcNow;
        var queue = new EmbeddingQueue(limits);
        queue.TryAdd(Guid.NewGuid(), EmbeddingLane.Ingest, texts, DateTimeOffset.MaxValue, now);
        while (queue.NextRun(now) is { } run)
        {
            queue.Complete([.. run.Texts.Select(_ => Array.Empty<float>())]);
            yield return [.. run.Texts.Select(text => text.TokenIds)];
        }
    }
}
