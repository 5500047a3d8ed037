using LocalRecall.Cli.Install;
using LocalRecall.Cli.Output;
using LocalRecall.Client;

namespace LocalRecall.Cli.Doctor;

/// <summary>This program, and the others of its name.</summary>
internal static class ProgramChecks
{
    public static Check Recall()
    {
        string running = RecallProgram.Running().FileName;
        string kind = File.Exists(Path.Combine(AppContext.BaseDirectory, $"{RecallProgram.Name}.dll")) ? "managed: it starts slower than the native one" : "native";
        string detail = $"{running}, version {RecallClient.Version}, {kind}";
        return RecallProgram.Resolve(RecallProgram.Name) switch
        {
            null => new Check("recall", CheckState.Warning, $"{detail}; not on PATH", "Put its folder on PATH: plugins and project files start it by its name."),
            { } found when RecallProgram.FinalTarget(found) != RecallProgram.FinalTarget(running) =>
                new Check("recall", CheckState.Warning, $"{detail}; PATH has another: {found}", "Remove one of them, or put the folder of the right one first."),
            _ => new Check("recall", CheckState.Ok, detail),
        };
    }
}
