using Akka.Actor;
using LocalRecall.Actors.Requests;
using LocalRecall.Contracts.Hooks;
using LocalRecall.Contracts.Messages;
using LocalRecall.Core.Embedding;
using LocalRecall.Core.Formats;
using LocalRecall.Core.Memories;
using LocalRecall.Core.Ranking;
using LocalRecall.Tests.Actors.Embedding;
using LocalRecall.Tests.Actors.Schedules;
using LocalRecall.Tests.Infrastructure;
using Xunit;
using static LocalRecall.Actors.Index.IndexProtocol;

namespace LocalRecall.Tests.Actors.Transcripts;

/// <summary>
/// Every event of some sessions, in the order they came or in any other, some of them twice, with the host there, away, ended or crashed in
/// between: what is stored is the same, once. Each schedule is from a seed; to play one alone: <c>LOCALRECALL_SCHEDULE_SEED=123</c>.
/// </summary>
public sealed class TranscriptReplayTests
{
    public static TheoryData<int, bool> Schedules()
    {
        var data = new TheoryData<int, bool>();
        string? only = Environment.GetEnvironmentVariable("LOCALRECALL_SCHEDULE_SEED");
        for (int seed = 0; seed < 12; seed++)
        {
            if (string.IsNullOrEmpty(only) || only == $"{seed}") data.Add(seed, seed % 2 == 0);
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(Schedules))]
    public async Task What_is_stored_is_the_same_set_once(int seed, bool inOrder)
    {
        var random = new Random(seed);
        using var folder = new TempFolder();
        string home = folder["home"], agent = Directory.CreateDirectory(folder["agent"]).FullName;
        Directory.CreateDirectory(Path.Combine(agent, "repo0", ".git"));
        List<RecordedSession> sessions = RecordedSession.Some(random, agent);
        using var host = new ScheduledHost(home, new ScriptedEmbedder());
        host.Start();
        bool isUp = true;

        foreach ((RecordedSession session, HookInput hook, int length) in Order(sessions, random, inOrder))
        {
            session.Save(inOrder ? length : session.Bytes.Length);
            HookSpool.Write(home, hook);
            if (isUp && random.Next(4) > 0) Nudge(host);
            switch (random.Next(8))
            {
                case 0 when isUp:
                    await UntilAsync(host, () => Files(home).Count > random.Next(12) || HookSpool.List(home).Count == 0);
                    await host.BeginCrash().WaitAsync(ScheduledHost.Patience);
                    isUp = false;
                    break;
                case 1 when isUp:
                    await host.BeginEnd().WaitAsync(ScheduledHost.Patience);
                    isUp = false;
                    break;
                case 2 when isUp:
                    await UntilAsync(host, () => HookSpool.List(home).Count == 0);
                    break;
                case <= 4 when !isUp:
                    host.Start();
                    isUp = true;
                    break;
            }
        }

        if (!isUp) host.Start();
        Nudge(host);
        await UntilAsync(host, () => HookSpool.List(home).Count == 0);

        string[] expected = [.. sessions.SelectMany(session => session.Expected()).DistinctBy(memory => memory.Id).Select(Show).Order(StringComparer.Ordinal)];
        Assert.NotEmpty(expected);
        Assert.Equal(expected, Files(home).Select(Show).Order(StringComparer.Ordinal));
        Assert.Equal(expected, (await IndexedAsync(host)).Select(Show).Order(StringComparer.Ordinal));
        foreach (RecordedSession session in sessions)
        {
            SessionChunksFound chunks = await host.Tree.Index.Ask<SessionChunksFound>(new FindSessionChunks(Guid.NewGuid(), session.Id), ScheduledHost.Patience);
            ChunksFound found = await host.Tree.Index.Ask<ChunksFound>(new GetChunks(Guid.NewGuid(), chunks.ChunkIds), ScheduledHost.Patience);
            Assert.Equal(session.Expected().Select(m => m.Id.Value).Order(), found.Chunks.Select(c => c.Stored.Memory.Id.Value).Distinct().Order());
        }
        await host.BeginCrash().WaitAsync(ScheduledHost.Patience);
    }

    private static IEnumerable<(RecordedSession Session, HookInput Hook, int Length)> Order(List<RecordedSession> sessions, Random random, bool inOrder)
    {
        var events = sessions.SelectMany(session => session.Events.Select(e => (Session: session, e.Hook, e.LengthBytes))).ToList();
        events.AddRange(events.Where(_ => random.Next(4) == 0).ToList());
        if (inOrder) return events.OrderBy(e => e.Hook.At).ThenBy(e => e.LengthBytes);
        (RecordedSession, HookInput, int)[] shuffled = [.. events];
        random.Shuffle(shuffled);
        return shuffled;
    }

    private static void Nudge(ScheduledHost host) => host.Tree.Transcripts.Tell(
        new Authorized<NoteSpool>(new NoteSpool(new RequestHeader(Guid.NewGuid(), Guid.Empty, host.Now.AddSeconds(5))), ActorRefs.Nobody, ClientId.Host));

    /// <summary>Lets the host's time pass until it is so.</summary>
    private static async Task UntilAsync(ScheduledHost host, Func<bool> isSo)
    {
        using var patience = new CancellationTokenSource(ScheduledHost.Patience);
        while (!isSo())
        {
            host.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(5, patience.Token);
        }
    }

    private static List<Memory> Files(string home) => !Directory.Exists(Path.Combine(home, "memories")) ? [] :
        [.. Directory.EnumerateFiles(Path.Combine(home, "memories"), "*.md", SearchOption.AllDirectories).SelectMany(path => FormatReader.Read(path, File.ReadAllBytes(path), default, null).Memories)];

    private static async Task<IEnumerable<Memory>> IndexedAsync(ScheduledHost host) =>
        (await host.Tree.Index.Ask<StoredListed>(new ListStored(Guid.NewGuid(), SearchFilter.None, null, 1000), ScheduledHost.Patience)).Page.Memories.Select(stored => stored.Memory);

    private static string Show(Memory memory) => $"{memory.Id} {memory.Kind} {memory.Project} {memory.OccurredAt:O} {memory.Subject} {memory.Body}";
}
