using System.CommandLine;
using LocalRecall.Cli.Output;
using LocalRecall.Contracts.Messages;

namespace LocalRecall.Cli.Verbs;

internal static class ListVerb
{
    private const int PageSize = 100;

    public static Command Create(Shell shell)
    {
        var limit = Options.Limit(20, 1_000_000);
        var command = new Command("list", "Lists memories, newest first.");
        var filter = new Options.Filter(command);
        command.Add(limit);
        command.Add(Options.Timeout("30"));
        command.Add(Options.Json());
        command.SetAction((parse, cancellation) => shell.RunAsync(parse, TimeSpan.FromSeconds(30), async (client, token) =>
        {
            MemoryFilter wanted = filter.Read(parse);
            int most = parse.GetValue(limit);
            var memories = new List<MemorySummary>();
            MemoryPage? page = null;
            do
            {
                page = await client.ListPageAsync(wanted, page?.NextCursor, Math.Min(PageSize, most - memories.Count), cancellation: token).ConfigureAwait(false);
                memories.AddRange(page.Memories);
            }
            while (page.NextCursor is not null && memories.Count < most);

            if (parse.GetValue<bool>(Options.JsonName))
            {
                Json.List(shell.Out, memories, page.Total);
            }
            else
            {
                shell.Text.List(memories, page.Total);
            }

            return memories.Count > 0 ? ExitCode.Ok : ExitCode.NothingFound;
        }, cancellation));
        return command;
    }
}
