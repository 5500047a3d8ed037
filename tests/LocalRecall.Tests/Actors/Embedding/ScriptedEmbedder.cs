using System.Collections.Concurrent;
using System.Numerics.Tensors;
using LocalRecall.Core.Ports;
using LocalRecall.Core.Ranking;

namespace LocalRecall.Tests.Actors.Embedding;

/// <summary>
/// A model behind the port that does what a test says: waits at a gate, fails, hangs, refuses to open. A text's "ids" are its characters,
/// its vector counts them, at length one; another factor puts the counts elsewhere, so vectors of two models don't fit. Notes how many sessions were open and how many runs in progress at once, and on which threads.
/// The first run of each session is the worker's own check; it is not counted.
/// </summary>
internal sealed class ScriptedEmbedder(string id = "scripted@1", int dimensions = 64, int factor = 1) : IEmbedderFactory, ITokenizer
{

    private readonly Lock _lock = new();
    private int _running;
    private int _waiting;
    private int _ended;
    private int _open;

    public ModelInfo Model { get; } = new(id, dimensions, 256, "", "", 0.3f, Calibration.Default);

    public ITokenizer Tokenizer => this;

    /// <summary>A run asks here before it ends. Blocks the worker's own thread, as a real run does.</summary>
    public SemaphoreSlim? Gate { get; set; }

    public Func<int[], bool> IsPoison { get; set; } = _ => false;

    /// <summary>So many of the next runs fail, whatever is in them.</summary>
    public volatile int FailNext;

    public volatile string? OpenProblem;

    /// <summary>Vectors are no numbers.</summary>
    public volatile bool TalksNonsense;

    /// <summary>A run at the gate stays there, come what may.</summary>
    public volatile bool IgnoresTerminate;

    /// <summary>Runs in progress.</summary>
    public int Running => Volatile.Read(ref _running);

    /// <summary>Runs at the gate that nobody has told to end.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>Runs that have ended, well or not.</summary>
    public int Ended => Volatile.Read(ref _ended);

    /// <summary>Sessions that are open.</summary>
    public int Open => Volatile.Read(ref _open);

    public int PeakRunning { get; private set; }

    public int PeakOpen { get; private set; }

    public int Opened { get; private set; }

    /// <summary>Successful or not.</summary>
    public volatile int OpenAttempts;

    public int Disposed { get; private set; }

    public ConcurrentQueue<IReadOnlyList<int[]>> Runs { get; } = new();

    /// <summary>Threads that ran something, and whether they were the pool's.</summary>
    public ConcurrentDictionary<int, bool> ThreadIds { get; } = new();

    /// <summary>As a model made without anything said has it.</summary>
    public static float[] VectorOf(string text) => new ScriptedEmbedder().Vector(text);

    public float[] Vector(string text)
    {
        float[] vector = new float[dimensions];
        Fill(Encode(text, Model.MaxTokens), vector);
        return vector;
    }

    public static string TextOf(int[] ids) => string.Concat(ids.Select(id => (char)id));

    public int[] Encode(string text, int maxTokens) => [.. text.Take(maxTokens).Select(c => (int)c)];

    public int CountTokens(ReadOnlySpan<char> text) => text.Length;

    IEmbedder IEmbedderFactory.Open()
    {
        Interlocked.Increment(ref OpenAttempts);
        if (OpenProblem is { } problem)
        {
            throw new EmbeddingException(problem);
        }

        lock (_lock)
        {
            Opened++;
            PeakOpen = Math.Max(PeakOpen, ++_open);
        }

        return new Session(this);
    }

    private void Fill(int[] ids, Span<float> vector)
    {
        vector.Clear();
        foreach (int id in ids)
        {
            vector[id * factor % vector.Length]++;
        }

        TensorPrimitives.Divide(vector, TensorPrimitives.Norm<float>(vector), vector);
    }

    private sealed class Session(ScriptedEmbedder owner) : IEmbedder
    {
        private readonly CancellationTokenSource _terminate = new();
        private bool _checked;

        public void Embed(IReadOnlyList<int[]> tokenIds, Span<float> vectors)
        {
            if (_checked)
            {
                Run(tokenIds);
            }

            _checked = true;
            for (int i = 0; i < tokenIds.Count; i++)
            {
                owner.Fill(tokenIds[i], vectors.Slice(i * owner.Model.Dimensions, owner.Model.Dimensions));
            }

            if (owner.TalksNonsense)
            {
                vectors[^1] = float.NaN;
            }
        }

        public void Terminate()
        {
            if (owner.Running > 0 && !owner.IgnoresTerminate)
            {
                _terminate.Cancel();
            }
        }

        public void Dispose()
        {
            lock (owner._lock)
            {
                owner._open--;
                owner.Disposed++;
            }
        }

        private void WaitAtGate()
        {
            if (owner.Gate is not { } gate)
            {
                return;
            }

            Interlocked.Increment(ref owner._waiting);
            using CancellationTokenRegistration told = _terminate.Token.Register(() => Interlocked.Decrement(ref owner._waiting));
            gate.Wait(_terminate.Token);
            if (told.Unregister())
            {
                Interlocked.Decrement(ref owner._waiting);
            }
        }

        private void Run(IReadOnlyList<int[]> tokenIds)
        {
            lock (owner._lock)
            {
                owner.Runs.Enqueue(tokenIds);
                owner.ThreadIds[Environment.CurrentManagedThreadId] = Thread.CurrentThread.IsThreadPoolThread;
                owner.PeakRunning = Math.Max(owner.PeakRunning, ++owner._running);
            }

            try
            {
                WaitAtGate();
                if (owner.FailNext > 0)
                {
                    owner.FailNext--;
                    throw new EmbeddingException("scripted failure");
                }

                if (tokenIds.Any(owner.IsPoison))
                {
                    throw new EmbeddingException("poison");
                }
            }
            catch (OperationCanceledException)
            {
                throw new EmbeddingException("terminated");
            }
            finally
            {
                Interlocked.Decrement(ref owner._running);
                Interlocked.Increment(ref owner._ended);
            }
        }
    }
}
