using LocalRecall.Cli.Install;
using LocalRecall.Cli.Output;
using LocalRecall.Client;
using LocalRecall.Contracts.Hooks;

namespace LocalRecall.Cli.Doctor;

/// <summary>Whether an agent on this machine is connected, to a program that is there and is this version.</summary>
internal sealed class AgentChecks(string home, RecallProgram running, DateTimeOffset now, CancellationToken cancellation)
{
    private readonly Dictionary<string, string?> versions = [];

    /// <param name="places">Of the user; with the project around the current folder.</param>
    public async Task<IReadOnlyList<Check>> OfAsync(Places places)
    {
        var checks = new List<Check>();
        foreach (Agent agent in Agent.All.Where(a => a.IsUsed(places)))
        {
            checks.Add(await OneAsync(agent, places).ConfigureAwait(false));
        }

        return checks;
    }

    private async Task<Check> OneAsync(Agent agent, Places places)
    {
        string install = $"recall install {agent.Name}";
        try
        {
            if (agent.Elsewhere(places) is { } elsewhere)
            {
                return Connected(agent, elsewhere);
            }

            foreach (Places scope in (Places[])[places with { Project = null }, places])
            {
                IReadOnlyList<ConfigTarget> targets = agent.Targets(scope);
                List<(ConfigTarget Target, byte[] Text)> files = [.. targets.Select(t => (t, ConfigFile.Read(t.Path) ?? []))];
                string[] programs = [.. files.SelectMany(f => f.Target.Programs(f.Text)).Distinct()];
                if (programs is [])
                {
                    continue;
                }

                install += scope.Project is null ? "" : " --project";
                foreach (string program in programs)
                {
                    if (await FaultAsync(program).ConfigureAwait(false) is { } fault)
                    {
                        return new Check(agent.Name, fault.State, fault.Detail, $"{install} puts the present program there.");
                    }
                }

                (ConfigTarget Target, byte[] Text)[] incomplete = [.. files.Where(f => programs.All(p => !f.Target.Add(f.Text, new RecallProgram(p)).AsSpan().SequenceEqual(f.Text)))];
                return incomplete is []
                    ? Connected(agent, $"{(scope.Project is null ? "" : $"in {scope.Project}, ")}starts {string.Join(" and ", programs)}")
                    : new Check(agent.Name, CheckState.Warning, $"Not all is registered in {string.Join(", ", incomplete.Select(f => f.Target.Path))}", install);
            }

            return new Check(agent.Name, CheckState.Warning, "on this machine, but not connected", install);
        }
        catch (ConfigException e)
        {
            return new Check(agent.Name, CheckState.Failed, e.Message, install);
        }
    }

    private Check Connected(Agent agent, string how) => HookTrace.Last(home, agent.Name) is { } seen
        ? new Check(agent.Name, CheckState.Ok, $"connected, {how}; last event {seen.Event}, {SpoolChecks.Ago(now - seen.At)} ago")
        : new Check(agent.Name, CheckState.Ok, $"connected, {how}; no event seen yet", agent.Remark ?? "Start a new session of it.");

    private async Task<(CheckState State, string Detail)?> FaultAsync(string program)
    {
        if (RecallProgram.Resolve(program) is not { } file)
        {
            return (CheckState.Failed, $"It starts {program}, which does not exist{(Path.IsPathRooted(program) ? "" : " on PATH")}.");
        }

        if (RecallProgram.FinalTarget(file) == RecallProgram.FinalTarget(running.FileName))
        {
            return null;
        }

        if (!versions.TryGetValue(file, out string? version))
        {
            version = versions[file] = await new HostProgram(file, []).VersionAsync(cancellation).ConfigureAwait(false);
        }

        return version == RecallClient.Version ? null : (CheckState.Warning, $"It starts {file}, which is {(version is null ? "of an unknown version" : $"version {version}")}; this is {RecallClient.Version}.");
    }
}
