using System.CommandLine;
using LocalRecall.Cli.Doctor;
using LocalRecall.Cli.Install;
using LocalRecall.Cli.Output;
using LocalRecall.Client;
using LocalRecall.Contracts;
using LocalRecall.Contracts.Messages;

namespace LocalRecall.Cli.Verbs;

internal static class DoctorVerb
{
    private const long LowDiskBytes = 500L << 20;

    public static Command Create(Shell shell)
    {
        var command = new Command("doctor", "Checks the whole chain from this program to the agents, starting the host, and says how to mend what is broken.") { Options.Timeout("120"), Options.Json() };
        command.SetAction(async (parse, cancellation) =>
        {
            var checks = new List<Check> { Home(shell.Home), Disk(shell.Home), ProgramChecks.Recall(), await ProgramAsync(cancellation).ConfigureAwait(false) };
            await HostAsync(shell.Home, parse.GetValue<TimeSpan?>(Options.TimeoutName) ?? TimeSpan.FromSeconds(120), checks, cancellation).ConfigureAwait(false);
            DateTimeOffset now = TimeProvider.System.GetUtcNow();
            checks.Add(SpoolChecks.Spool(shell.Home, now));
            if (SpoolChecks.OptedOut(Environment.CurrentDirectory) is { } off)
            {
                checks.Add(off);
            }

            checks.AddRange(await new AgentChecks(shell.Home, RecallProgram.Running(), now, cancellation)
                .OfAsync(Places.OfUser(ProjectRoot.Of(Environment.CurrentDirectory))).ConfigureAwait(false));
            if (parse.GetValue<bool>(Options.JsonName))
            {
                Json.Checks(shell.Out, checks);
            }
            else
            {
                shell.Text.Checks(checks);
            }

            return (int)(checks.Any(c => c.State == CheckState.Failed) ? ExitCode.Failure : ExitCode.Ok);
        });
        return command;
    }

    private static Check Home(string home)
    {
        try
        {
            HomeFolder.Create(home);
            string probe = Path.Combine(home, $".doctor-{Environment.ProcessId}");
            File.WriteAllText(probe, "");
            File.Delete(probe);
            return new Check("home", CheckState.Ok, home);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new Check("home", CheckState.Failed, $"{home} can't be written: {e.Message}", $"Mend its permissions, or set {HomeFolder.Variable} to another folder.");
        }
    }

    private static Check Disk(string home)
    {
        try
        {
            long freeBytes = new DriveInfo(home).AvailableFreeSpace;
            string detail = $"{freeBytes >> 20} MB free";
            return freeBytes < LowDiskBytes ? new Check("disk", CheckState.Warning, detail, "Make room: the index and its log need some hundreds of MB.") : new Check("disk", CheckState.Ok, detail);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return new Check("disk", CheckState.Warning, $"Free space is unknown: {e.Message}");
        }
    }

    private static async Task<Check> ProgramAsync(CancellationToken cancellation)
    {
        try
        {
            HostProgram program = HostProgram.Find();
            return await program.VersionAsync(cancellation).ConfigureAwait(false) is { } version
                ? new Check("program", CheckState.Ok, $"{program}, version {version}")
                : new Check("program", CheckState.Warning, $"{program} does not say its version.", "Run it with --version to see why.");
        }
        catch (RecallException e)
        {
            return new Check("program", CheckState.Failed, e.Message);
        }
    }

    /// <summary>The links behind the host; the first that is missing ends the chain.</summary>
    private static async Task HostAsync(string home, TimeSpan timeout, List<Check> checks, CancellationToken cancellation)
    {
        string link = "host";
        try
        {
            var options = new RecallClientOptions { Home = home, ClientName = "recall", Timeout = timeout };
            await using RecallClient client = await RecallClient.ConnectAsync(options, cancellation).ConfigureAwait(false);
            HostStatus status = await client.StatusAsync(cancellation: cancellation).ConfigureAwait(false);
            string running = $"{status.HostVersion}, process {status.Pid}, {status.WorkingSetBytes >> 20} MB";
            checks.Add(VersionNote.Of(RecallClient.Version, status.HostVersion) is { } note
                ? new Check(link, CheckState.Warning, $"{running}. {note}", client.UpgradeObstacle)
                : new Check(link, CheckState.Ok, running));

            checks.AddRange(await EndpointChecks.OfAsync(home, cancellation).ConfigureAwait(false));

            link = "index";
            IntegrityReport integrity = await client.CheckIntegrityAsync(cancellation: cancellation).ConfigureAwait(false);
            checks.Add(integrity.Problems.Count > 0
                ? new Check(link, CheckState.Failed, string.Join('\n', integrity.Problems), "Stop the host, move the index file aside, start it again: it is rebuilt from the memory files.")
                : new Check(link, status.Index.Problem is null ? CheckState.Ok : CheckState.Warning, status.Index.Problem ?? $"{status.Index.State}, {status.Index.Chunks} chunks, {status.Index.FileBytes >> 20} MB"));
            if (status.Index.Faults > 0)
            {
                checks.Add(new Check("files", CheckState.Warning, $"{status.Index.Faults} could not be read", "recall status lists them with their reasons."));
            }

            link = "model";
            Embeddings embeddings = await client.EmbedAsync(["Is the model ready?"], isQuery: true, cancellation: cancellation).ConfigureAwait(false);
            ModelList models = await client.ListModelsAsync(cancellation: cancellation).ConfigureAwait(false);
            checks.Add(models.Problems.Count > 0
                ? new Check(link, CheckState.Warning, string.Join('\n', models.Problems), "recall model list shows which models there are.")
                : new Check(link, CheckState.Ok, $"{embeddings.ModelId}, {embeddings.Dimensions} dimensions" + (models.Advice is { } advice ? "; " + Text.Advice(advice) : "")));
        }
        catch (RecallException e)
        {
            checks.Add(new Check(link, CheckState.Failed, e.Message, e.Code switch
            {
                FailureCode.ModelUnavailable => "Until it is back, search answers from keywords. The host's log says more.",
                FailureCode.UnsupportedVersion => "Install the same version of both.",
                FailureCode.Expired => "Try again with a longer --timeout.",
                _ => null,
            }));
        }
    }
}
