using System.CommandLine;
using LocalRecall.Cli.Output;
using LocalRecall.Client;
using LocalRecall.Contracts;
using LocalRecall.Contracts.Messages;

namespace LocalRecall.Cli.Verbs;

internal static class AddVerb
{
    private const int SubjectLength = 100;

    public static Command Create(Shell shell)
    {
        var content = new Argument<string[]>("content") { Description = "What to remember; - reads it from standard input.", Arity = ArgumentArity.OneOrMore };
        var subject = new Option<string?>("--subject") { Description = "What it is about, in a line. [default: its first line]" };
        var keywords = new Option<string[]>("--keyword", "-w") { Description = "A word to find it by; may be repeated, up to 20. Without any, the words of the subject.", AllowMultipleArgumentsPerToken = false };
        var scope = new Option<string>("--scope", "-s") { Description = "What it applies to: global, file:PATH, area:NAME.", DefaultValueFactory = _ => "global" };
        var kind = new Option<string>("--kind", "-k") { Description = "episodic (a fact) or thinking (reasoning and its outcome).", DefaultValueFactory = _ => "episodic" };
        kind.AcceptOnlyFromAmong("episodic", "thinking");
        var at = Options.At();
        var project = Options.Project("the git repository around the current folder");
        var command = new Command("add", "Keeps a memory; returns once it is on disk.") { content, subject, keywords, scope, kind, at, project, Options.Timeout("30"), Options.Json() };
        command.SetAction((parse, cancellation) => shell.RunAsync(parse, TimeSpan.FromSeconds(30), async (client, token) =>
        {
            string text = Content(parse.GetRequiredValue(content), shell.In);
            MemoryAdded added = await client.AddAsync(
                new NewMemory(
                    parse.GetValue(subject) ?? SubjectOf(text), text, parse.GetValue(keywords) ?? [], parse.GetRequiredValue(scope), parse.GetRequiredValue(kind), parse.GetValue(at),
                    parse.GetValue(project) is { } named ? Path.GetFullPath(named) : ProjectRoot.Of(Environment.CurrentDirectory)),
                cancellation: token).ConfigureAwait(false);
            if (parse.GetValue<bool>(Options.JsonName))
            {
                Json.Added(shell.Out, added);
            }
            else
            {
                shell.Text.Added(added);
            }

            return ExitCode.Ok;
        }, cancellation));
        return command;
    }

    /// <summary>The first line that says something, without heading marks, cut at a word.</summary>
    internal static string SubjectOf(string content)
    {
        string line = content.Split('\n').Select(l => l.TrimStart('#', ' ', '\t', '>', '-').Trim()).FirstOrDefault(l => l.Length > 0) ?? "";
        if (line.Length <= SubjectLength)
        {
            return line;
        }

        int end = line.LastIndexOf(' ', SubjectLength);
        end = end > SubjectLength / 2 ? end : SubjectLength - (char.IsHighSurrogate(line[SubjectLength - 1]) ? 1 : 0);
        return line[..end] + "...";
    }

    /// <param name="arguments">Words of it, or <c>-</c>: then it is read from standard input.</param>
    internal static string Content(string[] arguments, Func<TextReader> standardInput)
    {
        if (arguments is not ["-"])
        {
            return string.Join(' ', arguments);
        }

        string text = standardInput().ReadToEnd();
        return text.EndsWith('\n') ? text[..^1] : text;
    }
}
