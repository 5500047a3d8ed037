using System.Text.Json;
using ModelContextProtocol.Protocol;

namespace LocalRecall.Actors.Mcp.Tools;

/// <param name="Run">Returns the text of its result.</param>
internal sealed record RecallTool(Tool Definition, Func<RecallCall, ToolArguments, Task<string>> Run)
{
    /// <param name="description">Under 2 kB: agents cut off the rest.</param>
    /// <param name="properties">Of the input schema.</param>
    public static RecallTool Of(
        string name, string title, ToolEffect effect, string description, string properties, string[] required,
        Func<RecallCall, ToolArguments, Task<string>> run)
    {
        string requiredNames = string.Join(",", required.Select(parameter => $"\"{parameter}\""));
        using var schema = JsonDocument.Parse($$"""{"type":"object","properties":{{{properties}}},"required":[{{requiredNames}}]}""");
        return new RecallTool(
            new Tool
            {
                Name = name,
                Title = title,
                Description = description,
                InputSchema = schema.RootElement.Clone(),
                Annotations = new ToolAnnotations
                {
                    ReadOnlyHint = effect == ToolEffect.Reads,
                    DestructiveHint = effect == ToolEffect.Reads ? null : effect == ToolEffect.Changes,
                    IdempotentHint = effect == ToolEffect.Reads ? null : true,
                    OpenWorldHint = false,
                },
            },
            run);
    }
}

internal enum ToolEffect
{
    Reads,

    /// <summary>Nothing is lost by it.</summary>
    Adds,

    Changes,
}

/// <summary>All tools, the same for every session.</summary>
internal static class RecallTools
{
    private static readonly Dictionary<string, RecallTool> ByName = new List<RecallTool>([.. SearchTools.All, .. ReadTools.All, .. WriteTools.All])
        .ToDictionary(tool => tool.Definition.Name, StringComparer.Ordinal);

    public static IList<Tool> Definitions { get; } = [.. ByName.Values.Select(tool => tool.Definition)];

    public static RecallTool? Find(string name) => ByName.GetValueOrDefault(name);
}
