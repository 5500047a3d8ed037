using LocalRecall.Benchmarks.Load;

namespace LocalRecall.Benchmarks.Hooks;

/// <summary>What sessions take that are there at the same time.</summary>
internal sealed class McpSessions
{
    public const int CallsEach = 10;

    public List<double> FirstMs { get; } = [];

    public List<double> CallMs { get; } = [];

    public List<double> RssMb { get; } = [];

    public List<double> PssMb { get; } = [];

    public async Task RunAsync(int count, McpServer server, Func<string> question)
    {
        (McpSession Session, double FirstMs)[] begun = await Task.WhenAll(Enumerable.Range(0, count).Select(_ => Task.Run(() => McpSession.StartAsync(server))));
        try
        {
            FirstMs.AddRange(begun.Select(one => one.FirstMs));
            foreach (double[] calls in await Task.WhenAll(begun.Select(one => Task.Run(() => CallsAsync(one.Session, question)))))
                CallMs.AddRange(calls);
            foreach ((double rssMb, double pssMb) in begun.Select(one => MemoryWatch.Read(one.Session.Id)))
            {
                RssMb.Add(rssMb);
                PssMb.Add(pssMb);
            }
        }
        finally
        {
            foreach ((McpSession session, _) in begun)
                session.Dispose();
        }
    }

    private static async Task<double[]> CallsAsync(McpSession session, Func<string> question)
    {
        var ms = new double[CallsEach];
        for (int i = 0; i < ms.Length; i++)
            ms[i] = await session.SearchAsync(question());
        return ms;
    }
}
