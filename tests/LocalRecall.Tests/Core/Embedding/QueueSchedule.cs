using LocalRecall.Core.Embedding;
using LocalRecall.Core.Ports;
using Xunit;

namespace LocalRecall.Tests.Core.Embedding;

/// <summary>
/// One random schedule: several clients ask in both lanes; runs succeed, fail, stall; requests are removed, expire, are dropped or
/// refused. What is drawn is the same for the same seed.
/// </summary>
internal sealed class QueueSchedule(int seed, bool sharedTexts, bool failures)
{
    private const int Steps = 120;
    private static readonly EmbeddingLimits Limits = EmbeddingLimits.Default with
    {
        MaxQueuedTexts = 120, MaxQueuedTokens = 6000, MaxClientTexts = 60, MaxClientTokens = 3000,
    };

    private readonly Random _random = new(seed);
    private readonly QueueModel _model = new(Limits, checkFairness: !sharedTexts && !failures);
    private readonly HashSet<TextHash> _poison = [];
    private readonly List<TokenizedText> _known = [];
    private double _msPerToken;

    public void Play()
    {
        _msPerToken = Pick(0.02, 0.27, 2);
        for (int step = 0; step < Steps; step++)
        {
            switch (_random.Next(100))
            {
                case < 35: Ask(); break;
                case < 85: Work(); break;
                case < 92: _model.Advance(TimeSpan.FromMilliseconds(_random.Next(1500))); break;
                case < 97: _model.RemoveOne(_random); break;
                case < 99: _msPerToken = Pick(0.02, 0.27, 2); break;
                default: _model.DropAll(); break;
            }
        }

        for (int step = 0; !_model.IsDone; step++)
        {
            Assert.True(step < 10_000, "the queue never empties");
            Work();
        }

        _model.CheckDone();
    }

    private T Pick<T>(params T[] values) => values[_random.Next(values.Length)];

    private void Ask()
    {
        List<TokenizedText> texts = [.. Enumerable.Range(0, 1 + _random.Next(Pick(1, 4, 30))).Select(_ => DrawText())];
        TimeSpan patience = TimeSpan.FromMilliseconds(Pick(100, 3_000, 600_000) * (1 + _random.NextDouble()));
        ClientId client = new(Pick("a", "b", "c", "d"));
        var id = new Guid(_random.Next(), (short)seed, 0, new byte[8]);
        _model.Ask(new EmbeddingRequest(id, client, Pick<EmbeddingLane>(EmbeddingLane.Query, EmbeddingLane.Ingest), texts, _model.Now + patience));
    }

    private TokenizedText DrawText()
    {
        if (sharedTexts && _known.Count > 0 && _random.Next(3) == 0)
        {
            return _known[Math.Max(0, _known.Count - 1 - _random.Next(20))];
        }

        int tokens = _random.Next(4) == 0 ? 64 + _random.Next(193) : 3 + _random.Next(60);
        TokenizedText text = new("m", new TextHash(0, (UInt128)(_known.Count + 1)), new int[tokens]);
        _known.Add(text);
        if (failures && _random.Next(25) == 0)
        {
            _poison.Add(text.Hash);
        }

        return text;
    }

    /// <summary>Begins a run, or ends the one in progress.</summary>
    private void Work()
    {
        if (_model.Run is not { } run)
        {
            _model.BeginRun();
            return;
        }

        double stall = _random.Next(30) == 0 ? 100 : 0.8 + (0.4 * _random.NextDouble());
        TimeSpan runTime = TimeSpan.FromMilliseconds((run.PaddedTokens + 6) * _msPerToken * stall);
        _model.Advance(runTime);
        bool poisoned = run.Texts.Any(text => _poison.Contains(text.Hash));
        if (poisoned || (failures && run.Texts.Count > 1 && _random.Next(20) == 0))
        {
            _model.Fail(poisoned);
        }
        else
        {
            _model.Complete(runTime);
        }
    }
}
