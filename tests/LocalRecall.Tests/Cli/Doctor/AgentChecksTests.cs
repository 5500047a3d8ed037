using System.Diagnostics;
using LocalRecall.Cli.Doctor;
using LocalRecall.Cli.Install;
using LocalRecall.Cli.Output;
using LocalRecall.Client;
using LocalRecall.Contracts.Hooks;
using LocalRecall.Tests.Client;
using Xunit;

namespace LocalRecall.Tests.Cli.Doctor;

public sealed class AgentChecksTests : IDisposable
{
    private readonly TemporaryHome folder = new();

    public AgentChecksTests()
    {
        Directory.CreateDirectory(Path.Combine(folder.Path, ".codex"));
        File.WriteAllText(Recall, "");
    }

    public void Dispose() => folder.Dispose();

    private string Recall => Path.Combine(folder.Path, "recall");

    [Fact]
    public async Task An_agent_that_is_there_but_not_connected_is_said()
    {
        Check check = await CodexAsync();
        Assert.Equal((CheckState.Warning, "recall install codex"), (check.State, check.Advice));
    }

    [Fact]
    public async Task Connected_it_says_when_its_hooks_ran_last()
    {
        Install(Recall);
        Check check = await CodexAsync();
        Assert.Equal(CheckState.Ok, check.State);
        Assert.Contains("no event seen", check.Detail);
        Assert.Contains("/hooks", check.Advice);

        HookTrace.Note(folder.Path, "codex", "Stop");
        check = await CodexAsync();
        Assert.Contains("last event Stop", check.Detail);
        Assert.Null(check.Advice);
    }

    [Fact]
    public async Task In_a_project_it_counts_as_well()
    {
        string app = Path.Combine(folder.Path, "app");
        Installer.Apply(Installer.PlanInstall(new Codex().Targets(Places(app)), new RecallProgram(Recall)));
        Assert.Equal(CheckState.Warning, (await CodexAsync()).State);
        Assert.Contains(app, (await CodexAsync(app)).Detail);
    }

    [Fact]
    public async Task What_is_missing_is_named()
    {
        Install(Recall);
        File.Delete(Path.Combine(folder.Path, ".codex", "config.toml"));
        Check check = await CodexAsync();
        Assert.Equal(CheckState.Warning, check.State);
        Assert.Contains("config.toml", check.Detail);
        Assert.DoesNotContain("hooks.json", check.Detail);
    }

    [Fact]
    public async Task A_program_that_is_gone_is_a_failure()
    {
        Install(Path.Combine(folder.Path, "old", "recall"));
        Check check = await CodexAsync();
        Assert.Equal(CheckState.Failed, check.State);
        Assert.Contains("does not exist", check.Detail);
        Assert.Contains("recall install codex", check.Advice);
    }

    [Fact]
    public async Task A_file_that_can_t_be_read_is_a_failure()
    {
        File.WriteAllText(Path.Combine(folder.Path, ".codex", "hooks.json"), "{");
        Check check = await CodexAsync();
        Assert.Equal(CheckState.Failed, check.State);
        Assert.Contains("not valid JSON", check.Detail);
    }

    [UnixTheory]
    [InlineData("9.9.9", false)]
    [InlineData(null, true)]
    public async Task Another_program_is_asked_for_its_version(string? version, bool well)
    {
        string other = Path.Combine(folder.Path, "other", "recall");
        Directory.CreateDirectory(Path.GetDirectoryName(other)!);
        File.WriteAllText(other, $"#!/bin/sh\necho {version ?? RecallClient.Version}\n");
        using (Process chmod = Process.Start("chmod", ["+x", other]))
        {
            await chmod.WaitForExitAsync();
        }

        Install(other);
        Check check = await CodexAsync();
        Assert.Equal(well ? CheckState.Ok : CheckState.Warning, check.State);
        Assert.Contains(other, check.Detail);
    }

    private void Install(string program) => Installer.Apply(Installer.PlanInstall(new Codex().Targets(Places()), new RecallProgram(program)));

    private async Task<Check> CodexAsync(string? project = null) =>
        (await new AgentChecks(folder.Path, new RecallProgram(Recall), TimeProvider.System.GetUtcNow(), CancellationToken.None).OfAsync(Places(project)))
            .Single(c => c.Name == "codex");

    private Places Places(string? project = null) => new(folder.Path, project, _ => null);
}
