using System.CommandLine;
using LocalRecall.Cli.Install;
using LocalRecall.Cli.Output;
using LocalRecall.Contracts;

namespace LocalRecall.Cli.Verbs;

/// <summary><c>recall install</c>, and the parts it shares with <c>recall uninstall</c>.</summary>
internal static class InstallVerb
{
    public static Command Create(Shell shell) => Create(
        shell, "install", "Plugs LocalRecall into a coding agent: its hooks and its MCP server. Keeps a backup of every file it changes.",
        (agent, places) =>
        {
            if (agent.Elsewhere(places) is { } elsewhere)
            {
                throw new ConfigException($"{agent.Title} has LocalRecall already: {elsewhere}. Both would do everything twice; nothing was changed.");
            }

            RecallProgram program = ProgramFor(places);
            var remarks = new List<string>();
            if (places.Project is not null && RecallProgram.Resolve(program.FileName) is null)
            {
                remarks.Add($"'{program.FileName}' is not on your PATH: put its folder there, since files of a project name no folder of yours.");
            }

            Places others = places with { Project = places.Project is null ? ProjectRoot.Of(Environment.CurrentDirectory) : null };
            if (others.Project != places.Project && agent.Targets(others).Any(t => ConfigFile.Read(t.Path) is { } text && t.Programs(text).Count > 0))
            {
                remarks.Add($"It is installed {(places.Project is null ? "in this project" : "for all your projects")}, too: {agent.Title} will run both. Uninstall one of them.");
            }

            if (!agent.IsUsed(places))
            {
                remarks.Add($"{agent.Title} was not found on this machine: it will have LocalRecall once it is there.");
            }

            if (places.Variable(HomeFolder.Variable) is { Length: > 0 } home)
            {
                remarks.Add($"{HomeFolder.Variable} is {home}: the agent must hand it on to hooks and MCP servers (many hand on nothing unless told, by an 'env' in the server's entry), or they use the default home.");
            }

            if (agent.Remark is { } remark)
            {
                remarks.Add(remark);
            }

            remarks.Add("New sessions have it; recall doctor checks it.");
            return (Installer.PlanInstall(agent.Targets(places), program), remarks);
        });

    public static Command Create(
        Shell shell, string name, string description, Func<Agent, Places, (IReadOnlyList<FileChange> Changes, IReadOnlyList<string> Remarks)> plan)
    {
        var agent = new Argument<string>("agent") { Description = string.Join(", ", Agent.All.Select(a => a.Name)) + "." };
        agent.AcceptOnlyFromAmong([.. Agent.All.Select(a => a.Name)]);
        var project = new Option<bool>("--project", "-p") { Description = "In the current git repository, for everybody who works there; else for you, everywhere." };
        var dryRun = new Option<bool>("--dry-run") { Description = "Show what would change; change nothing." };
        var command = new Command(name, description) { agent, project, dryRun, Options.Json() };
        command.SetAction(parse =>
        {
            string? root = parse.GetValue(project) ? ProjectRoot.Of(Environment.CurrentDirectory) : null;
            if (parse.GetValue(project) && root is null)
            {
                return shell.Fail(parse, ExitCode.Usage, "usage", "--project: there is no git repository around the current folder.");
            }

            Agent chosen = Agent.All.Single(a => a.Name == parse.GetRequiredValue(agent));
            try
            {
                (IReadOnlyList<FileChange> changes, IReadOnlyList<string> remarks) = plan(chosen, Places.OfUser(root));
                var report = new InstallReport(chosen, root, parse.GetValue(dryRun), changes, remarks);
                if (!report.DryRun)
                {
                    Installer.Apply(changes);
                }

                if (parse.GetValue<bool>(Options.JsonName))
                {
                    report.WriteJson(shell.Out);
                }
                else
                {
                    report.Write(shell.Text);
                }

                return (int)ExitCode.Ok;
            }
            catch (ConfigException e)
            {
                return shell.Fail(parse, ExitCode.Failure, "configuration", e.Message);
            }
        });
        return command;
    }

    public static RecallProgram ProgramFor(Places places) => places.Project is null ? RecallProgram.Running() : RecallProgram.OnPath;
}
