using Akka.Actor;
using Akka.Event;
using LocalRecall.Actors.Models;
using LocalRecall.Actors.Requests;
using LocalRecall.Contracts.Messages;
using LocalRecall.Core.Ports;
using LocalRecall.Core.Ranking;
using static LocalRecall.Actors.Index.IndexProtocol;

namespace LocalRecall.Actors.Index;

/// <summary>Hands writes to the writer and reads to whichever reader is free, with the generation that holds all acknowledged writes.</summary>
public sealed class IndexActor : ReceiveActor, IWithTimers
{
    private const int MaxWaitingReads = 1024;
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(10);

    private readonly IMemoryStore _store;
    private readonly ModelInForce _models;
    private readonly int _readerCount;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Queue<(IRead Read, IActorRef ReplyTo)> _waitingReads = [];
    private readonly Queue<(IRead Read, IActorRef ReplyTo)> _urgentReads = [];
    private readonly HashSet<IActorRef> _readers = [];
    private readonly Queue<IActorRef> _freeReaders = [];
    private readonly Queue<(IWrite Write, IActorRef ReplyTo)> _waitingWrites = [];
    private IActorRef _writer = ActorRefs.Nobody;
    private Generation _generation;
    private string _problem = "";
    private bool _reopened;

    public IndexActor(IMemoryStore store, ModelInForce models, int readers)
    {
        _store = store;
        _models = models;
        _readerCount = readers;
        _generation = new Generation(models.Embedder, new VectorIndex(models.Model.Dimensions).Publish());
        Opening();
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props CreateProps(IMemoryStore store, ModelInForce models, int readers) =>
        Props.Create(() => new IndexActor(store, models, readers));

    protected override void PreStart() => Open();

    protected override SupervisorStrategy SupervisorStrategy() =>
        new OneForOneStrategy(maxNrOfRetries: 3, withinTimeRange: TimeSpan.FromMinutes(1), localOnlyDecider: _ => Directive.Restart);

    /// <summary>The writer opens the file and loads the vectors; what comes meanwhile waits.</summary>
    private void Opening()
    {
        Receive<IRead>(read => Wait(read));
        Receive<IWrite>(write => _waitingWrites.Enqueue((write, Sender)));
        Receive<WriterReady>(OnWriterReady);
        ReceiveCommon();
    }

    private void Serving()
    {
        Receive<IRead>(read =>
        {
            Wait(read);
            ReadNext();
        });
        Receive<IWrite>(write => _writer.Tell(new WriteWork(write, Sender)));
        Receive<RememberVectors>(_writer.Tell);
        Receive<ReaderFree>(_ =>
        {
            if (_readers.Contains(Sender))
            {
                _freeReaders.Enqueue(Sender);
                ReadNext();
            }
        });
        Receive<Written>(written =>
        {
            Adopt(written.Generation);
            written.ReplyTo.Tell(written.Reply);
        });
        Receive<WriterReady>(OnWriterReady);
        Receive<DamageMet>(_writer.Tell);
        Receive<ReplaceReaders>(_ => FillReaders());
        ReceiveCommon();
    }

    private void Unavailable()
    {
        Receive<IRead>(read => Sender.Tell(Refusal(read.RequestId)));
        Receive<IWrite>(write => Sender.Tell(Refusal(write.RequestId)));
        Receive<Retry>(_ =>
        {
            Become(Opening);
            Open();
        });
        ReceiveCommon();
    }

    private void ReceiveCommon()
    {
        Receive<WriterBroken>(broken => _problem = broken.Reason);
        Receive<Terminated>(stopped =>
        {
            if (stopped.ActorRef.Equals(_writer))
            {
                GiveUp();
            }
            else if (_readers.Remove(stopped.ActorRef))
            {
                Timers.StartSingleTimer(nameof(ReplaceReaders), ReplaceReaders.Instance, RetryAfter);
            }
        });
        Receive<ReaderFree>(_ => { });
        Receive<RememberVectors>(_ => { });
    }

    private void Open() => _writer = Context.Watch(Context.ActorOf(IndexWriter.CreateProps(_store, _models.Catalog)));

    /// <summary>What is embedded with the new model from here on meets its vectors: no read has seen them before.</summary>
    private void Adopt(Generation generation)
    {
        _generation = generation;
        if (generation.Embedder != _models.Embedder)
        {
            _models.Embedder = generation.Embedder;
            Context.System.EventStream.Publish(new ModelChanged(generation.ModelId));
        }
    }

    private void OnWriterReady(WriterReady ready)
    {
        Adopt(ready.Generation);
        if (ready.RebuildNeeded is { } damaged)
        {
            _log.Warning("The index was damaged and is rebuilt from the memory files; the damaged file is kept as {0}", damaged);
        }

        foreach (IActorRef reader in _readers)
        {
            Context.Stop(Context.Unwatch(reader)); // it read the file that was there before a restart
        }

        _readers.Clear();
        _freeReaders.Clear();
        FillReaders();
        Become(Serving);
        if (_reopened)
        {
            Context.System.EventStream.Publish(new IndexReopened());
        }

        _reopened = true;
        while (_waitingWrites.TryDequeue(out (IWrite Write, IActorRef ReplyTo) waiting))
        {
            _writer.Tell(new WriteWork(waiting.Write, waiting.ReplyTo));
        }
    }

    private void FillReaders()
    {
        while (_readers.Count < _readerCount)
        {
            _readers.Add(Context.Watch(Context.ActorOf(IndexReader.CreateProps(_store))));
        }
    }

    private void Wait(IRead read)
    {
        if (_waitingReads.Count + _urgentReads.Count < MaxWaitingReads)
        {
            (read is FindVectors { Urgent: true } ? _urgentReads : _waitingReads).Enqueue((read, Sender));
        }
        else
        {
            Sender.Tell(new RequestFailed(read.RequestId, FailureCode.Busy, "Too many searches wait; try again.", TimeSpan.FromMilliseconds(200)));
        }
    }

    private void ReadNext()
    {
        while (_freeReaders.Count > 0 && (_urgentReads.TryDequeue(out (IRead Read, IActorRef ReplyTo) next) || _waitingReads.TryDequeue(out next)))
        {
            _freeReaders.Dequeue().Tell(new ReadWork(next.Read, _generation, next.ReplyTo));
        }
    }

    private void GiveUp()
    {
        _log.Error("The index can't be used: {0} Trying again in {1}.", _problem, RetryAfter);
        foreach ((IRead read, IActorRef replyTo) in _urgentReads.Concat(_waitingReads))
        {
            replyTo.Tell(Refusal(read.RequestId));
        }

        foreach ((IWrite write, IActorRef replyTo) in _waitingWrites)
        {
            replyTo.Tell(Refusal(write.RequestId));
        }

        _urgentReads.Clear();
        _waitingReads.Clear();
        _waitingWrites.Clear();
        Timers.StartSingleTimer(nameof(Retry), Retry.Instance, RetryAfter);
        Become(Unavailable);
    }

    private RequestFailed Refusal(Guid requestId) =>
        new(requestId, FailureCode.StoreUnavailable, $"The index can't be used now: {_problem}", RetryAfter);

    private sealed class ReplaceReaders : IInternalMessage
    {
        public static readonly ReplaceReaders Instance = new();
    }

    private sealed class Retry : IInternalMessage
    {
        public static readonly Retry Instance = new();
    }
}
