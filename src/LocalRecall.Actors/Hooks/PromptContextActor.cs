using Akka.Actor;
using LocalRecall.Actors.Index;
using LocalRecall.Actors.Requests;
using LocalRecall.Contracts.Hooks;
using LocalRecall.Contracts.Messages;
using LocalRecall.Core.Injection;
using LocalRecall.Core.Memories;
using LocalRecall.Core.Ports;
using static LocalRecall.Actors.Hooks.HooksProtocol;

namespace LocalRecall.Actors.Hooks;

/// <summary>What an agent should know for one prompt: a search for what surely fits, and a note that this session has been given it.</summary>
internal sealed class PromptContextActor : RequestActor<FindContext>
{
    private const int Candidates = 20;
    private const int CandidateTokens = 10_000;

    private static readonly TimeSpan TimeToNote = TimeSpan.FromMilliseconds(30);

    private readonly HookPorts _ports;
    private readonly InjectionSettings _settings;
    private string _context = "";

    public PromptContextActor(Authorized<FindContext> request, HookPorts ports, InjectionSettings settings)
        : base(request)
    {
        (_ports, _settings) = (ports, settings);
        Receive<TurnCame>(_ => Search());
        Receive<SearchResults>(OnSearched);
        Receive<Failure>(failure => Finish(failure with { RequestId = RequestId }));
        Receive<IndexProtocol.SessionMemoriesNoted>(_ => Answer());
    }

    public static Props CreateProps(Authorized<FindContext> request, HookPorts ports, InjectionSettings settings) =>
        Props.Create(() => new PromptContextActor(request, ports, settings));

    private HookInput Hook => Request.Hook;

    protected override void Start()
    {
        if (Hook.Event != AgentEvents.UserPromptSubmit || !PromptWorth.IsWorth(Hook.Prompt, Hook.Source))
        {
            Answer();
        }
        else if (Hook.SessionId.Length == 0)
        {
            Search();
        }
        else
        {
            Context.Parent.Tell(new AwaitTurn(Hook.SessionId));
        }
    }

    /// <summary>What was found is given even if it can't be noted: better twice than never.</summary>
    protected override void OnDeadline() => AnswerOr(() => base.OnDeadline());

    protected override void OnFailed(RequestFailed failed) => AnswerOr(() => base.OnFailed(failed));

    private void AnswerOr(Action otherwise)
    {
        if (_context.Length > 0)
        {
            Answer();
        }
        else
        {
            otherwise();
        }
    }

    private void Search()
    {
        var header = new RequestHeader(Guid.NewGuid(), Guid.Empty, Request.Header.Deadline - TimeToNote);
        var search = new Search(
            header, Hook.Prompt!, new MemoryFilter([], Project: Hook.PlaceOf()), Candidates, CandidateTokens, Hook.SessionId, MinConfidence: _settings.MinConfidence);
        _ports.Query.Tell(new Authorized<Search>(search, Self, Client));
    }

    private void OnSearched(SearchResults results)
    {
        RecalledText recalled = RecallFrame.ForPrompt([.. results.Hits.Select(ToRecalled)], _settings.MaxTokens, _settings.MaxMemories);
        _context = recalled.Text;
        if (recalled.Given.Count == 0 || Hook.SessionId.Length == 0)
        {
            Answer();
        }
        else if (Context.System.Scheduler.Now > Request.Header.Deadline)
        {
            base.OnDeadline(); // nobody gets it, so it must not count as given
        }
        else
        {
            _ports.Index.Tell(new IndexProtocol.NoteSessionMemories(RequestId, Hook.SessionId, recalled.Given, SessionRole.Given));
        }
    }

    private static RecalledMemory ToRecalled(SearchHit hit) => new(
        new MemoryId(hit.Summary.Id), hit.Summary.Kind, hit.Summary.Subject, hit.Summary.AppliesTo, hit.Summary.OccurredAt, hit.Summary.Project,
        hit.Summary.Path, hit.Content, hit.Shortened);

    private void Answer() => Finish(new ContextFound(RequestId, _context));
}
