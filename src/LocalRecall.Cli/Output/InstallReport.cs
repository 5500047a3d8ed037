using LocalRecall.Cli.Install;

namespace LocalRecall.Cli.Output;

/// <summary>What <c>recall install</c> or <c>uninstall</c> has done, or would do.</summary>
/// <param name="Project">Null: for the user, everywhere.</param>
/// <param name="Remarks">What the user should know or do besides.</param>
internal sealed record InstallReport(Agent Agent, string? Project, bool DryRun, IReadOnlyList<FileChange> Changes, IReadOnlyList<string> Remarks)
{
    public bool Changed => Changes.Any(c => c.Outcome != FileOutcome.Unchanged);

    public void Write(Text text)
    {
        text.Write($"{Agent.Title}, {(Project is null ? "for all your projects" : $"in {Clean.Line(Project)}")}{(DryRun ? " (nothing is changed: --dry-run)" : "")}");
        foreach (FileChange change in Changes)
        {
            text.Write($"  {NameOf(change.Outcome),-9} {Clean.Line(change.Path)}: {change.What}");
            if (change.Backup is { } backup)
            {
                text.Write($"            as it was: {Clean.Line(backup)}");
            }

            if (DryRun && change.Outcome != FileOutcome.Unchanged)
            {
                foreach (string line in LineDiff.Of(change.Before, change.After))
                {
                    text.Write($"    {Clean.Line(line)}");
                }
            }
        }

        foreach (string remark in Changed ? Remarks : ["Nothing to do."])
        {
            text.Write(remark);
        }
    }

    public void WriteJson(TextWriter writer) => Json.Write(writer, json =>
    {
        json.WriteString("agent", Agent.Name);
        json.WriteString("project", Project);
        json.WriteBoolean("dryRun", DryRun);
        json.WriteBoolean("changed", Changed);
        json.WriteStartArray("files");
        foreach (FileChange change in Changes)
        {
            json.WriteStartObject();
            json.WriteString("path", change.Path);
            json.WriteString("outcome", NameOf(change.Outcome));
            json.WriteString("what", change.What);
            json.WriteString("backup", change.Backup);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("remarks");
        foreach (string remark in Changed ? Remarks : [])
        {
            json.WriteStringValue(remark);
        }

        json.WriteEndArray();
    });

    private static string NameOf(FileOutcome outcome) => outcome switch
    {
        FileOutcome.Unchanged => "unchanged", FileOutcome.Created => "created", FileOutcome.Changed => "changed", FileOutcome.Restored => "restored", _ => "deleted",
    };
}
