using Akka.Actor;
using LocalRecall.Actors.Requests;
using LocalRecall.Contracts.Messages;
using LocalRecall.Core.Embedding;
using LocalRecall.Core.Memories;
using LocalRecall.Core.Ports;
using LocalRecall.Core.Ranking;
using LocalRecall.Core.Redaction;
using static LocalRecall.Actors.Ingest.IngestProtocol;

namespace LocalRecall.Actors.Ingest;

/// <summary>
/// Keeps one memory given by message: writes its file, has it ingested like any other, then acknowledges. The file is named after the
/// request: when that comes again, to this host or the next, the file that is there already is the memory.
/// </summary>
internal sealed class AddActor : RequestActor<AddMemory>
{
    private readonly IngestPorts _ports;

    public AddActor(Authorized<AddMemory> request, IngestPorts ports)
        : base(request)
    {
        _ports = ports;
        Receive<Written>(written => Context.Parent.Tell(new IngestFile(written.Path, Request.Project, Client, Deliberate: true)));
        Receive<FileIngested>(OnIngested);
        Receive<SecondFileGone>(gone => Finish(gone.Reply));
        Receive<Status.Failure>(failure => Finish(new Failure(RequestId, FailureCode.Internal, $"The memory could not be written: {failure.Cause.Message}")));
    }

    public static Props CreateProps(Authorized<AddMemory> request, IngestPorts ports) => Props.Create(() => new AddActor(request, ports));

    protected override void Start()
    {
        if (!MemoryKinds.TryParse(Request.Kind, out MemoryKind kind) || kind == MemoryKind.Document)
        {
            Refuse($"The kind is '{Request.Kind}'; it must be episodic or thinking.");
            return;
        }

        Redacted<Memory> cleaned = Redactor.Clean(new Memory(
            MemoryId.Of(RequestCoordinator.KeyOf(Request)), kind, Request.Subject, Request.Keywords, AppliesTo.Parse(Request.AppliesTo) with { Text = Request.AppliesTo },
            Request.OccurredAt ?? Context.System.Scheduler.Now, Request.Project, Request.Content));
        Memory memory = cleaned.Kept;
        if (kind == MemoryKind.Episodic && memory.Keywords.Count == 0)
        {
            memory = memory with { Keywords = KeywordsOf(memory.Subject) };
        }

        IReadOnlyList<MemoryProblem> problems = MemoryRules.Validate(memory);
        if (problems.Count > 0)
        {
            Refuse(RefusalOf(problems, cleaned.Kinds));
            return;
        }

        IMemoryFiles files = _ports.Files;
        string path = files.PathOf(memory.Id, kind);
        Task.Run(() => new Written(files.Stat(path) is null ? files.Write(memory).Path : path)).PipeTo(Self);
    }

    /// <summary>What is wrong, and whether it is so because of what may not be kept.</summary>
    public static string RefusalOf(IReadOnlyList<MemoryProblem> problems, IReadOnlyList<string> redacted) =>
        (redacted.Count > 0 ? $"Without what is not kept ({string.Join(", ", redacted)}): " : "") + string.Join(" ", problems.Select(p => p.Message));

    /// <summary>For who gives none: the words of the subject that say something.</summary>
    private static string[] KeywordsOf(string subject) =>
        [.. KeywordQuery.Parse(subject).Terms.Where(term => term.Length <= MemoryRules.MaxKeywordLength).Take(5)];

    private void OnIngested(FileIngested ingested)
    {
        if (ingested.Failure is { } reason)
        {
            Finish(new Failure(RequestId, FailureCode.StoreUnavailable, $"The memory is in {ingested.Path} but not in the index yet: {reason}"));
            return;
        }

        StoredAs stored = ingested.Memories[0];
        bool isSecond = stored.Duplicate && stored.Id != MemoryId.Of(RequestCoordinator.KeyOf(Request)); // of two files, each holding it for the other, one stays
        var added = new MemoryAdded(RequestId, stored.Id.Value, isSecond, ingested.EmbeddingPending);
        if (!isSecond)
        {
            Finish(added);
            return;
        }

        // The same content is there already: its second file goes again, first the file and then, by a second pass, its row.
        (IMemoryFiles files, string path) = (_ports.Files, ingested.Path);
        (IActorRef parent, ClientId client) = (Context.Parent, Client);
        Task.Run(() =>
        {
            files.DeleteOwned(path);
            parent.Tell(new IngestFile(path, null, client), ActorRefs.NoSender);
            return new SecondFileGone(added);
        }).PipeTo(Self);
    }

    private void Refuse(string reason) => Finish(new Failure(RequestId, FailureCode.BadRequest, reason));

    private sealed record SecondFileGone(MemoryAdded Reply) : IInternalMessage;

    private sealed record Written(string Path) : IInternalMessage;
}
