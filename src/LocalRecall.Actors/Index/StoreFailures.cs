using LocalRecall.Actors.Requests;
using LocalRecall.Contracts.Messages;
using LocalRecall.Core.Ports;

namespace LocalRecall.Actors.Index;

internal static class StoreFailures
{
    public static RequestFailed ToReply(Guid requestId, Exception e) => e switch
    {
        StoreException { Fault: StoreFault.Busy } => new(requestId, FailureCode.Busy, e.Message, TimeSpan.FromMilliseconds(200)),
        StoreException => new(requestId, FailureCode.StoreUnavailable, e.Message),
        ArgumentException { ParamName: "cursor" } => new(requestId, FailureCode.BadRequest, "The cursor does not come from a page of this list."),
        _ => new(requestId, FailureCode.Internal, $"The index failed at this: {e.Message}"),
    };
}
