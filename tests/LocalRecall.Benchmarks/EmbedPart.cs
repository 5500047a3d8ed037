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
            IActorRef embedding = system.ActorOf(EmbeddingActor.CreateProps(bench.Models, settings, new EmbeddingMetrics(LocalSystem.Meters), () => Environment.WorkingSet), "embedding");
            await Pipeline(embedding, texts.Take(TextsPerRequest));
            using var bare = new BareLoop(BareLoop.ModelPath, bench.Model.Model, runs.Max(run => run.Count * run.Max(ids => ids.Length)));
            bare.Run(runs[0]);

            Turn ours = new("our pipeline", () => Pipeline(embedding, texts));
            Turn packed = new("bare loop, packed likewise", () => Loop(bare, runs));
            Turn alone = new("bare loop, one text at a time", () => Loop(bare, texts.Select(text => (int[][])[text.TokenIds])));
            for (int round = 0; round < rounds; round++)
            {
                foreach (Turn turn in (Turn[])[ours, packed, alone])
                    await turn.TakeAsync(tokens);
            }

            foreach (Turn turn in (Turn[])[ours, packed, alone])
                bench.Add(turn.What, "tokens/s", turn.TokensPerSecond);
            bench.Add("ours / bare, packed likewise", "", ours.TokensPerSecond.Zip(packed.TokensPerSecond, (a, b) => a / b), Goal.Least(0.95));
            bench.Add("ours / bare, one text at a time", "", ours.TokensPerSecond.Zip(alone.TokensPerSecond, (a, b) => a / b), Goal.Least(0.95));
            bench.Add("tokens per second of processor time, ours / bare", "", ours.TokensPerProcessorSecond.Zip(packed.TokensPerProcessorSecond, (a, b) => a / b));
        }
        finally
        {
            await system.Terminate();
        }
    }

    private static Task Loop(BareLoop bare, IEnumerable<IReadOnlyList<int[]>> runs)
    {
        foreach (IReadOnlyList<int[]> run in runs)
            bare.Run(run);
        return Task.CompletedTask;
    }

    private static Task Pipeline(IActorRef embedding, IEnumerable<TokenizedText> texts) =>
        Task.WhenAll(texts.Chunk(TextsPerRequest).Select(some => embedding.Ask<EmbeddingProtocol.Embedded>(
            new EmbeddingProtocol.Embed(Guid.NewGuid(), ClientId.Host, EmbeddingLane.Ingest, some, DateTimeOffset.UtcNow + Patience), Patience)));

    /// <summary>The runs that the embedding actor makes of these texts.</summary>
    private static IEnumerable<IReadOnlyList<int[]>> RunsOf(IReadOnlyList<TokenizedText> texts, EmbeddingLimits limits)
    {
        DateTimeOffset now = DateTimeOffset.UtcNow;
        var queue = new EmbeddingQueue(limits);
        foreach (TokenizedText[] some in texts.Chunk(TextsPerRequest))
            queue.TryAdd(new EmbeddingRequest(Guid.NewGuid(), ClientId.Host, EmbeddingLane.Ingest, some, DateTimeOffset.MaxValue), now, out _);
        while (queue.NextRun(now) is { } run)
        {
            queue.Complete([.. run.Texts.Select(_ => Array.Empty<float>())], TimeSpan.Zero, now);
            yield return [.. run.Texts.Select(text => text.TokenIds)];
        }
    }

    private sealed record Turn(string What, Func<Task> Work)
    {
        public List<double> TokensPerSecond { get; } = [];

        public List<double> TokensPerProcessorSecond { get; } = [];

        public async Task TakeAsync(int tokens)
        {
            TimeSpan processor = Environment.CpuUsage.TotalTime;
            long started = Stopwatch.GetTimestamp();
            await Work();
            TokensPerSecond.Add(tokens / Stopwatch.GetElapsedTime(started).TotalSeconds);
            TokensPerProcessorSecond.Add(tokens / (Environment.CpuUsage.TotalTime - processor).TotalSeconds);
        }
    }
}
