using Akka.Actor;
using LocalRecall.Actors.Requests;
using LocalRecall.Contracts.Messages;
using LocalRecall.Core.Injection;
using LocalRecall.Core.Memories;
using LocalRecall.Core.Ports;
using LocalRecall.Core.Ranking;
using static LocalRecall.Actors.Embedding.EmbeddingProtocol;
using static LocalRecall.Actors.Index.IndexProtocol;

namespace LocalRecall.Actors.Hooks;

/// <summary>What an agent should know when a session begins: the newest and most used memories of its project, by their subjects.</summary>
internal sealed class SessionContextActor : RequestActor<FindContext>
{
    private const int NewestFacts = 5;
    private const int NewestOthers = 4;
    private const int MostUsed = 5;

    private readonly HookPorts _ports;
    private readonly InjectionSettings _settings;
    private readonly Guid _factsId = Guid.NewGuid();
    private readonly Guid _othersId = Guid.NewGuid();
    private readonly Dictionary<Guid, IReadOnlyList<Memory>> _newest = [];
    private IReadOnlyList<Memory>? _mostUsed;

    public SessionContextActor(Authorized<FindContext> request, HookPorts ports, InjectionSettings settings)
        : base(request)
    {
        (_ports, _settings) = (ports, settings);
        Receive<GivenForgotten>(_ => List());
        Receive<StoredListed>(listed =>
        {
            _newest.Add(listed.RequestId, [.. listed.Page.Memories.Select(stored => stored.Memory)]);
            AnswerWhenDone();
        });
        Receive<MostUsedListed>(listed =>
        {
            _mostUsed = [.. listed.Memories.Select(used => used.Stored.Memory)];
            AnswerWhenDone();
        });
    }

    public static Props CreateProps(Authorized<FindContext> request, HookPorts ports, InjectionSettings settings) =>
        Props.Create(() => new SessionContextActor(request, ports, settings));

    protected override void Start()
    {
        _ports.Embedding.Tell(ExpectWork.Instance); // the first prompt has no time to wait for the model
        switch (Request.Hook.Source)
        {
            case "resume" or "fork":
                Finish(new ContextFound(RequestId, "")); // it still has what it was told when it began
                break;
            case "clear" or "compact" when Request.Hook.SessionId.Length > 0:
                _ports.Index.Tell(new ForgetGiven(RequestId, Request.Hook.SessionId));
                break;
            default:
                List();
                break;
        }
    }

    private void List()
    {
        var filter = new SearchFilter(Project: Request.Hook.PlaceOf());
        _ports.Index.Tell(new ListStored(_factsId, filter with { Kinds = [MemoryKind.Episodic] }, null, NewestFacts));
        _ports.Index.Tell(new ListStored(_othersId, filter with { Kinds = [MemoryKind.Thinking, MemoryKind.Exchange] }, null, NewestOthers));
        _ports.Index.Tell(new ListMostUsed(RequestId, filter, MostUsed));
    }

    private void AnswerWhenDone()
    {
        if (_newest.Count == 2 && _mostUsed is not null)
        {
            string context = RecallFrame.ForSession(
                [("Newest facts", _newest[_factsId]), ("Used most", _mostUsed), ("Newest sessions", _newest[_othersId])], _settings.SessionTokens);
            Finish(new ContextFound(RequestId, context));
        }
    }
}
