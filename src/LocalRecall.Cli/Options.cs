using System.CommandLine;
using System.Globalization;
using LocalRecall.Contracts;
using LocalRecall.Contracts.Messages;

namespace LocalRecall.Cli;

/// <summary>Options that several verbs share. Each verb makes its own: an option belongs to one command.</summary>
internal static class Options
{
    public const string JsonName = "--json";
    public const string TimeoutName = "--timeout";

    public static Option<bool> Json() => new(JsonName) { Description = "Print one JSON object." };

    public static Option<TimeSpan?> Timeout(string standard) =>
        Seconds(TimeoutName, $"How long it may take, starting the host included. [default: {standard}]");

    public static Option<TimeSpan?> Seconds(string name, string description, double least = 0) => new(name)
    {
        Description = description,
        HelpName = "SECONDS",
        CustomParser = result =>
        {
            if (double.TryParse(result.Tokens[0].Value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double seconds) &&
                seconds is > 0 and <= 1e6 && seconds >= least)
            {
                return TimeSpan.FromSeconds(seconds);
            }

            result.AddError($"{name} takes seconds{(least > 0 ? FormattableString.Invariant($", {least} or more") : "")}, not '{result.Tokens[0].Value}'.");
            return null;
        },
    };

    public static Option<string?> Project(string standard) => new("--project", "-p")
    {
        Description = $"Folder of the project. [default: {standard}]", HelpName = "PATH",
    };

    public static Option<int> Limit(int standard, int most) => Number("--limit", "At most so many.", standard, most, "-n");

    public static Option<int> Number(string name, string description, int standard, int most, params string[] aliases) => new(name, aliases)
    {
        Description = description,
        HelpName = "N",
        DefaultValueFactory = _ => standard,
        CustomParser = result =>
        {
            if (int.TryParse(result.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= 1 && number <= most)
            {
                return number;
            }

            result.AddError($"{name} is 1 to {most}, not '{result.Tokens[0].Value}'.");
            return standard;
        },
    };

    /// <summary>A number from 0 to 1; null unless given.</summary>
    public static Option<double?> Share(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "X",
        CustomParser = result =>
        {
            if (double.TryParse(result.Tokens[0].Value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double share) && share is >= 0 and <= 1)
            {
                return share;
            }

            result.AddError($"{name} is 0 to 1, not '{result.Tokens[0].Value}'.");
            return null;
        },
    };

    /// <summary>Ids of memories.</summary>
    public static Argument<Guid[]> Ids(string name, ArgumentArity arity, string description) => new(name)
    {
        Description = description,
        Arity = arity,
        CustomParser = result =>
        {
            var ids = new List<Guid>();
            foreach (string text in result.Tokens.Select(t => t.Value))
            {
                if (Guid.TryParseExact(text, "D", out Guid id))
                {
                    ids.Add(id);
                }
                else
                {
                    result.AddError($"'{text}' is not the id of a memory, such as 0b7c2f0e-5a1d-4c57-9a6e-1f2d3c4b5a69.");
                }
            }

            return [.. ids];
        },
    };

    private static Option<DateTimeOffset?> Time(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "TIME",
        CustomParser = result =>
        {
            DateTimeOffset? time = TimeArgument.TryParse(result.Tokens[0].Value, TimeProvider.System.GetUtcNow());
            if (time is null)
            {
                result.AddError($"{name} takes a date (2026-11-21), a time (2026-11-21T14:00Z) or an age (7d, 12h), not '{result.Tokens[0].Value}'.");
            }

            return time;
        },
    };

    public static Option<DateTimeOffset?> At() => Time("--at", "When it happened. [default: now]");

    /// <summary>The options that make up a <see cref="MemoryFilter"/>.</summary>
    internal sealed class Filter
    {
        private readonly Option<string[]> kinds = new("--kind", "-k") { Description = "Only this kind; may be repeated.", HelpName = "KIND" };
        private readonly Option<string?> scope = new("--scope", "-s") { Description = "What applies to this: file:PATH or area:NAME.", HelpName = "SCOPE" };
        private readonly Option<string?> project = Project("the git repository around the current folder");
        private readonly Option<bool> anyProject = new("--any-project") { Description = "Memories of all projects." };
        private readonly Option<DateTimeOffset?> since = Time("--since", "Not older: a date, a time, or an age such as 7d.");
        private readonly Option<DateTimeOffset?> until = Time("--until", "Older than this.");

        public Filter(Command command)
        {
            kinds.AcceptOnlyFromAmong("episodic", "thinking", "exchange", "document");
            foreach (Option option in (Option[])[kinds, scope, project, anyProject, since, until])
            {
                command.Add(option);
            }
        }

        public MemoryFilter Read(ParseResult parse) => new(
            parse.GetValue(kinds) ?? [],
            parse.GetValue(scope),
            parse.GetValue(anyProject) ? null
                : parse.GetValue(project) is { } named ? Path.GetFullPath(named)
                : ProjectRoot.Of(Environment.CurrentDirectory),
            parse.GetValue(since),
            parse.GetValue(until));
    }
}
