using Akka.Actor;
using LocalRecall.Actors.Embedding;
using LocalRecall.Actors.Requests;
using LocalRecall.Contracts.Messages;
using LocalRecall.Core.Embedding;
using LocalRecall.Core.Ports;
using static LocalRecall.Actors.Index.IndexProtocol;

namespace LocalRecall.Actors.Models;

/// <summary>
/// Embeds the chunks that have no vector of a model yet, in order of id and some at a time, until none is left or the model can't be used.
/// What it has done is on disk, so another one goes on where it ended.
/// </summary>
internal sealed class BacklogActor : ReceiveActor, IWithTimers
{
    private const int ChunksAtOnce = 32;
    private static readonly TimeSpan EmbedTime = TimeSpan.FromMinutes(5);

    private readonly IActorRef _index;
    private readonly IActorRef _embedding;
    private readonly IEmbedderFactory _model;
    private readonly IActorRef _reportTo;
    private PendingChunk[] _chunks = [];
    private TokenizedText[] _texts = [];
    private long _after;

    public BacklogActor(IActorRef index, IActorRef embedding, IEmbedderFactory model, IActorRef reportTo)
    {
        (_index, _embedding, _model, _reportTo) = (index, embedding, model, reportTo);
        Receive<PendingFound>(OnPending);
        Receive<EmbeddingProtocol.Embedded>(embedded => _index.Tell(new PutVectors(
            Guid.NewGuid(), _model.Model.Id, _chunks.Zip(embedded.Vectors).ToDictionary(pair => pair.First.EmbeddingTextHash, pair => pair.Second))));
        Receive<VectorsPut>(_ => OnVectorsPut());
        Receive<RequestFailed>(OnFailed);
        Receive<EmbedAgain>(_ => Embed());
        Receive<ReceiveTimeout>(_ => End("The index or the model does not answer."));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    /// <param name="reportTo">Is told <see cref="BacklogProgress"/> and at last <see cref="BacklogEnded"/>.</param>
    public static Props CreateProps(IActorRef index, IActorRef embedding, IEmbedderFactory model, IActorRef reportTo) =>
        Props.Create(() => new BacklogActor(index, embedding, model, reportTo));

    protected override void PreStart()
    {
        Context.SetReceiveTimeout(EmbedTime + EmbedTime);
        AskForMore();
    }

    private void AskForMore() => _index.Tell(new GetPending(Guid.NewGuid(), _model.Model.Id, _after, ChunksAtOnce));

    private void OnPending(PendingFound pending)
    {
        if (pending.Chunks.Count == 0)
        {
            End(null);
            return;
        }

        _after = pending.Chunks[^1].ChunkId;
        _chunks = [.. pending.Chunks.DistinctBy(chunk => chunk.EmbeddingTextHash)];
        try
        {
            _texts = [.. _chunks.Select(chunk => TokenizedText.Of(chunk.EmbeddingText, EmbeddingPurpose.Document, _model))];
            Embed();
        }
        catch (EmbeddingException e)
        {
            End(e.Message);
        }
    }

    private void Embed() => _embedding.Tell(
        new EmbeddingProtocol.Embed(Guid.NewGuid(), ClientId.Host, EmbeddingLane.Ingest, _texts, Context.System.Scheduler.Now + EmbedTime));

    private void OnVectorsPut()
    {
        _reportTo.Tell(new BacklogProgress(_chunks.Length, _texts.Count(text => text.TokenIds.Length == _model.Model.MaxTokens)));
        AskForMore();
    }

    private void OnFailed(RequestFailed failed)
    {
        if (failed.Code is FailureCode.Busy or FailureCode.Expired)
        {
            Timers.StartSingleTimer(nameof(EmbedAgain), new EmbedAgain(), failed.RetryAfter ?? TimeSpan.FromMilliseconds(250));
        }
        else
        {
            End(failed.Message); // what failed is looked at again when the model is next loaded
        }
    }

    private void End(string? problem)
    {
        _reportTo.Tell(new BacklogEnded(problem));
        Context.Stop(Self);
    }

    private sealed record EmbedAgain : IInternalMessage;
}

/// <param name="Chunks">Embedded since the last one.</param>
/// <param name="Cut">Of these, as long as the model reads, or longer: what lies behind that is not in the vector.</param>
internal sealed record BacklogProgress(int Chunks, int Cut) : IInternalMessage;

/// <param name="Problem">Null: when it last looked, no chunk was left behind the last one done.</param>
internal sealed record BacklogEnded(string? Problem) : IInternalMessage;
