using Akka.Actor;
using LocalRecall.Actors.Requests;
using LocalRecall.Contracts.Messages;
using LocalRecall.Core.Formats;
using LocalRecall.Core.Memories;
using LocalRecall.Core.Ports;
using static LocalRecall.Actors.Index.IndexProtocol;

namespace LocalRecall.Actors.Ingest;

/// <summary>
/// Forgets one memory: first in the index, which remembers that it must not come back, then the file if it is ours, then what deleted
/// rows leave behind. Asked again after a host that ended in between, it deletes the file that was left.
/// </summary>
internal sealed class ForgetActor : RequestActor<ForgetMemory>
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(250);

    private readonly IngestPorts _ports;
    private IReply? _reply;

    public ForgetActor(Authorized<ForgetMemory> request, IngestPorts ports)
        : base(request)
    {
        _ports = ports;
        Receive<Forgotten>(OnForgotten);
        Receive<FilesDeleted>(deleted =>
        {
            _reply = deleted.Reply;
            Purge();
        });
        Receive<Purged>(_ => Finish(_reply!));
        Receive<PurgeDue>(_ => Purge());
        Receive<Status.Failure>(failure => Finish(new Failure(RequestId, FailureCode.Internal, $"It is forgotten, but its file could not be deleted: {failure.Cause.Message}")));
    }

    public static Props CreateProps(Authorized<ForgetMemory> request, IngestPorts ports) => Props.Create(() => new ForgetActor(request, ports));

    protected override void Start() => _ports.Index.Tell(new Forget(RequestId, new MemoryId(Request.Id)));

    protected override void OnFailed(RequestFailed failed)
    {
        if (_reply is null)
        {
            base.OnFailed(failed);
        }
        else if (failed.Code == FailureCode.Busy)
        {
            Timers.StartSingleTimer(nameof(PurgeDue), PurgeDue.Instance, RetryAfter);
        }
        else
        {
            Finish(_reply); // it is gone from every answer; what is left of it in the file goes with the next one
        }
    }

    protected override void OnDeadline()
    {
        if (_reply is null)
        {
            base.OnDeadline();
        }
        else
        {
            Finish(_reply);
        }
    }

    private void Purge() => _ports.Index.Tell(new Purge(RequestId, Everywhere: false));

    private void OnForgotten(Forgotten forgotten)
    {
        (IMemoryFiles files, Guid requestId, Guid id) = (_ports.Files, RequestId, Request.Id);
        Task.Run(() => new FilesDeleted(forgotten.Memory is { } memory ? Delete(memory, requestId, files) : DeleteLeftOver(id, requestId, files))).PipeTo(Self);
    }

    private static MemoryForgotten Delete(ForgottenMemory memory, Guid requestId, IMemoryFiles files)
    {
        ILookup<bool, string> deleted = memory.Paths.ToLookup(files.DeleteOwned);
        return new MemoryForgotten(requestId, memory.Memory.Id.Value, memory.Memory.Subject, [.. deleted[true]], [.. deleted[false]]);
    }

    private static IReply DeleteLeftOver(Guid id, Guid requestId, IMemoryFiles files)
    {
        foreach (MemoryKind kind in (MemoryKind[])[MemoryKind.Episodic, MemoryKind.Thinking, MemoryKind.Exchange])
        {
            string path = files.PathOf(new MemoryId(id), kind);
            if (files.Stat(path) is not null)
            {
                SourceContent content = files.Read(path);
                ReadResult left = FormatReader.Read(path, content.Bytes, content.State.ModifiedAt, null);
                files.DeleteOwned(path);
                return new MemoryForgotten(requestId, id, left.Memories.FirstOrDefault()?.Subject ?? "", [path], []);
            }
        }

        return new Failure(requestId, FailureCode.NotFound, $"There is no memory {id}.");
    }

    private sealed record FilesDeleted(IReply Reply) : IInternalMessage;

    private sealed class PurgeDue : IInternalMessage
    {
        public static readonly PurgeDue Instance = new();
    }
}
