using System.Collections.Concurrent;
using LocalRecall.Core.Ports;

namespace LocalRecall.Tests.Actors.Embedding;

/// <summary>
/// A model behind the port that does what a test says: waits at a gate, fails on chosen texts, refuses to open. A text's "ids" are its
/// characters, its vector counts them, at length one. Notes how many runs were in progress at once and on which threads.
/// </summary>
internal sealed class ScriptedEmbedder : IEmbedderFactory, ITokenizer
{
    private const int Dimensions = 64;

    private int _running;
    private int _open;

    public ModelInfo Model { get; } = new("scripted@1", Dimensions, 256, "", "", 0.3f);

    public ITokenizer Tokenizer => this;

    /// <summary>A run asks here before it ends. Blocks the worker's own thread, as a real run does.</summary>
    public SemaphoreSlim? Gate { get; set; }

    public Func<int[], bool> IsPoison { get; set; } = _ => false;

    public volatile string? OpenProblem;

    public int PeakRunning { get; private set; }

    public int PeakOpen { get; private set; }

    public int Opened { get; private set; }

    public int Disposed { get; private set; }

    public ConcurrentQueue<IReadOnlyList<int[]>> Runs { get; } = new();

    public ConcurrentDictionary<int, bool> ThreadIds { get; } = new();

    public static float[] VectorOf(string text)
    {
        float[] vector = new float[Dimensions];
        Fill([.. text.Select(c => (int)c)], vector);
        return vector;
    }

    private static void Fill(int[] ids, Span<float> vector)
    {
        vector.Clear();
        foreach (int id in ids)
        {
            vector[id % Dimensions]++;
        }

        float length = MathF.Sqrt(System.Numerics.Tensors.TensorPrimitives.SumOfSquares<float>(vector));
        System.Numerics.Tensors.TensorPrimitives.Divide(vector, length, vector);
    }

    public int[] Encode(string text, int maxTokens) => [.. text.Take(maxTokens).Select(c => (int)c)];

    public int CountTokens(ReadOnlySpan<char> text) => text.Length;

    public IEmbedder Open()
    {
        if (OpenProblem is { } problem)
        {
            throw new EmbeddingException(problem);
        }

        Opened++;
        PeakOpen = Math.Max(PeakOpen, ++_open);
        return new Session(this);
    }

    private sealed class Session(ScriptedEmbedder owner) : IEmbedder
    {
        public void Embed(IReadOnlyList<int[]> tokenIds, Span<float> vectors)
        {
            owner.PeakRunning = Math.Max(owner.PeakRunning, Interlocked.Increment(ref owner._running));
            owner.ThreadIds[Environment.CurrentManagedThreadId] = Thread.CurrentThread.IsThreadPoolThread;
            owner.Runs.Enqueue(tokenIds);
            try
            {
                owner.Gate?.Wait(TimeSpan.FromSeconds(30));
                if (tokenIds.Any(owner.IsPoison))
                {
                    throw new EmbeddingException("scripted failure");
                }

                for (int i = 0; i < tokenIds.Count; i++)
                {
                    Fill(tokenIds[i], vectors.Slice(i * Dimensions, Dimensions));
                }
            }
            finally
            {
                Interlocked.Decrement(ref owner._running);
            }
        }

        public void Terminate() => owner.Gate?.Release();

        public void Dispose()
        {
            owner._open--;
            owner.Disposed++;
        }
    }
}
