using LocalRecall.Contracts.Messages;
using static LocalRecall.Actors.Mcp.Tools.Parameters;

namespace LocalRecall.Actors.Mcp.Tools;

internal static class WriteTools
{
    private const string Later = " It is found by its words now, by meaning once the model is back.";

    public static IReadOnlyList<RecallTool> All { get; } =
    [
        RecallTool.Of(
            "episodic_create", "Remember a fact", ToolEffect.Adds,
            "Keeps a fact for later sessions: a decision and its reason, a convention, the cause of a bug and its cure, what the user prefers or corrected. Use it as soon as you learn something that would have saved you work. "
            + "One fact each, understandable on its own. Not what the repository already says, nothing that is only true today, no secrets. What is known already is not stored twice.",
            Join(Subject, Keywords, AppliesTo, Content), ["subject", "keywords", "applies_to", "content"],
            CreateAsync),
        RecallTool.Of(
            "memory_update", "Correct a memory", ToolEffect.Changes,
            "Changes a memory that has become wrong or incomplete; what you leave out stays as it is. Better than a second memory that contradicts the first. Works for facts kept by episodic_create and other memories that LocalRecall owns.",
            Join(Id, Subject, Keywords, AppliesTo, Content), ["id"],
            UpdateAsync),
        RecallTool.Of(
            "memory_forget", "Forget a memory", ToolEffect.Changes,
            "Removes a memory for good. Only when the user wants it gone, or it is plainly wrong and nothing of it is worth correcting.",
            Id, ["id"],
            ForgetAsync),
    ];

    private static async Task<string> CreateAsync(RecallCall call, ToolArguments arguments)
    {
        (string subject, string content) = (arguments.Text("subject"), arguments.Text("content"));
        (IReadOnlyList<string> keywords, string appliesTo) = (arguments.Texts("keywords") ?? [], arguments.Name("applies_to") ?? "global");
        MemoryAdded added = await call.AskAsync<MemoryAdded>(
            h => new AddMemory(h, "episodic", subject, keywords, appliesTo, null, call.Project, content)).ConfigureAwait(false);
        return ToolJson.Done(added.Id, added.Duplicate ? "This was known already; nothing new was stored." : "Remembered." + (added.EmbeddingPending ? Later : ""));
    }

    private static async Task<string> UpdateAsync(RecallCall call, ToolArguments arguments)
    {
        Guid id = arguments.Id("id");
        (string? subject, string? appliesTo, string? content) = (arguments.OptionalText("subject"), arguments.Name("applies_to"), arguments.OptionalText("content"));
        IReadOnlyList<string>? keywords = arguments.Texts("keywords");
        if (subject is null && keywords is null && appliesTo is null && content is null)
        {
            throw new RecallFailedException(FailureCode.BadRequest, "Nothing to change; give subject, keywords, applies_to or content.");
        }

        MemoryUpdated updated = await call.AskAsync<MemoryUpdated>(h => new UpdateMemory(h, id, subject, keywords, appliesTo, content)).ConfigureAwait(false);
        return ToolJson.Done(updated.Id, "Changed." + (updated.EmbeddingPending ? Later : ""));
    }

    private static async Task<string> ForgetAsync(RecallCall call, ToolArguments arguments)
    {
        Guid id = arguments.Id("id");
        MemoryForgotten forgotten = await call.AskAsync<MemoryForgotten>(h => new ForgetMemory(h, id)).ConfigureAwait(false);
        string message = forgotten.KeptPaths.Count == 0
            ? $"Forgotten: {forgotten.Subject}"
            : $"Forgotten: {forgotten.Subject}. Files outside LocalRecall still hold it; it will not be imported from them again.";
        return ToolJson.Done(forgotten.Id, message, json =>
        {
            ToolJson.Texts(json, "deleted_paths", forgotten.DeletedPaths);
            ToolJson.Texts(json, "kept_paths", forgotten.KeptPaths);
        });
    }
}
