namespace LocalRecall.Cli.Install;

/// <summary>Hooks in <c>hooks.json</c>, in Claude Code's shape with a command line each; the MCP server in <c>config.toml</c>. See https://developers.openai.com/codex/hooks.</summary>
internal sealed class Codex : Agent
{
    private const int TimeoutSeconds = 10;

    public override string Name => "codex";

    public override string Title => "Codex";

    public override IReadOnlyList<string> Programs => ["codex"];

    public override string Remark => "Codex runs new hooks only once you have trusted them: type /hooks in Codex. Hooks of a project need the project to be trusted, too.";

    public override IReadOnlyList<ConfigTarget> Targets(Places places)
    {
        string folder = places.Project is null ? Home(places) : places.InProject(".codex");
        (string hooks, string config) = (Path.Combine(folder, "hooks.json"), Path.Combine(folder, "config.toml"));
        return
        [
            ConfigTarget.Json(hooks, null, new HooksEdit(hooks, new HookStyle(Nested: true, Typed: true, ExecForm: false, TimeoutSeconds), Entries(
                ("SessionStart", "SessionStart"), ("UserPromptSubmit", "UserPromptSubmit"), ("Stop", "Stop"),
                ("SubagentStop", "SubagentStop"), ("PreCompact", "PreCompact"), ("SessionEnd", "SessionEnd")))),
            ConfigTarget.Text(config, new CodexServerEdit(config)),
        ];
    }

    public override IReadOnlyList<string> Traces(Places places) => [Home(places)];

    private static string Home(Places places) => places.Folder("CODEX_HOME", ".codex");
}
