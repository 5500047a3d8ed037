using System.Diagnostics;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using LocalRecall.Cli;
using LocalRecall.Client;
using LocalRecall.Tests.Client;
using Xunit;

namespace LocalRecall.Tests.Plugins;

/// <summary>The plugin as Claude Code finds it: from the marketplace file down to each command.</summary>
public sealed partial class ClaudeCodePluginTests
{
    private static readonly string Root = FindRoot();
    private static readonly string Plugin = Path.Combine(Root, "plugins", "claude-code");
    private static readonly string[] Events = ["SessionStart", "UserPromptSubmit", "Stop", "SubagentStop", "PreCompact", "SessionEnd"];

    [Fact]
    public void The_marketplace_leads_to_the_plugin()
    {
        JsonNode entry = Assert.Single(Read(Root, ".claude-plugin", "marketplace.json")["plugins"]!.AsArray())!;
        Assert.Equal(Plugin, Path.GetFullPath(Path.Combine(Root, (string)entry["source"]!)));
        JsonNode plugin = Read(Plugin, ".claude-plugin", "plugin.json");
        Assert.Equal(((string)entry["name"]!, RecallClient.Version), ((string)plugin["name"]!, (string)plugin["version"]!));
    }

    [Fact]
    public void Its_hooks_run_verbs_that_there_are()
    {
        JsonObject hooks = Read(Plugin, "hooks", "hooks.json")["hooks"]!.AsObject();
        Assert.Equal(Events, hooks.Select(h => h.Key));
        foreach ((string name, JsonNode? groups) in hooks)
        {
            JsonNode handler = Assert.Single(Assert.Single(groups!.AsArray())!["hooks"]!.AsArray())!;
            Assert.Equal("command", (string)handler["type"]!);
            Assert.Equal(name, HookCommand().Match((string)handler["command"]!).Groups[1].Value);
        }

        Assert.Contains("hook", Verbs());
    }

    [UnixFact]
    public async Task Without_the_program_only_the_start_of_a_session_says_so()
    {
        foreach (string name in Events)
        {
            (int exit, string output, string error) = await RunAsync(name, path: "/nonexistent");
            Assert.Equal((0, ""), (exit, error));
            Assert.Equal(name == "SessionStart", output.Length > 0);
            Assert.True(output.Length == 0 || ((string)JsonNode.Parse(output)!["systemMessage"]!).Contains("PATH"));
        }
    }

    [UnixFact]
    public async Task With_the_program_its_output_is_all_there_is()
    {
        using var folder = new TemporaryHome();
        string recall = Path.Combine(folder.Path, "recall");
        File.WriteAllText(recall, "#!/bin/sh\nprintf '%s' \"$*\"\n");
        using (Process chmod = Process.Start("chmod", ["+x", recall]))
        {
            await chmod.WaitForExitAsync();
        }

        foreach (string name in Events)
        {
            Assert.Equal((0, $"hook {name}", ""), await RunAsync(name, folder.Path));
        }
    }

    [Fact]
    public void Its_server_is_recall_mcp()
    {
        JsonNode server = Read(Plugin, ".mcp.json")["mcpServers"]!["localrecall"]!;
        Assert.Equal("recall", (string)server["command"]!);
        Assert.Equal("mcp", (string)Assert.Single(server["args"]!.AsArray())!);
        Assert.Contains("mcp", Verbs());
    }

    [Fact]
    public void Its_skill_has_a_head_and_names_tools_that_there_are()
    {
        string folder = Assert.Single(Directory.GetDirectories(Path.Combine(Plugin, "skills")));
        string text = File.ReadAllText(Path.Combine(folder, "SKILL.md"));
        Match head = SkillHead().Match(text);
        Assert.Equal(Path.GetFileName(folder), head.Groups["name"].Value);
        Assert.InRange(head.Groups["description"].Length, 1, 1024);
        string[] tools = [.. ToolName().Matches(text).Select(m => m.Groups[1].Value).Distinct()];
        string documented = File.ReadAllText(Path.Combine(Root, "docs", "mcp.md"));
        Assert.NotEmpty(tools);
        Assert.All(tools, tool => Assert.Contains($"`{tool}`", documented));
    }

    private static async Task<(int Exit, string Output, string Error)> RunAsync(string name, string path)
    {
        string command = (string)Read(Plugin, "hooks", "hooks.json")["hooks"]![name]![0]!["hooks"]![0]!["command"]!;
        var start = new ProcessStartInfo("/bin/sh", ["-c", command]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PATH"] = path;
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        string error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, error);
    }

    private static IEnumerable<string> Verbs() =>
        CommandLine.Create(new Shell(TextWriter.Null, TextWriter.Null, () => TextReader.Null, false, false, "")).Subcommands.Select(c => c.Name);

    private static JsonNode Read(params string[] path) => JsonNode.Parse(File.ReadAllBytes(Path.Combine(path)))!;

    private static string FindRoot()
    {
        string folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "LocalRecall.sln")))
        {
            folder = Path.GetDirectoryName(folder)!;
        }

        return folder;
    }

    [GeneratedRegex(@"exec recall hook (\w+);")]
    private static partial Regex HookCommand();

    [GeneratedRegex(@"\A---\nname: (?<name>[a-z-]+)\ndescription: (?<description>.+)\n---\n")]
    private static partial Regex SkillHead();

    [GeneratedRegex(@"`((?:recall|episodic|thinking|memory)_\w+)`")]
    private static partial Regex ToolName();
}
