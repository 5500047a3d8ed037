using System.Buffers.Binary;
using LocalRecall.Core.Formats;
using LocalRecall.Core.Memories;

namespace LocalRecall.ProcessTests.Processes;

/// <summary>Memories such as agents write, the same for the same seed.</summary>
internal static class GeneratedMemories
{
    private static readonly string[] Parts =
        ["tokenizer", "gateway", "retry policy", "session cache", "build script", "release workflow", "login form", "billing job", "search index", "upload worker", "feature flag store", "date parser"];

    private static readonly string[] Facts =
        ["reads its limits from the environment", "drops duplicate requests by their id", "must be started before the proxy", "keeps one connection per tenant", "fails when the clock moves backwards",
         "writes its state to a temporary file first", "is generated and must not be edited", "needs the schema of version four", "returns times without a zone", "was moved out of the main thread"];

    private static readonly string[] Reasons =
        ["because two processes wrote at once", "since the old library leaked handles", "as the users asked for it in spring", "because the tests were flaky on slow machines", "after a migration had lost rows", "to keep the start below a second"];

    private static readonly string[] Advice =
        ["Run the slow suite before touching it.", "Ask for a review when its format changes.", "The fixture under tests shows every case.", "Do not catch the time-out there.", "Its metrics are named after the queue.", "Keep the two constants in step."];

    /// <summary>Writes that many memory files below a folder.</summary>
    /// <param name="mostParagraphs">With more than one, some are that long.</param>
    public static IReadOnlyList<Memory> Write(string folder, int count, int seed, int mostParagraphs = 1)
    {
        var random = new Random(seed);
        Memory[] memories = [.. Enumerable.Range(0, count).Select(number => Next(random, seed, number, mostParagraphs))];
        foreach (Memory memory in memories)
        {
            string path = Path.Combine(folder, MarkdownMemory.RelativePath(memory.Id, memory.Kind));
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, MarkdownMemory.Write(memory));
        }

        return memories;
    }

    /// <summary>A line that says something about a thing of that name.</summary>
    public static string Sentence(Random random, string name) =>
        $"The {name} {Facts[random.Next(Facts.Length)]}, {Reasons[random.Next(Reasons.Length)]}.";

    /// <summary>One paragraph, now and then several.</summary>
    public static string Text(Random random, string name, int mostParagraphs)
    {
        string text = $"{Sentence(random, name)} {Advice[random.Next(Advice.Length)]}";
        return mostParagraphs > 1 && random.Next(8) == 0 ? text + More(random, mostParagraphs) : text;
    }

    private static string More(Random random, int mostParagraphs) =>
        string.Concat(Enumerable.Range(0, random.Next(1, mostParagraphs)).Select(_ =>
            $"\n\n{string.Join(' ', Enumerable.Range(0, random.Next(1, 5)).Select(_ => Sentence(random, Parts[random.Next(Parts.Length)])))}"));

    private static Memory Next(Random random, int seed, int number, int mostParagraphs)
    {
        string Pick(string[] from) => from[random.Next(from.Length)];

        string part = Pick(Parts);
        string ticket = $"case {seed}x{number:0000}";
        string subject = $"The {part} {Pick(Facts)} ({ticket})";
        string text = $"The {part} {Pick(Facts)}, {Pick(Reasons)}. Measured in {ticket}: {random.Next(2, 900)} ms before and {random.Next(1, 90)} ms after.\n\n- `{part.Replace(' ', '_')}.limit = {random.Next(4, 4096)}`\n- {Pick(Advice)}";
        if (mostParagraphs > 1 && random.Next(8) == 0)
        {
            text += More(random, mostParagraphs);
        }

        bool thinking = number % 8 == 7;
        AppliesTo scope = AppliesTo.Parse(thinking ? "global" : random.Next(3) switch
        {
            0 => "global",
            1 => $"file:src/{part.Replace(' ', '-')}/limits.ts",
            _ => $"area:{part}",
        });
        return new Memory(
            NextId(random), thinking ? MemoryKind.Thinking : MemoryKind.Episodic, subject, thinking ? [] : [part, "limits"], scope,
            new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).AddMinutes(random.Next(400_000)), null,
            thinking ? MemoryRules.ThinkingBody(text, Pick(Advice)) : text);
    }

    private static MemoryId NextId(Random random)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, random.NextInt64());
        BinaryPrimitives.WriteInt64LittleEndian(bytes[8..], random.NextInt64());
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new MemoryId(new Guid(bytes, bigEndian: true));
    }
}
