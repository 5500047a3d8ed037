using System.Diagnostics;
using LocalRecall.Core.Embedding;
using LocalRecall.Core.Ports;
using LocalRecall.Infrastructure.Models;
using LocalRecall.Infrastructure.Onnx;

namespace LocalRecall.Benchmarks.Alternatives;

/// <summary>What a design has to work with.</summary>
/// <param name="Open">Loads the model into this process, with the host's session options; unlike the host it trusts the files.</param>
/// <param name="Folder">Shared by all processes of a storm, for locks and sockets.</param>
internal sealed record Surroundings(Func<IEmbedder> Open, string Folder);

/// <summary>A way for many processes to embed texts without a host: each has ONNX Runtime in itself, and the design decides when it may load and run a model.</summary>
internal abstract class Alternative : IDisposable
{
    public const string Option = "--alternative";

    /// <summary>The six, as <c>docs/why-a-mailbox.md</c> names them.</summary>
    public static IReadOnlyDictionary<string, Func<Surroundings, Alternative>> All { get; } = new Dictionary<string, Func<Surroundings, Alternative>>
    {
        ["model per process"] = here => new ModelPerProcess(here),
        ["file lock"] = here => new FileLock(here),
        ["semaphore server"] = here => new SemaphoreServer(here),
        ["mutex and lock file"] = here => new MutexAndLockFile(here),
        ["retry with backoff"] = here => new RetryWithBackoff(here),
        ["lock around loading"] = here => new LockAroundLoading(here),
    };

    /// <summary>Threads of a session that embed at once.</summary>
    public virtual int Threads => 1;

    /// <summary>Gives the work a loaded model once the design lets it, and takes it back. Blocks.</summary>
    public abstract void Use(Action<IEmbedder> work);

    public virtual void Dispose()
    {
    }
}

/// <summary>The processes of an alternative; each is this program, begun with <see cref="Alternative.Option"/>.</summary>
internal static class AlternativeProcess
{
    /// <summary>Texts for which a bulk import asks at once, as in the host.</summary>
    private const int BulkBatch = 32;

    private static readonly ModelInfo Model = ModelManifest.BuiltIn.Info;

    public static string[] Client(string design, string folder, string query) => [Environment.ProcessPath!, Alternative.Option, design, folder, "client", query];

    public static string[] Session(string design, string folder, SessionLoop loop) => [Environment.ProcessPath!, Alternative.Option, design, folder, "session", .. loop.ToWords()];

    public static string[] Bulk(string design, string folder, string texts) => [Environment.ProcessPath!, Alternative.Option, design, folder, "bulk", texts];

    public static string[] Server(string folder, string stop) => [Environment.ProcessPath!, Alternative.Option, "semaphore server", folder, "server", stop];

    /// <summary>A client without a model: the runtime starts, the query is tokenised. What the rest is to be compared with.</summary>
    public static string[] Start(string query) => [Environment.ProcessPath!, Alternative.Option, "none", "", "start", query];

    public static async Task<int> RunAsync(string design, string folder, string[] role)
    {
        var model = new OnnxEmbedderFactory(ModelManifest.BuiltIn, Path.GetDirectoryName(Path.GetDirectoryName(BareLoop.ModelPath)!)!);
        int[] Tokens(string query) => TokenizedText.Of(query, EmbeddingPurpose.Query, model).TokenIds;
        if (role is ["start", var text])
        {
            Console.WriteLine(Tokens(text).Length);
            return 0;
        }

        if (role is ["server", var stop])
        {
            await SemaphoreServer.ServeAsync(folder, stop);
            return 0;
        }

        using Alternative alternative = Alternative.All[design](new Surroundings(Open, folder));
        switch (role)
        {
            case ["client", var query]:
                Console.WriteLine(Embed(alternative, Tokens(query)));
                return 0;
            case ["session", .. var loop]:
                SessionLoop all = SessionLoop.Parse(loop);
                await Task.WhenAll(Enumerable.Range(0, alternative.Threads).Select(thread =>
                {
                    // Together the threads ask as much as the one of another design.
                    SessionLoop mine = all with
                    {
                        Count = all.Count / alternative.Threads + (thread < all.Count % alternative.Threads ? 1 : 0),
                        PauseMs = all.PauseMs * alternative.Threads,
                        Seed = all.Seed * 10 + thread,
                    };
                    return mine.RunAsync(async query =>
                    {
                        await Task.Run(() => Embed(alternative, Tokens(query)));
                        return null;
                    });
                }));
                return 0;
            case ["bulk", var texts]:
                var watch = Stopwatch.StartNew();
                IReadOnlyList<TokenizedText> tokenized = Corpus.Read(texts).Tokenize(model, int.MaxValue);
                foreach (TokenizedText[] batch in tokenized.Chunk(BulkBatch))
                    alternative.Use(embedder => EmbedAll(embedder, batch));
                Console.WriteLine($"{tokenized.Sum(item => item.TokenIds.Length)} tokens in {watch.Elapsed.TotalSeconds:0.0} s");
                return 0;
            default:
                throw new BenchException($"Not a role: {string.Join(' ', role)}");
        }
    }

    private static OnnxEmbedder Open() => new(BareLoop.ModelPath, Model, Environment.ProcessorCount);

    private static float Embed(Alternative alternative, int[] tokens)
    {
        var vector = new float[Model.Dimensions];
        alternative.Use(embedder => embedder.Embed([tokens], vector));
        return vector[0];
    }

    /// <summary>Packed as the host does it: short texts together, at most 256 padded tokens a run, long ones alone.</summary>
    private static void EmbedAll(IEmbedder embedder, IReadOnlyList<TokenizedText> texts)
    {
        EmbeddingLimits limits = EmbeddingLimits.Default;
        List<int[]> run = [];
        foreach (int[] ids in texts.Select(text => text.TokenIds).OrderBy(ids => ids.Length))
        {
            if (run.Count > 0 && (ids.Length >= limits.AloneTokens || ids.Length * (run.Count + 1) > limits.MaxRunTokens))
                Flush();
            run.Add(ids);
        }

        Flush();

        void Flush()
        {
            embedder.Embed(run, new float[run.Count * Model.Dimensions]);
            run.Clear();
        }
    }
}
