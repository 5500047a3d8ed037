using LocalRecall.Contracts;

namespace LocalRecall.Client;

public sealed record RecallClientOptions
{
    /// <summary>The home folder of the host to talk to.</summary>
    public string Home { get; init; } = HomeFolder.Resolve();

    /// <summary>Who is asking, for the host's log.</summary>
    public string ClientName { get; init; } = "LocalRecall.Client";

    /// <summary>What for ("mcp session"), if the host is to stay as long as this client is connected. Without one it ends when nothing has been asked of it for a while, and the next call starts another.</summary>
    public string Lease { get; init; } = "";

    /// <summary>Start a host when there is none. Otherwise that is a <see cref="Contracts.Messages.FailureCode.HostUnavailable"/>.</summary>
    public bool StartHost { get; init; } = true;

    /// <summary>The host to start; null: <see cref="HostProgram.Find"/>.</summary>
    public HostProgram? Program { get; init; }

    /// <summary>What tests may say instead.</summary>
    internal string Version { get; init; } = RecallClient.Version;

    /// <summary>How long a call may take, waiting for the host and repeated attempts included, unless the call says otherwise.
    /// Where a call takes several requests (long content, lists, many texts), each of them may take that long.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);
}
