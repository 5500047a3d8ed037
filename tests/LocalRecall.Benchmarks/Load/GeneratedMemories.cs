using LocalRecall.Core.Formats;
using LocalRecall.Core.Memories;

namespace LocalRecall.Benchmarks.Load;

/// <summary>Memories that nobody wrote: each is as long as one of the corpus, and made of the corpus's lines in random order.</summary>
internal static class GeneratedMemories
{
    private const int MinLineChars = 20;
    private const int MaxSubjectChars = 100;

    /// <summary>Writes so many memory files below a new folder; other seeds, other texts.</summary>
    public static void Write(string folder, Corpus corpus, int count, int seed)
    {
        var random = new Random(seed);
        string[] lines = [.. corpus.Memories.SelectMany(memory => memory.Body.Split('\n')).Select(line => line.Trim()).Where(line => line.Length >= MinLineChars)];
        for (int number = 0; number < count; number++)
        {
            int length = corpus.Memories[random.Next(corpus.Memories.Count)].Body.Length;
            List<string> body = [];
            while (body.Sum(line => line.Length) < length)
                body.Add(lines[random.Next(lines.Length)]);
            string subject = lines[random.Next(lines.Length)];
            var memory = new Memory(
                MemoryId.New(), MemoryKind.Episodic, $"{subject[..Math.Min(subject.Length, MaxSubjectChars)]} ({seed}x{number})", ["generated"], AppliesTo.Global,
                DateTimeOffset.UnixEpoch.AddMinutes(number), null, string.Join('\n', body));
            string path = Path.Combine(folder, MarkdownMemory.RelativePath(memory.Id, memory.Kind));
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, MarkdownMemory.Write(memory));
        }
    }
}
