using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using LocalRecall.Core.Memories;
using LocalRecall.Core.Ports;
using LocalRecall.Core.Ranking;

namespace LocalRecall.Tests.Infrastructure.Sqlite;

/// <summary>Small memories, entries and vectors for tests of the store.</summary>
internal static class Given
{
    public const string Model = "model-a";

    public static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static MemoryId Id(int n) => new(new Guid(n, 0, 0x4000, 0x80, 0, 0, 0, 0, 0, 0, 0));

    public static Memory Memory(
        int id, string body, string subject = "A subject", MemoryKind kind = MemoryKind.Episodic, string appliesTo = "global",
        string? project = null, int day = 0, params string[] keywords) =>
        new(Id(id), kind, subject, keywords, AppliesTo.Parse(appliesTo), Start.AddDays(day), project, body);

    public static TextHash Hash(string text)
    {
        byte[] bytes = SHA256.HashData(Encoding.UTF8.GetBytes(text));
        return new TextHash(BinaryPrimitives.ReadUInt128BigEndian(bytes), BinaryPrimitives.ReadUInt128BigEndian(bytes.AsSpan(16)));
    }

    /// <summary>A unit vector that depends on the text alone.</summary>
    public static float[] Vector(string text)
    {
        var random = new Random(BitConverter.ToInt32(SHA256.HashData(Encoding.UTF8.GetBytes(text))));
        float[] vector = [.. Enumerable.Range(0, 8).Select(_ => random.NextSingle() - 0.5f)];
        float length = MathF.Sqrt(vector.Sum(v => v * v));
        return [.. vector.Select(v => v / length)];
    }

    /// <summary>One chunk for each paragraph.</summary>
    public static IndexedMemoryInput Input(Memory memory, bool vectors = true) => new(memory,
        [.. memory.Body.Split("\n\n").Select((text, i) => new Chunk(i, "", text, text.Split(' ').Length, Hash(text), vectors ? Vector(text) : null))]);

    public static SourceState Source(string path, string hash = "0") => new(path, hash, 1, Start);

    public static IndexEntry Entry(string path, params Memory[] memories) =>
        new(Source(path), Model, [.. memories.Select(m => Input(m))]);

    public static KeywordQuery Words(params string[] terms) => new(terms, []);
}
