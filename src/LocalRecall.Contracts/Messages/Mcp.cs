namespace LocalRecall.Contracts.Messages;

/// <summary>One JSON-RPC message of an agent's MCP session. Answered by <see cref="McpAnswered"/>.</summary>
/// <param name="Session">Chosen by the shim; a host that does not know it begins it anew from <paramref name="Opening"/>.</param>
/// <param name="Opening">The session's <c>initialize</c> request as it was sent; empty before it, and where the protocol has none.</param>
/// <param name="Project">The git repository around the agent's folder, or null.</param>
/// <param name="Json">One JSON-RPC request, notification or response.</param>
public sealed record McpLine(RequestHeader Header, Guid Session, string Opening, string? Project, string Json) : IRequest;

/// <param name="Json">The JSON-RPC response; empty where there is none.</param>
public sealed record McpAnswered(Guid RequestId, string Json) : IReply;
