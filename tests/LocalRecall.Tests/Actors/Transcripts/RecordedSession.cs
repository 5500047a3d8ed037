using System.Text;
using LocalRecall.Contracts;
using LocalRecall.Contracts.Messages;
using LocalRecall.Core.Memories;
using LocalRecall.Core.Transcripts;
using LocalRecall.Tests.Core.Transcripts;

namespace LocalRecall.Tests.Actors.Transcripts;

/// <summary>A session's transcript, and the events of its hooks with how much of the transcript was there when each came.</summary>
internal sealed class RecordedSession
{
    private readonly IReadOnlyList<TurnEnd> _ends;

    private RecordedSession(string path, string id, string cwd, byte[] bytes, IReadOnlyList<TurnEnd> ends, Random random)
    {
        (Path, Id, Bytes) = (path, id, bytes);
        HookInput Hook(string name, DateTimeOffset at, string? last) => new("claude-code", name, id, null, cwd, null, null, path, last, at);

        List<(HookInput Hook, int LengthBytes)> events = [];
        foreach (TurnEnd end in ends)
        {
            int whole = LengthAt(end.At);
            events.Add((Hook("Stop", end.At, end.LastMessage), end.LastMessage is not null && random.Next(3) == 0 ? LengthAt(end.At.AddSeconds(-1)) : whole));
            if (random.Next(4) == 0) events.Add((Hook("PreCompact", end.At, null), whole - random.Next(Math.Min(200, whole))));
        }
        var sessionEnd = new TurnEnd(Sample.Start.AddSeconds(bytes.Count(b => b == '\n')), null);
        _ends = [.. ends, sessionEnd];
        Events = [.. events, (Hook("SessionEnd", sessionEnd.At, null), bytes.Length)];
    }

    public string Path { get; }

    public string Id { get; }

    public byte[] Bytes { get; }

    public IReadOnlyList<(HookInput Hook, int LengthBytes)> Events { get; }

    /// <summary>A few sessions in a folder; the last is a fork of the first.</summary>
    public static List<RecordedSession> Some(Random random, string folder, int turns = 4)
    {
        var sessions = new List<RecordedSession>();
        for (int i = 0; i < 3; i++)
        {
            string id = $"{i:d8}-0000-4000-8000-{random.Next():d12}", cwd = System.IO.Path.Combine(folder, $"repo{i % 2}");
            (Sample sample, List<TurnEnd> ends) = RandomSession.Write(random, random.Next(1, turns), new Sample(cwd, id));
            sessions.Add(new RecordedSession(System.IO.Path.Combine(folder, $"{id}.jsonl"), id, cwd, Encoding.UTF8.GetBytes(sample.Text), ends, random));
            if (i > 0) continue;
            string forkId = $"{id[..^1]}f";
            ends = [.. ends, .. RandomSession.Write(random, 2, sample).Ends];
            sessions.Add(new RecordedSession(System.IO.Path.Combine(folder, $"{forkId}.jsonl"), forkId, cwd, Encoding.UTF8.GetBytes(sample.Text), ends, random));
        }
        return sessions;
    }

    /// <summary>The file as it was, or is by now.</summary>
    public void Save(int lengthBytes)
    {
        if (!File.Exists(Path) || new FileInfo(Path).Length < lengthBytes) File.WriteAllBytes(Path, Bytes[..lengthBytes]);
    }

    /// <summary>What is to be stored of it, once it is all there.</summary>
    public IEnumerable<Memory> Expected()
    {
        var reader = new TranscriptReader(0, Sample.Start, folder => new TranscriptPlace(ProjectRoot.Of(folder) ?? folder, false));
        foreach (TranscriptLine line in Sample.Split(Bytes)) reader.Add(line);
        reader.End(_ends);
        return reader.Memories;
    }

    private int LengthAt(DateTimeOffset time)
    {
        int lines = (int)(time - Sample.Start).TotalSeconds, length = 0;
        for (; lines > 0; length++)
        {
            if (Bytes[length] == '\n') lines--;
        }
        return length;
    }
}
