using Akka.Actor;
using LocalRecall.Actors.Requests;
using LocalRecall.Contracts.Messages;
using LocalRecall.Core.Memories;
using LocalRecall.Core.Ports;
using static LocalRecall.Actors.Index.IndexProtocol;

namespace LocalRecall.Actors.Ingest;

/// <summary>Forgets one memory: first in the index, which remembers that it must not come back, then the file if it is ours.</summary>
internal sealed class ForgetActor : RequestActor<ForgetMemory>
{
    private readonly IngestPorts _ports;

    public ForgetActor(Authorized<ForgetMemory> request, IngestPorts ports)
        : base(request)
    {
        _ports = ports;
        Receive<Forgotten>(OnForgotten);
        Receive<FilesDeleted>(deleted => Finish(deleted.Reply));
        Receive<Status.Failure>(failure => Finish(new Failure(RequestId, FailureCode.Internal, $"It is forgotten, but its file could not be deleted: {failure.Cause.Message}")));
    }

    public static Props CreateProps(Authorized<ForgetMemory> request, IngestPorts ports) => Props.Create(() => new ForgetActor(request, ports));

    protected override void Start() => _ports.Index.Tell(new Forget(RequestId, new MemoryId(Request.Id)));

    private void OnForgotten(Forgotten forgotten)
    {
        if (forgotten.Memory is not { } memory)
        {
            Finish(new Failure(RequestId, FailureCode.NotFound, $"There is no memory {Request.Id}."));
            return;
        }

        (IMemoryFiles files, Guid requestId) = (_ports.Files, RequestId);
        Task.Run(() =>
        {
            ILookup<bool, string> deleted = memory.Paths.ToLookup(files.DeleteOwned);
            return new FilesDeleted(new MemoryForgotten(requestId, memory.Memory.Id.Value, memory.Memory.Subject, [.. deleted[true]], [.. deleted[false]]));
        }).PipeTo(Self);
    }

    private sealed record FilesDeleted(MemoryForgotten Reply) : IInternalMessage;
}
