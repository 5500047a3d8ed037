namespace LocalRecall.Cli.Install;

/// <summary>Hooks in <c>hooks.json</c>, the MCP server in <c>mcp.json</c>. See https://cursor.com/docs/hooks.</summary>
internal sealed class Cursor : Agent
{
    private const int HooksVersion = 1;

    public override string Name => "cursor";

    public override string Title => "Cursor";

    public override IReadOnlyList<string> Programs => ["cursor", "cursor-agent"];

    public override string Remark => "Restart Cursor.";

    public override IReadOnlyList<ConfigTarget> Targets(Places places)
    {
        string folder = places.Project is null ? places.InHome(".cursor") : places.InProject(".cursor");
        (string hooks, string servers) = (Path.Combine(folder, "hooks.json"), Path.Combine(folder, "mcp.json"));
        return
        [
            ConfigTarget.Json(hooks, "version", new HooksEdit(hooks, new HookStyle(Nested: false, Typed: false, ExecForm: false, Version: HooksVersion), Entries(
                ("sessionStart", "SessionStart"), ("beforeSubmitPrompt", "UserPromptSubmit"), ("stop", "Stop"),
                ("subagentStop", "SubagentStop"), ("preCompact", "PreCompact"), ("sessionEnd", "SessionEnd")))),
            ConfigTarget.Json(servers, null, new McpEdit(servers, "mcpServers", null)),
        ];
    }

    public override IReadOnlyList<string> Traces(Places places) => [places.InHome(".cursor")];
}
