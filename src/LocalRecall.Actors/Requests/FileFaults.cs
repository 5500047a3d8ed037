using LocalRecall.Contracts.Messages;

namespace LocalRecall.Actors.Requests;

internal static class FileFaults
{
    private const int MaxReasonLength = 500;

    /// <summary>For a client: a reason may quote the file at length.</summary>
    public static FileFault Of(string path, string reason) =>
        new(path, reason.Length > MaxReasonLength ? reason[..MaxReasonLength] + "…" : reason);
}
