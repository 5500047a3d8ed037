using System.Numerics.Tensors;
using LocalRecall.Benchmarks;
using LocalRecall.Client;
using LocalRecall.Evaluation.Measures;
using LocalRecall.Evaluation.Sets;

namespace LocalRecall.Evaluation;

/// <summary>Embeds the sentences of all pairs; the cosine is what the scores are compared with.</summary>
internal sealed class PairRun(PairSet set, EvalOptions options)
{
    private const int TextsAtOnce = 256;

    private readonly Progress _progress = new(set.Name);

    public async Task<PairResult> RunAsync(CancellationToken stop)
    {
        using var home = new EvalHome(null);
        await using RealHost host = await home.StartAsync(options.Set);
        await using RecallClient client = await host.ConnectAsync();
        string[] texts = [.. set.Pairs.SelectMany(pair => (string[])[pair.First, pair.Second]).Distinct()];
        Dictionary<string, float[]> vectors = [];
        foreach (string[] batch in texts.Chunk(TextsAtOnce))
        {
            Embeddings embedded = await client.EmbedAsync(batch, timeout: TimeSpan.FromMinutes(5), cancellation: stop);
            for (int i = 0; i < batch.Length; i++)
                vectors[batch[i]] = embedded[i].ToArray();
            _progress.Report("embedded", vectors.Count, texts.Length);
        }

        double[] cosines = [.. set.Pairs.Select(pair => (double)TensorPrimitives.CosineSimilarity(vectors[pair.First], vectors[pair.Second]))];
        return new PairResult(
            set.Name, set.Kind, "sentence", set.ContentHash, [.. set.Files.Select(file => Path.GetFileName(file))], set.Pairs.Count,
            HostFacts.Of(await client.StatusAsync(cancellation: stop)), Bootstrap.Spearman(cosines, [.. set.Pairs.Select(pair => pair.Score)]));
    }
}
