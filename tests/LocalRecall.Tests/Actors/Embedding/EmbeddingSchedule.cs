using System.Collections.Concurrent;
using System.Diagnostics;
using Akka.Actor;
using Akka.Event;
using Akka.TestKit;
using LocalRecall.Actors.Embedding;
using LocalRecall.Actors.Requests;
using LocalRecall.Contracts.Messages;
using LocalRecall.Core.Embedding;
using LocalRecall.Core.Ports;
using LocalRecall.Tests.Actors.Metrics;
using LocalRecall.Tests.Actors.Models;
using Xunit;
using static LocalRecall.Actors.Embedding.EmbeddingProtocol;

namespace LocalRecall.Tests.Actors.Embedding;

/// <summary>
/// One random history of the embedding actor, drawn from a seed: requests of several clients come in both lanes, runs end, fail or hang,
/// askers stop, worker and session are killed, memory runs short, the model can't be opened, time passes. Then all is let go, and what
/// must always hold is checked.
/// </summary>
internal sealed class EmbeddingSchedule : IDisposable
{
    private const int Steps = 30;
    private const long Ceiling = 1000;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private static readonly EmbeddingSettings Settings = new(
        EmbeddingLimits.Default with { RunTarget = TimeSpan.FromHours(1), MaxQueuedTexts = 60, MaxClientTexts = 25 }, IdleUnload: TimeSpan.FromMinutes(10),
        RetryDegraded: TimeSpan.FromSeconds(15), RunLimit: TimeSpan.FromSeconds(10), MemoryCeilingBytes: Ceiling);

    private readonly Random _random;
    private readonly ActorSystem _system;
    private readonly TestScheduler _time;
    private readonly TestMeters _meters = new();
    private readonly ScriptedEmbedder _model = new() { Gate = new SemaphoreSlim(0), IsPoison = ids => ids[0] == '☠' };
    private readonly IActorRef _embedding;
    private readonly ConcurrentQueue<(object Message, DateTimeOffset At)> _errors = new();
    private readonly IActorRef _errorListener;
    private readonly List<Asking> _askings = [];
    private long _residentBytes;
    private int _texts;

    public EmbeddingSchedule(int seed, ActorSystem system)
    {
        _random = new Random(seed);
        _system = system;
        _time = (TestScheduler)system.Scheduler;
        _errorListener = system.ActorOf(Props.Create(() => new Listener(_errors)));
        system.EventStream.Subscribe(_errorListener, typeof(Error));
        var metrics = new EmbeddingMetrics(_meters);
        _embedding = system.ActorOf(EmbeddingActor.CreateProps(ScriptedModels.InForce(_model), Settings, metrics, () => Interlocked.Read(ref _residentBytes)));
    }

    public async Task RunAsync()
    {
        try
        {
            for (int i = 0; i < Steps; i++)
            {
                Step();
                await QuietAsync();
            }

            await LetGoAsync();
            await EverybodyHasHeardAsync();
            Check(await StateAsync());
            await StopAsync();
        }
        finally
        {
            string path = _embedding.Path.ToString();
            Assert.DoesNotContain(_errors.Select(error => (Error)error.Message), error => error.LogSource == path); // it never throws
        }
    }

    public void Dispose()
    {
        _model.Gate!.Release(1000);
        _system.Stop(_embedding);
        _system.Stop(_errorListener);
        _askings.ForEach(asking => _system.Stop(asking.Asker));
        _meters.Dispose();
    }

    private void Step()
    {
        switch (_random.Next(100))
        {
            case < 42:
                Arrive();
                break;
            case < 68:
                EndRun();
                break;
            case < 74:
                _model.FailNext = _random.Next(10) == 0 ? 4 : 1;
                EndRun();
                break;
            case < 79 when Pick() is { } asking:
                Stop(asking);
                break;
            case < 82 when Pick() is { } asking:
                Ask(asking.Request);
                break;
            case < 88:
                _time.Advance(TimeSpan.FromMilliseconds(_random.Next(1, 3000)));
                break;
            case < 93:
                _time.Advance(TimeSpan.FromSeconds(_random.Next(3, 20)));
                break;
            case < 94:
                _time.Advance(TimeSpan.FromMinutes(_random.Next(1, 12)));
                break;
            case < 96:
                string victim = _random.Next(4) == 0 ? "/*" : "/*/*"; // the session, the worker
                object end = _random.Next(2) == 0 ? Kill.Instance : PoisonPill.Instance;
                _system.ActorSelection(_embedding.Path.ToStringWithoutAddress() + victim).Tell(end);
                break;
            case < 98:
                Interlocked.Exchange(ref _residentBytes, _random.Next(2) * 2 * Ceiling);
                break;
            case < 99:
                _model.OpenProblem = _random.Next(2) == 0 ? "scripted: it does not open" : null;
                break;
            default:
                _model.IgnoresTerminate = _random.Next(2) == 0;
                break;
        }
    }

    private void Arrive()
    {
        string[] texts = [.. Enumerable.Range(0, _random.Next(8) == 0 ? 12 : _random.Next(1, 4)).Select(_ => Text())];
        TimeSpan patience = TimeSpan.FromSeconds(_random.Next(3) == 0 ? _random.Next(1, 10) : 600);
        Ask(new Embed(
            Guid.NewGuid(), new ClientId($"client {_random.Next(4)}"), (EmbeddingLane)_random.Next(2),
            [.. texts.Select(text => TokenizedText.Of(text, EmbeddingPurpose.Document, _model))], _time.Now + patience));
    }

    private string Text() => _random.Next(20) switch
    {
        0 => $"☠ {_texts++}",
        < 4 => $"shared {_random.Next(6)}",
        _ => $"own {_texts++} ".PadRight(_random.Next(5) == 0 ? _random.Next(64, 120) : _random.Next(8, 40), 'x'),
    };

    private void Ask(Embed request)
    {
        var answers = new ConcurrentQueue<(object, DateTimeOffset)>();
        IActorRef asker = _system.ActorOf(Props.Create(() => new Listener(answers)));
        _askings.Add(new Asking(request, asker, answers));
        _embedding.Tell(request, asker);
    }

    private Asking? Pick() => _askings.Count > 0 ? _askings[_random.Next(_askings.Count)] : null;

    private void Stop(Asking asking)
    {
        asking.Stopped = true;
        _system.Stop(asking.Asker);
    }

    private void EndRun()
    {
        if (_model.Waiting > 0)
        {
            int before = _model.Ended;
            _model.Gate!.Release();
            Assert.True(SpinWait.SpinUntil(() => _model.Ended > before, Patience), "A run does not end.");
        }
    }

    private Task<State> StateAsync() => _embedding.Ask<State>(new GetState(Guid.NewGuid())).WaitAsync(Patience);

    /// <summary>Waits until nothing happens any more unless a run ends or time passes.</summary>
    private async Task<State> QuietAsync()
    {
        var waited = Stopwatch.StartNew();
        while (true)
        {
            State state = await StateAsync();
            bool quiet = state.Model switch
            {
                ModelState.Ready => state.Running ? _model.Waiting == 1 : state is { QueuedQueries: 0, QueuedIngest: 0 },
                ModelState.Loading => false,
                _ => _model.Open == 0 || _model.Waiting == 1 || IsStuck(state),
            };
            if (quiet)
            {
                return state;
            }

            Assert.True(waited.Elapsed < Patience, $"It never comes to rest: {state}, {_model.Open} sessions, {_model.Running} runs");
            Thread.Yield();
        }
    }

    private static bool IsStuck(State state) => state.Problem?.Contains("could not be ended", StringComparison.Ordinal) == true;

    /// <summary>No more trouble: runs end, a degraded model is tried again, until there is nothing left to do.</summary>
    private async Task LetGoAsync()
    {
        _model.FailNext = 0;
        _model.OpenProblem = null;
        Interlocked.Exchange(ref _residentBytes, 0);
        while (true)
        {
            State state = await QuietAsync();
            if (_model.Waiting > 0)
            {
                EndRun();
            }
            else if (state.Model == ModelState.Degraded && !IsStuck(state))
            {
                _time.Advance(TimeSpan.FromMinutes(4));
            }
            else if (!state.Running)
            {
                return;
            }
        }
    }

    private Task EverybodyHasHeardAsync() =>
        Task.WhenAll(_askings.Where(a => !a.Stopped).Select(a => a.Asker.Ask<ActorIdentity>(new Identify(null)).WaitAsync(Patience)));

    private async Task StopAsync()
    {
        await _embedding.GracefulStop(Patience);
        Assert.Equal((0, _model.Opened), (_model.Open, _model.Disposed));
    }

    private void Check(State state)
    {
        Assert.Equal((false, 0, 0), (state.Running, state.QueuedQueries, state.QueuedIngest));
        Assert.InRange(_model.PeakRunning, 0, 1);
        Assert.InRange(_model.PeakOpen, 0, 1);
        foreach (IGrouping<Guid, Asking> request in _askings.GroupBy(asking => asking.Request.RequestId))
        {
            Asking last = request.Last();
            int answers = last.Answers.Count;
            Assert.True(answers == 1 || (answers == 0 && last.Stopped), $"A request was answered {answers} times.");
            foreach (Asking asking in request)
            {
                Assert.InRange(asking.Answers.Count, 0, 1); // an earlier asker's answer may have gone to a later one
                CheckAnswer(asking);
            }
        }

        CheckOrder();
    }

    private static void CheckAnswer(Asking asking)
    {
        string[] texts = asking.Texts;
        foreach ((object answer, DateTimeOffset at) in asking.Answers)
        {
            switch (answer)
            {
                case Embedded embedded:
                    Assert.Equal(texts.Select(ScriptedEmbedder.VectorOf), embedded.Vectors);
                    Assert.DoesNotContain(texts, text => text[0] == '☠');
                    break;
                case RequestFailed { Code: FailureCode.BadRequest } failed:
                    Assert.True(texts.Any(text => text[0] == '☠') || !failed.Message.Contains("poison", StringComparison.Ordinal), $"No text of it is bad: {failed.Message}");
                    break;
                case RequestFailed { Code: FailureCode.Expired }:
                    Assert.True(at >= asking.Request.Deadline, "It was answered as expired before its deadline.");
                    break;
                case RequestFailed { Code: FailureCode.Busy or FailureCode.ModelUnavailable } refused:
                    Assert.True(refused.RetryAfter > TimeSpan.Zero);
                    break;
                default:
                    Assert.Fail($"It was answered by {answer}");
                    break;
            }
        }
    }

    /// <summary>
    /// Of one client's requests in one lane the earlier ones begin first. Left out: texts that others want too, which may have been run for
    /// them, and repeated requests, which may have been refused the first time.
    /// </summary>
    private void CheckOrder()
    {
        var firstRuns = new Dictionary<string, int>();
        int run = 0;
        foreach (IReadOnlyList<int[]> texts in _model.Runs)
        {
            foreach (int[] ids in texts)
            {
                firstRuns.TryAdd(ScriptedEmbedder.TextOf(ids), run);
            }

            run++;
        }

        foreach (var line in _askings.GroupBy(a => a.Request.RequestId).Where(g => g.Count() == 1).Select(g => g.Single()).GroupBy(a => (a.Request.Client, a.Request.Lane)))
        {
            int[] begun = [.. line
                .Where(asking => !asking.Texts.Any(text => text.StartsWith("shared", StringComparison.Ordinal)))
                .Select(asking => asking.Texts.Min(text => firstRuns.GetValueOrDefault(text, int.MaxValue)))
                .Where(first => first != int.MaxValue)];
            Assert.Equal(begun.Order(), begun);
        }
    }

    private sealed record Asking(Embed Request, IActorRef Asker, ConcurrentQueue<(object Answer, DateTimeOffset At)> Answers)
    {
        public string[] Texts { get; } = [.. Request.Texts.Select(text => ScriptedEmbedder.TextOf(text.TokenIds))];

        public bool Stopped { get; set; }
    }

    private sealed class Listener(ConcurrentQueue<(object, DateTimeOffset)> heard) : UntypedActor
    {
        protected override void OnReceive(object message) => heard.Enqueue((message, Context.System.Scheduler.Now));
    }
}
