using System.Text;
using System.Text.Json.Nodes;
using LocalRecall.Cli.Install;
using LocalRecall.Tests.Client;
using Xunit;

namespace LocalRecall.Tests.Cli.Install;

/// <summary>On files as people have them. Names of agents stand for the agents, since they are internal to the program.</summary>
public sealed class InstallerTests : IDisposable
{
    private const string Recall = "/opt/local recall/recall";

    /// <summary>Settings as they are found: with comments, trailing commas, tabs, other people's hooks and servers.</summary>
    public static readonly TheoryData<string, string, string> Found = new()
    {
        { "claude-code", ".claude/settings.json", "{}" },
        { "claude-code", ".claude/settings.json", "" },
        { "claude-code", ".claude/settings.json", " \n" },
        { "claude-code", ".claude/settings.json", "{\n  \"hooks\": {}\n}\n" },
        { "claude-code", ".claude/settings.json", "{\n  \"hooks\": {\n    \"Stop\": []\n  }\n}" },
        { "claude-code", ".claude/settings.json", "\uFEFF{\r\n\t\"model\": \"opus\",\r\n\t\"permissions\": {\r\n\t\t\"allow\": [\"Bash(git:*)\"],\r\n\t\t\"deny\": []\r\n\t}\r\n}\r\n" },
        {
            "claude-code", ".claude/settings.json",
            """
            {
                // mine
                "$schema": "https://json.schemastore.org/claude-code-settings.json",
                "hooks": {
                    "Stop": [
                        { "hooks": [ { "type": "command", "command": "afplay /System/Library/Sounds/Glass.aiff" } ] }, // beep
                    ],
                    "PreToolUse": [
                        {
                            "matcher": "Bash",
                            "hooks": [ { "type": "command", "command": "~/bin/total-recall hook Bash" } ]
                        }
                    ], /* no more */
                },
                "statusLine": { "type": "command", "command": "recall-line" },
            }
            """
        },
        { "claude-code", ".claude.json", "{\"numStartups\":12,\"projects\":{\"/a\":{\"history\":[\"localrecall\"],\"mcpServers\":{}}},\"tipsHistory\":{}}" },
        { "claude-code", ".claude.json", "{\n  \"mcpServers\": {\n    \"github\": {\n      \"type\": \"http\",\n      \"url\": \"https://example.com/mcp\"\n    }\n  }\n}" },
        { "codex", ".codex/hooks.json", "{\n  \"hooks\": {\n    \"SessionStart\": [{ \"matcher\": \"startup|resume\", \"hooks\": [{ \"type\": \"command\", \"command\": \"python3 x.py\" }] }]\n  }\n}\n" },
        { "codex", ".codex/config.toml", "" },
        { "codex", ".codex/config.toml", "model = \"gpt-5\"" },
        {
            "codex", ".codex/config.toml",
            "# mine\r\nmodel = \"gpt-5\"\r\n[projects.\"/home/me/app\"]\r\ntrust_level = \"trusted\"\r\n\r\n[mcp_servers.docs] # docs\r\ncommand = 'npx'\r\nargs = [\r\n  \"-y\",\r\n]\r\n# the end\r\n"
        },
        { "cursor", ".cursor/hooks.json", "{ \"version\": 1, \"hooks\": { \"stop\": [ { \"command\": \"./audit.sh\" } ] } }" },
        { "cursor", ".cursor/mcp.json", "{\n  \"mcpServers\": {\n    // none yet\n  }\n}\n" },
        {
            "gemini", ".gemini/settings.json",
            "{\n  \"security\": { \"auth\": { \"selectedType\": \"oauth-personal\" } },\n  \"hooks\": {\n    \"BeforeAgent\": [ { \"matcher\": \"*\", \"hooks\": [ { \"name\": \"git\", \"type\": \"command\", \"command\": \"git log -3\" } ] } ]\n  },\n  \"mcpServers\": { \"x\": { \"command\": \"y\" } }\n}\n"
        },
        { "opencode", ".config/opencode/opencode.json", "{\n  \"$schema\": \"https://opencode.ai/config.json\",\n  \"mcp\": {\n    \"a\": { \"type\": \"remote\", \"url\": \"https://example.com\" },\n  },\n}\n" },
        { "opencode", ".config/opencode/opencode.jsonc", "{\n  // theme\n  \"theme\": \"system\"\n}" },
    };

    private readonly TemporaryHome home = new();
    private readonly Dictionary<string, string> variables = [];

    public void Dispose() => home.Dispose();

    [Theory]
    [MemberData(nameof(Found))]
    public void Uninstalling_restores_every_byte_and_leaves_nothing_behind(string agent, string file, string text)
    {
        Given(file, text);
        Install(agent);
        Assert.NotEqual(text, Read(file));
        Assert.Equal(text, Read(file + ".before-localrecall"));
        Uninstall(agent);
        Assert.Equal(text, Read(file));
        Assert.Equal([file], Files());
    }

    [Theory]
    [MemberData(nameof(Found))]
    public void Installing_twice_is_installing_once(string agent, string file, string text)
    {
        Given(file, text);
        Install(agent);
        Dictionary<string, string> once = Files().ToDictionary(f => f, Read);
        Assert.All(Plan(agent), change => Assert.Equal(FileOutcome.Unchanged, change.Outcome));
        Install(agent);
        Assert.Equal(once, Files().ToDictionary(f => f, Read));
    }

    [Theory]
    [MemberData(nameof(Found))]
    public void Installing_only_inserts(string agent, string file, string text)
    {
        Given(file, text);
        Install(agent);
        int at = 0;
        foreach (char c in Read(file))
        {
            at += at < text.TrimEnd().Length && c == text[at] ? 1 : 0;
        }

        Assert.Equal(text.TrimEnd().Length, at);
    }

    [Theory]
    [MemberData(nameof(Found))]
    public void What_somebody_wrote_in_between_stays_when_ours_goes(string agent, string file, string text)
    {
        Given(file, text);
        Install(agent);
        bool toml = file.EndsWith(".toml", StringComparison.Ordinal);
        string installed = Read(file);
        Given(file, toml ? installed + "\n[tui]\nnotifications = true\n" : Add(file, installed, "later"));
        Uninstall(agent);
        string left = Read(file);
        Assert.DoesNotContain("/opt/local recall", left);
        if (toml)
        {
            Assert.StartsWith(text, left);
            Assert.EndsWith("\n[tui]\nnotifications = true\n", left);
        }
        else
        {
            JsonNode expected = Node(text.Trim() is "" ? "{}" : text)!;
            expected["later"] = 1;
            Prune(expected);
            JsonNode actual = Node(left)!;
            Prune(actual);
            Assert.True(JsonNode.DeepEquals(expected, actual), left);
        }

        Assert.Contains(file + ".before-localrecall", Files());
        Assert.Contains(file + ".before-localrecall-uninstall", Files());
    }

    [Theory]
    [InlineData("claude-code")]
    [InlineData("codex")]
    [InlineData("cursor")]
    [InlineData("gemini")]
    [InlineData("opencode")]
    public void Where_there_is_nothing_everything_is_made_and_goes_again(string agent)
    {
        Install(agent);
        Assert.NotEmpty(Files());
        Assert.All(Plan(agent), change => Assert.Equal(FileOutcome.Unchanged, change.Outcome));
        Uninstall(agent);
        Assert.Empty(Files());
        Uninstall(agent);
        Assert.Empty(Files());
    }

    [Theory]
    [MemberData(nameof(Found))]
    public void After_a_move_only_the_program_changes_and_uninstalling_still_restores_all(string agent, string file, string text)
    {
        Given(file, text);
        Install(agent);
        string before = Read(file);
        Install(agent, "/new/recall");
        Assert.Equal(
            before.Replace("'/opt/local recall/recall'", "/new/recall").Replace(Recall, "/new/recall").ReplaceLineEndings("\n"), Read(file).ReplaceLineEndings("\n"));
        Assert.Equal(before, Read(file + ".before-localrecall-update"));
        Uninstall(agent, "/third/recall");
        Assert.Equal(text, Read(file));
        Assert.Equal([file], Files());
    }

    [Fact]
    public void What_somebody_set_in_our_own_entries_stays()
    {
        Install("claude-code");
        string file = ".claude/settings.json";
        Given(file, Read(file).Replace("\"timeout\": 10", "\"timeout\": 3"));
        string servers = Read(".claude.json").Replace("\"args\"", "\"env\": { \"LOCALRECALL_HOME\": \"/x\" },\n      \"args\"");
        Given(".claude.json", servers);
        Assert.All(Plan("claude-code"), change => Assert.Equal(FileOutcome.Unchanged, change.Outcome));
        Install("claude-code", "/new/recall");
        Assert.DoesNotContain("\"timeout\": 10", Read(file));
        Assert.Equal(servers.Replace(Recall, "/new/recall"), Read(".claude.json"));
    }

    [Fact]
    public void Ours_twice_or_for_an_event_of_the_past_is_put_right()
    {
        Install("cursor");
        string once = Read(".cursor/hooks.json");
        const string Stop = "\"command\": \"'/opt/local recall/recall' hook Stop --agent cursor\"";
        Given(".cursor/hooks.json", once.Replace(Stop, Stop + " }, { " + Stop).Replace("\"version\": 1,", "\"version\": 1,").Replace(
            "\"sessionStart\": [", "\"afterFileEdit\": [ { \"command\": \"recall hook Old\" } ],\n    \"sessionStart\": ["));
        Install("cursor");
        Assert.True(JsonNode.DeepEquals(Node(once), Node(Read(".cursor/hooks.json"))));
    }

    [Theory]
    [InlineData("claude-code", ".claude/settings.json", "{ \"hooks\": [] }", "hooks")]
    [InlineData("claude-code", ".claude/settings.json", "{\n \"hooks\": { \"Stop\": true } }", "line 2")]
    [InlineData("claude-code", ".claude/settings.json", "{ \"a\": 1,, }", "not valid JSON")]
    [InlineData("claude-code", ".claude.json", "{ \"mcpServers\": { \"localrecall\": { \"url\": \"https://example.com\" } } }", "already")]
    [InlineData("codex", ".codex/config.toml", "a = \n", "not valid TOML")]
    [InlineData("codex", ".codex/config.toml", "mcp_servers = { x = { command = \"y\" } }\n", "line 1")]
    [InlineData("codex", ".codex/config.toml", "[mcp_servers]\nlocalrecall = { command = \"y\" }\n", "line 2")]
    [InlineData("codex", ".codex/config.toml", "[mcp_servers.localrecall]\nurl = \"https://example.com\"\n", "already")]
    [InlineData("opencode", ".config/opencode/plugins/localrecall.js", "export default {}", "already")]
    public void What_can_t_be_edited_is_left_alone_with_everything_else(string agent, string file, string text, string expected)
    {
        Given(file, text);
        Assert.Contains(expected, Assert.Throws<ConfigException>(() => Install(agent)).Message);
        Assert.Equal(text, Read(file));
        Assert.Equal([file], Files());
    }

    [Fact]
    public void Tables_below_our_own_in_codex_go_with_it()
    {
        Given(".codex/config.toml", "a = 1\n");
        Install("codex");
        Given(".codex/config.toml", Read(".codex/config.toml") + "startup_timeout_sec = 20\n\n[mcp_servers.localrecall.tools.recall_search]\napproval_mode = \"approve\"\n[b]\nc = 2\n");
        Uninstall("codex");
        Assert.Equal("a = 1\n\n[b]\nc = 2\n", Read(".codex/config.toml"));
    }

    [Fact]
    public void A_project_s_files_name_the_bare_program()
    {
        Directory.CreateDirectory(Path.Combine(home.Path, "app"));
        foreach (Agent agent in Agent.All)
        {
            Installer.Apply(Installer.PlanInstall(agent.Targets(InProject()), RecallProgram.OnPath));
        }

        Assert.Equal(
            [
                "app/.claude/settings.json", "app/.codex/config.toml", "app/.codex/hooks.json", "app/.cursor/hooks.json", "app/.cursor/mcp.json",
                "app/.gemini/settings.json", "app/.mcp.json", "app/.opencode/plugins/localrecall.js", "app/opencode.json",
            ],
            Files());
        Assert.Contains("\"command\": \"recall hook UserPromptSubmit --agent gemini\"", Read("app/.gemini/settings.json"));
        Assert.Contains("\"command\": [\"recall\", \"mcp\"]", Read("app/opencode.json"));

        Places InProject() => new(home.Path, Path.Combine(home.Path, "app"), _ => null);
    }

    [Fact]
    public void Variables_say_where_an_agent_s_files_are()
    {
        foreach (string name in (string[])["CLAUDE_CONFIG_DIR", "CODEX_HOME", "OPENCODE_CONFIG_DIR"])
        {
            variables[name] = Path.Combine(home.Path, name);
        }

        Install("claude-code");
        Install("codex");
        Install("opencode");
        Assert.Equal(
            [
                "CLAUDE_CONFIG_DIR/.claude.json", "CLAUDE_CONFIG_DIR/settings.json", "CODEX_HOME/config.toml", "CODEX_HOME/hooks.json",
                "OPENCODE_CONFIG_DIR/opencode.json", "OPENCODE_CONFIG_DIR/plugins/localrecall.js",
            ],
            Files());
    }

    [Fact]
    public void A_plugin_that_is_enabled_is_seen()
    {
        Assert.Null(new ClaudeCode().Elsewhere(Places()));
        Given(".claude/settings.json", "{ \"enabledPlugins\": { \"other@x\": true, \"localrecall@localrecall\": false } }");
        Assert.Null(new ClaudeCode().Elsewhere(Places()));
        Given(".claude/settings.json", "{ \"enabledPlugins\": { \"localrecall@localrecall\": true } }");
        Assert.Contains("plugin", new ClaudeCode().Elsewhere(Places()));
    }

    [UnixFact, System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    public void A_link_stays_a_link_and_the_mode_stays()
    {
        Given("dotfiles/settings.json", "{}");
        string target = Path.Combine(home.Path, "dotfiles", "settings.json");
        File.SetUnixFileMode(target, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Directory.CreateDirectory(Path.Combine(home.Path, ".claude"));
        string link = Path.Combine(home.Path, ".claude", "settings.json");
        File.CreateSymbolicLink(link, target);
        Install("claude-code");
        Assert.Equal(target, new FileInfo(link).LinkTarget);
        Assert.Contains("SessionStart", File.ReadAllText(target));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(target));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(link + ".before-localrecall"));
        Uninstall("claude-code");
        Assert.Equal(target, new FileInfo(link).LinkTarget);
        Assert.Equal("{}", File.ReadAllText(target));
    }

    [Fact]
    public void A_file_that_another_program_changes_meanwhile_is_left_alone()
    {
        Given(".claude/settings.json", "{}");
        IReadOnlyList<FileChange> plan = Plan("claude-code");
        Given(".claude/settings.json", "{ \"model\": \"opus\" }");
        Assert.Contains("another program", Assert.Throws<ConfigException>(() => Installer.Apply(plan)).Message);
        Assert.Equal("{ \"model\": \"opus\" }", Read(".claude/settings.json"));
    }

    private Places Places() => new(home.Path, null, variables.GetValueOrDefault);

    private static Agent Of(string name) => Agent.All.Single(a => a.Name == name);

    private IReadOnlyList<FileChange> Plan(string agent) => Installer.PlanInstall(Of(agent).Targets(Places()), new RecallProgram(Recall));

    private void Install(string agent, string program = Recall) => Installer.Apply(Installer.PlanInstall(Of(agent).Targets(Places()), new RecallProgram(program)));

    private void Uninstall(string agent, string program = Recall) => Installer.Apply(Installer.PlanUninstall(Of(agent).Targets(Places()), new RecallProgram(program)));

    private void Given(string file, string text)
    {
        string path = Path.Combine(home.Path, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, Encoding.UTF8.GetBytes(text));
    }

    private string Read(string file) => Encoding.UTF8.GetString(File.ReadAllBytes(Path.Combine(home.Path, file)));

    private string[] Files() =>
        [.. Directory.EnumerateFiles(home.Path, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(home.Path, f).Replace('\\', '/')).Order(StringComparer.Ordinal)];

    private static string Add(string file, string json, string name) =>
        Encoding.UTF8.GetString(new JsonText(Encoding.UTF8.GetBytes(json), file).Put([name], w => w.WriteNumberValue(1)).Bytes);

    private static JsonNode? Node(string json) =>
        JsonNode.Parse(json.TrimStart('\uFEFF'), null, new() { CommentHandling = System.Text.Json.JsonCommentHandling.Skip, AllowTrailingCommas = true });

    /// <summary>Ours may have been the only thing in a list or an object that was empty before.</summary>
    private static void Prune(JsonNode node)
    {
        foreach (string name in (string[])["hooks", "mcpServers", "mcp"])
        {
            if (node[name] is JsonObject member)
            {
                foreach ((string key, _) in member.Where(m => m.Value is JsonArray { Count: 0 }).ToList())
                {
                    member.Remove(key);
                }

                if (member.Count == 0)
                {
                    node.AsObject().Remove(name);
                }
            }
        }
    }
}
