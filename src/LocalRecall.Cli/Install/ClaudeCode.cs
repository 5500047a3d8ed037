namespace LocalRecall.Cli.Install;

/// <summary>
/// Hooks in <c>settings.json</c>, in exec form: no shell, no quoting. The MCP server in <c>~/.claude.json</c> (with <c>CLAUDE_CONFIG_DIR</c>
/// in that folder), for a project in <c>.mcp.json</c>. See https://code.claude.com/docs/en/hooks and /en/mcp.
/// </summary>
internal sealed class ClaudeCode : Agent
{
    private const int TimeoutSeconds = 10;
    private const string ConfigFolder = "CLAUDE_CONFIG_DIR";

    public override string Name => "claude-code";

    public override string Title => "Claude Code";

    public override IReadOnlyList<string> Programs => ["claude"];

    public override IReadOnlyList<ConfigTarget> Targets(Places places)
    {
        string settings = places.Project is null ? Settings(places) : places.InProject(".claude", "settings.json");
        string servers = places.Project is not null ? places.InProject(".mcp.json")
            : places.Variable(ConfigFolder) is { Length: > 0 } folder ? Path.Combine(Path.GetFullPath(folder), ".claude.json")
            : places.InHome(".claude.json");
        IReadOnlyList<HookEntry> hooks =
        [
            .. ((string[])["SessionStart", "UserPromptSubmit", "Stop", "SubagentStop", "PreCompact", "SessionEnd"]).Select(e => new HookEntry(e, ["hook", e])),
        ];
        return
        [
            ConfigTarget.Json(settings, null, new HooksEdit(settings, new HookStyle(Nested: true, Typed: true, ExecForm: true, TimeoutSeconds), hooks)),
            ConfigTarget.Json(servers, null, new McpEdit(servers, "mcpServers", "stdio")),
        ];
    }

    public override IReadOnlyList<string> Traces(Places places) => [places.Folder(ConfigFolder, ".claude"), places.InHome(".claude.json")];

    public override string? Elsewhere(Places places)
    {
        string settings = Settings(places);
        return ConfigFile.Read(settings) is { Length: > 0 } text &&
            new JsonText(text, settings).Find("enabledPlugins") is { } plugins &&
            plugins.Members.Any(p => p.Name.StartsWith($"{McpEdit.Server}@", StringComparison.Ordinal) && p.Value.Kind == System.Text.Json.JsonTokenType.True)
            ? $"its plugin is enabled in {settings}"
            : null;
    }

    private static string Settings(Places places) => Path.Combine(places.Folder(ConfigFolder, ".claude"), "settings.json");
}
