using System.Text;
using Akka.Actor;
using LocalRecall.Actors.Index;
using LocalRecall.Actors.Requests;
using LocalRecall.Contracts.Messages;
using LocalRecall.Core.Memories;

namespace LocalRecall.Actors.Query;

/// <summary>Reads one memory, as much of it as fits a message.</summary>
internal sealed class GetActor : RequestActor<GetMemory>
{
    /// <summary>UTF-8 bytes of content in one reply; leaves room for the longest subject, keywords and path.</summary>
    private const int MaxContentBytes = 64 * 1024;

    private readonly QueryPorts _ports;

    public GetActor(Authorized<GetMemory> request, QueryPorts ports)
        : base(request)
    {
        _ports = ports;
        Receive<IndexProtocol.StoredFound>(OnFound);
    }

    public static Props CreateProps(Authorized<GetMemory> request, QueryPorts ports) => Props.Create(() => new GetActor(request, ports));

    protected override void Start() => _ports.Index.Tell(new IndexProtocol.GetStored(RequestId, new MemoryId(Request.Id)));

    private void OnFound(IndexProtocol.StoredFound found)
    {
        if (found.Stored is not { } stored)
        {
            Finish(new Failure(RequestId, FailureCode.NotFound, $"There is no memory {Request.Id}."));
            return;
        }

        string body = stored.Memory.Body;
        if (Request.Offset < 0 || Request.Offset > body.Length)
        {
            Finish(new Failure(RequestId, FailureCode.BadRequest, $"The offset {Request.Offset} is outside the {body.Length} characters."));
            return;
        }

        Finish(new MemoryFound(RequestId, stored.ToSummary(), Part(body.AsSpan(Request.Offset)), Request.Offset, body.Length));
    }

    private static string Part(ReadOnlySpan<char> text)
    {
        int bytes = 0;
        int length = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            bytes += rune.Utf8SequenceLength;
            if (bytes > MaxContentBytes)
            {
                break;
            }

            length += rune.Utf16SequenceLength;
        }

        return text[..length].ToString();
    }
}
