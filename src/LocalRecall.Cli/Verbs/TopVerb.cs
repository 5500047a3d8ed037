using System.CommandLine;
using System.Globalization;
using LocalRecall.Cli.Output;
using LocalRecall.Client;
using LocalRecall.Contracts.Messages;

namespace LocalRecall.Cli.Verbs;

internal static class TopVerb
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public static Command Create(Shell shell)
    {
        Option<TimeSpan?> interval = Options.Seconds("--interval", "Between two looks, at least 0.1. [default: 1]", 0.1);
        var count = new Option<int?>("--count")
        {
            Description = "End after so many looks; exit code 4 if there was no host at any of them. [default: never]",
            HelpName = "N",
            CustomParser = result =>
            {
                if (int.TryParse(result.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= 1)
                {
                    return number;
                }

                result.AddError($"--count is 1 or more, not '{result.Tokens[0].Value}'.");
                return null;
            },
        };
        var command = new Command(
            "top",
            """
            Shows what the host is doing, again and again, until q or Ctrl-C; starts no host, and waits for one when none runs.
            On a terminal it draws in place; else it prints a line for each look, or with --json one object.
            """)
        {
            interval, count, Options.Json(),
        };
        command.SetAction(async (parse, cancellation) =>
        {
            await using var client = new RecallClient(new RecallClientOptions { Home = shell.Home, ClientName = "recall", StartHost = false });
            var looks = new Looks(client, parse.GetValue(interval) ?? TimeSpan.FromSeconds(1), parse.GetValue(count));
            try
            {
                bool json = parse.GetValue<bool>(Options.JsonName);
                return (int)(!json && shell.OutIsTerminal
                    ? await DrawAsync(shell, looks, cancellation).ConfigureAwait(false)
                    : await looks.RunAsync(look => Print(shell, look, json), cancellation).ConfigureAwait(false));
            }
            catch (RecallException e)
            {
                return shell.Fail(parse, ExitCodes.Of(e.Code), e.Code.ToName(), e.Message);
            }
        });
        return command;
    }

    /// <summary>All lines of one look, for a terminal.</summary>
    internal static IEnumerable<string> Lines(Look look)
    {
        yield return Invariant($"recall top  {look.At.UtcDateTime:HH:mm:ss}Z  cpu {StatusLines.Percent(look.ProcessorLoad)}  q quits");
        yield return "";
        foreach (string line in look.Status is { } status ? StatusLines.Of(status) : [NoHost(look)])
        {
            yield return line;
        }
    }

    internal static string OneLine(Look look) =>
        Invariant($"{look.At.UtcDateTime:HH:mm:ss}Z  {(look.Status is { } status ? StatusLines.OneLine(status, look.ProcessorLoad) : NoHost(look))}");

    private static string NoHost(Look look) => $"{Clean.Line(look.Problem ?? "")} Trying again.";

    private static async Task<ExitCode> DrawAsync(Shell shell, Looks looks, CancellationToken cancellation)
    {
        using var screen = new Screen(shell.Out, shell.Colour);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation, screen.Left);
        try
        {
            return await looks.RunAsync(look => screen.Draw(Lines(look)), ended.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (screen.Left.IsCancellationRequested)
        {
            return ExitCode.Ok;
        }
    }

    private static void Print(Shell shell, Look look, bool json)
    {
        if (json)
        {
            Json.Look(shell.Out, look.At, look.Status, look.Problem);
        }
        else
        {
            shell.Text.Write(OneLine(look));
        }

        shell.Out.Flush();
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <summary>One answer of the host, or why there is none.</summary>
    internal sealed record Look(DateTimeOffset At, HostStatus? Status, string? Problem, double? ProcessorLoad);

    private sealed class Looks(RecallClient client, TimeSpan interval, int? count)
    {
        private HostStatus? last;

        /// <summary>Looks until cancelled or the count is reached. Without any host in all that time: <see cref="ExitCode.HostUnavailable"/>.</summary>
        public async Task<ExitCode> RunAsync(Action<Look> show, CancellationToken cancellation)
        {
            using var ticks = new PeriodicTimer(interval);
            bool seen = false;
            for (int done = 1; ; done++)
            {
                Look look = await LookAsync(cancellation).ConfigureAwait(false);
                seen |= look.Status is not null;
                show(look);
                if (done == count)
                {
                    return seen ? ExitCode.Ok : ExitCode.HostUnavailable;
                }

                await ticks.WaitForNextTickAsync(cancellation).ConfigureAwait(false);
            }
        }

        private async Task<Look> LookAsync(CancellationToken cancellation)
        {
            try
            {
                HostStatus status = await client.StatusAsync(Patience, cancellation).ConfigureAwait(false);
                var look = new Look(TimeProvider.System.GetUtcNow(), status, null, StatusLines.ProcessorLoad(last, status));
                last = status;
                return look;
            }
            catch (RecallException e) when (e.Code is not FailureCode.UnsupportedVersion)
            {
                return new Look(TimeProvider.System.GetUtcNow(), null, e.Message, null);
            }
        }
    }
}
