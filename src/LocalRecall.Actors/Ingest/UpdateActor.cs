using Akka.Actor;
using LocalRecall.Actors.Requests;
using LocalRecall.Contracts.Messages;
using LocalRecall.Core.Formats;
using LocalRecall.Core.Memories;
using LocalRecall.Core.Ports;
using LocalRecall.Core.Redaction;
using static LocalRecall.Actors.Index.IndexProtocol;
using static LocalRecall.Actors.Ingest.IngestProtocol;

namespace LocalRecall.Actors.Ingest;

/// <summary>
/// Changes one memory under the same id: the new file takes the place of the old one in one step, and is ingested like any other. The old
/// one stays until then. Done again, it changes nothing.
/// </summary>
internal sealed class UpdateActor : RequestActor<UpdateMemory>
{
    private readonly IngestPorts _ports;
    private MemoryId _id;
    private Memory? _changed;

    public UpdateActor(Authorized<UpdateMemory> request, IngestPorts ports)
        : base(request)
    {
        _ports = ports;
        Receive<StoredFound>(found => OnFound(found.Stored));
        Receive<Prepared>(OnPrepared);
        Receive<ContentsFound>(OnContents);
        Receive<Written>(written => Context.Parent.Tell(new IngestFile(written.Path, _changed!.Project, Client, Deliberate: true)));
        Receive<FileIngested>(OnIngested);
        Receive<Status.Failure>(failure => Finish(new Failure(RequestId, FailureCode.Internal, $"The memory could not be changed: {failure.Cause.Message}")));
    }

    public static Props CreateProps(Authorized<UpdateMemory> request, IngestPorts ports) => Props.Create(() => new UpdateActor(request, ports));

    protected override void Start()
    {
        if (Request is { Subject: null, Keywords: null, AppliesTo: null, Content: null })
        {
            Refuse("Nothing to change was given.");
            return;
        }

        _ports.Index.Tell(new GetStored(RequestId, new MemoryId(Request.Id)));
    }

    private void OnFound(StoredMemory? stored)
    {
        if (stored is null)
        {
            Finish(new Failure(RequestId, FailureCode.NotFound, $"There is no memory {Request.Id}."));
            return;
        }

        _id = stored.Memory.Id;
        (IMemoryFiles files, UpdateMemory request) = (_ports.Files, Request);
        Task.Run(() => Prepare(files, request, stored)).PipeTo(Self);
    }

    /// <summary>From the file, not from the index: it may have been edited a moment ago.</summary>
    private static Prepared Prepare(IMemoryFiles files, UpdateMemory request, StoredMemory stored)
    {
        var id = new MemoryId(request.Id);
        string? own = stored.Memory.Kind == MemoryKind.Document ? null : files.PathOf(id, stored.Memory.Kind);
        if (own is null || files.Stat(own) is null)
        {
            return new Prepared(null, $"Only memories in the home folder can be changed here; this one lies in {stored.Path}: edit that file.");
        }

        SourceContent content = files.Read(own);
        ReadResult result = FormatReader.Read(own, content.Bytes, content.State.ModifiedAt, stored.Memory.Project);
        if (result.Memories.FirstOrDefault(memory => memory.Id == id) is not { } old)
        {
            return new Prepared(null, $"{own} can't be read as this memory; mend the file first. {string.Join("; ", result.Faults)}");
        }

        Redacted<Memory> changed = Redactor.Clean(old with
        {
            Subject = request.Subject ?? old.Subject,
            Keywords = request.Keywords ?? old.Keywords,
            AppliesTo = request.AppliesTo is { } scope ? AppliesTo.Parse(scope) with { Text = scope } : old.AppliesTo,
            Body = request.Content ?? old.Body,
        });
        IReadOnlyList<MemoryProblem> problems = MemoryRules.Validate(changed.Kept);
        return problems.Count > 0 ? new Prepared(null, AddActor.RefusalOf(problems, changed.Kinds)) : new Prepared(changed.Kept, null);
    }

    private void OnPrepared(Prepared prepared)
    {
        if (prepared.Memory is not { } memory)
        {
            Refuse(prepared.Refusal!);
            return;
        }

        _changed = memory;
        _ports.Index.Tell(new FindContents(RequestId, [DedupKey.Of(memory)]));
    }

    private void OnContents(ContentsFound contents)
    {
        if (contents.Known.Values.FirstOrDefault().Id is { } other && other != _id)
        {
            Refuse($"The same content is there already, in the same scope, as memory {other}; nothing was changed. Forget one of the two, or change that one.");
            return;
        }

        (IMemoryFiles files, Memory memory) = (_ports.Files, _changed!);
        Task.Run(() => new Written(files.Write(memory).Path)).PipeTo(Self);
    }

    private void OnIngested(FileIngested ingested) => Finish(ingested.Failure is { } reason
        ? new Failure(RequestId, FailureCode.StoreUnavailable, $"The memory is changed in {ingested.Path} but not in the index yet: {reason}")
        : new MemoryUpdated(RequestId, ingested.Memories[0].Id.Value, ingested.EmbeddingPending));

    private void Refuse(string reason) => Finish(new Failure(RequestId, FailureCode.BadRequest, reason));

    /// <param name="Refusal">Why not; null: it may be written.</param>
    private sealed record Prepared(Memory? Memory, string? Refusal) : IInternalMessage;

    private sealed record Written(string Path) : IInternalMessage;
}
