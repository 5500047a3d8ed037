namespace LocalRecall.Cli.Install;

/// <summary>Both in <c>settings.json</c>. See https://geminicli.com/docs/hooks/reference.</summary>
internal sealed class Gemini : Agent
{
    private const int TimeoutMs = 10_000;

    public override string Name => "gemini";

    public override string Title => "Gemini CLI";

    public override IReadOnlyList<string> Programs => ["gemini"];

    public override IReadOnlyList<ConfigTarget> Targets(Places places)
    {
        string settings = places.Project is null ? places.InHome(".gemini", "settings.json") : places.InProject(".gemini", "settings.json");
        return
        [
            ConfigTarget.Json(
                settings, null,
                new HooksEdit(settings, new HookStyle(Nested: true, Typed: true, ExecForm: false, TimeoutMs), Entries(
                    ("SessionStart", "SessionStart"), ("BeforeAgent", "UserPromptSubmit"), ("AfterAgent", "Stop"),
                    ("PreCompress", "PreCompact"), ("SessionEnd", "SessionEnd"))),
                new McpEdit(settings, "mcpServers", null)),
        ];
    }

    public override IReadOnlyList<string> Traces(Places places) => [places.InHome(".gemini")];
}
