using System.CommandLine;
using System.Globalization;
using LocalRecall.Cli.Hooks;
using LocalRecall.Contracts;
using LocalRecall.Contracts.Hooks;

namespace LocalRecall.Cli.Verbs;

/// <summary>
/// What agents run at every prompt. Whatever happens it ends in time, with exit code 0, one JSON object or nothing on standard output,
/// and nothing on standard error: an agent must never suffer from its memory.
/// </summary>
internal static class HookVerb
{
    public const string Name = "hook";
    private const string AgentOption = "--agent";

    /// <summary>The environment variable in which Claude Code, and others that follow it, say where the session was started.</summary>
    private const string ProjectVariable = "CLAUDE_PROJECT_DIR";

    /// <summary>Milliseconds that a hook may take, in place of 300 for prompts and 1,000 for the others.</summary>
    private const string DeadlineVariable = "LOCALRECALL_HOOK_DEADLINE_MS";

    /// <summary>For <c>--help</c> alone: to build the command line would take longer than all of <see cref="Run"/>.</summary>
    public static Command Create()
    {
        var name = new Argument<string?>("event") { Description = "SessionStart, UserPromptSubmit, Stop, SubagentStop, PreCompact, SessionEnd, or what the agent calls them. [default: as the input says]", Arity = ArgumentArity.ZeroOrOne };
        var agent = new Option<string?>(AgentOption) { Description = "Whose hook it is: claude-code, codex, cursor, gemini, opencode.", HelpName = "NAME" };
        return new Command(Name, "For agents: reads a hook's JSON from standard input, prints what the agent should know, or nothing. Exits with 0 whatever happens, after 300 ms at the latest (others than prompts: 1 s), or LOCALRECALL_HOOK_DEADLINE_MS.") { name, agent };
    }

    /// <summary>Whether these are arguments for <see cref="Run"/>.</summary>
    public static bool Takes(IReadOnlyList<string> args) =>
        args is [Name, ..] && !args.Any(arg => arg is "--help" or "-h" or "-?" or "/?" or "/h");

    /// <param name="args">Without <see cref="Name"/>. What is not understood is passed over.</param>
    public static int Run(string[] args)
    {
        AppDomain.CurrentDomain.UnhandledException += (_, _) => Environment.Exit((int)ExitCode.Ok);
        try
        {
            if (!OptOut.IsOff)
            {
                (string? name, string? agent) = Parse(args);
                TimeSpan limit = LimitOf(name);
                string? folder = Environment.GetEnvironmentVariable(ProjectVariable);
                Task<ReadOnlyMemory<byte>> run = Task.Run(() =>
                    new HookRun(HomeFolder.Resolve(), name, agent, folder, limit).RunAsync(Console.OpenStandardInput()));
                if (run.Wait(limit))
                {
                    Console.OpenStandardOutput().Write(run.Result.Span);
                }
            }
        }
        catch (Exception)
        {
            // An agent goes on without.
        }

        return (int)ExitCode.Ok;
    }

    private static TimeSpan LimitOf(string? name) =>
        int.TryParse(Environment.GetEnvironmentVariable(DeadlineVariable), NumberStyles.None, CultureInfo.InvariantCulture, out int ms) && ms > 0
            ? TimeSpan.FromMilliseconds(ms)
            : AgentEvents.LimitOf(name is null ? null : AgentEvents.Find(name));

    internal static (string? Event, string? Agent) Parse(IReadOnlyList<string> args)
    {
        (string? name, string? agent) = (null, null);
        for (int i = 0; i < args.Count; i++)
        {
            if (args[i] == AgentOption)
            {
                agent = i + 1 < args.Count ? args[++i] : null;
            }
            else if (args[i].StartsWith(AgentOption + "=", StringComparison.Ordinal))
            {
                agent = args[i][(AgentOption.Length + 1)..];
            }
            else if (!args[i].StartsWith('-'))
            {
                name ??= args[i];
            }
        }

        return (name, agent);
    }
}
