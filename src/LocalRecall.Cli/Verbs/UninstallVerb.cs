using System.CommandLine;
using LocalRecall.Cli.Install;

namespace LocalRecall.Cli.Verbs;

internal static class UninstallVerb
{
    public static Command Create(Shell shell) => InstallVerb.Create(
        shell, "uninstall", "Takes LocalRecall out of a coding agent again. Memories stay.",
        (agent, places) => (Installer.PlanUninstall(agent.Targets(places), InstallVerb.ProgramFor(places)), []));
}
