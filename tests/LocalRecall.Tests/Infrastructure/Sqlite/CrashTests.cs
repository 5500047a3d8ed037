using System.Diagnostics;
using LocalRecall.Core.Memories;
using LocalRecall.Core.Ports;
using LocalRecall.CrashWriter;
using Xunit;

namespace LocalRecall.Tests.Infrastructure.Sqlite;

/// <summary>A real process is killed with SIGKILL while it writes; what it had acknowledged must be there.</summary>
public sealed class CrashTests : IDisposable
{
    private const int Kills = 20;

    private readonly TempFolder _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public void Nothing_acknowledged_is_lost_and_the_file_opens()
    {
        var acknowledged = new Dictionary<int, CrashStep>();
        var random = new Random(1);
        int steps = 0;
        for (int kill = 0; kill < Kills; kill++)
        {
            CrashStep? underWay = RunUntilKilled(kill, random.Next(1, 40), random.Next(0, 4000), acknowledged, ref steps);
            AssertAllThere(acknowledged, underWay);
        }
        Assert.True(steps > Kills);
    }

    /// <summary>Kills the process a little after it has acknowledged so many steps. Returns the step that it was in.</summary>
    private CrashStep? RunUntilKilled(int seed, int afterSteps, int thenSpins, Dictionary<int, CrashStep> acknowledged, ref int steps)
    {
        string program = Path.Combine(AppContext.BaseDirectory, "LocalRecall.CrashWriter.dll");
        using Process process = Process.Start(new ProcessStartInfo(Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet")
        {
            ArgumentList = { "exec", program, _home.Path, $"{seed}" },
            RedirectStandardOutput = true,
        })!;
        try
        {
            CrashStep? underWay = null;
            int done = 0;
            while (process.StandardOutput.ReadLine() is { } line)
            {
                // A line may be torn by the kill: then it was not said.
                string[] words = line.Split(' ');
                if (words.Length != 4 || !CrashLineIsWhole(line)) break;
                CrashStep step = CrashStep.Parse(line[(words[0].Length + 1)..]);
                underWay = words[0] == "begin" ? step : null;
                if (words[0] == "begin") continue;
                acknowledged[step.Number] = step;
                steps++;
                if (++done != afterSteps) continue;
                Thread.SpinWait(thenSpins * 10);
                process.Kill();
            }
            Assert.True(done >= afterSteps, "The process ended by itself.");
            return underWay;
        }
        finally
        {
            process.Kill();
            process.WaitForExit();
        }
    }

    private static bool CrashLineIsWhole(string line) => line.StartsWith("begin ", StringComparison.Ordinal) || line.StartsWith("done ", StringComparison.Ordinal);

    private void AssertAllThere(Dictionary<int, CrashStep> acknowledged, CrashStep? underWay)
    {
        using var work = new CrashWork(_home.Path);
        using IMemoryReader reader = work.Store.OpenReader();
        Assert.Null(work.Store.RebuildNeeded);
        Assert.Empty(reader.CheckIntegrity());

        Dictionary<MemoryId, float[][]> vectors = reader.ReadVectors(CrashWork.Model)
            .Select(c => (c.Vector, Assert.Single(reader.GetChunks([c.ChunkId])).Stored.Memory.Id))
            .GroupBy(c => c.Id).ToDictionary(g => g.Key, g => g.Select(c => c.Vector).ToArray());
        foreach (CrashStep step in acknowledged.Values)
        {
            if (step.Number == underWay?.Number) continue;
            StoredMemory? stored = reader.Get(step.Id);
            if (step.Action != CrashAction.Store)
            {
                Assert.Null(stored);
                Assert.False(File.Exists(work.PathOf(step)));
                continue;
            }
            IndexedMemoryInput content = step.Content();
            Assert.Equal(content.Memory.Body, stored!.Memory.Body);
            Assert.Equal(content.Chunks.Select(c => c.Vector), vectors[step.Id]);
            Assert.EndsWith(content.Memory.Body + "\n", File.ReadAllText(work.PathOf(step)));
        }
        if (underWay is { } half)
        {
            // Done or not done, not half done; what is there now is what counts from here on.
            CrashStep? before = acknowledged.TryGetValue(half.Number, out CrashStep known) ? known : null;
            string? body = reader.Get(half.Id)?.Memory.Body;
            string? BodyAfter(CrashStep? step) => step is { Action: CrashAction.Store } s ? s.Content().Memory.Body : null;
            Assert.Contains(body, new[] { BodyAfter(before), BodyAfter(half) });
            // The next round does it again, so that files and index agree.
            work.Do(half);
            acknowledged[half.Number] = half;
        }
    }
}
