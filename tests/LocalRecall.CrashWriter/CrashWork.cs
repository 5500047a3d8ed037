using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using LocalRecall.Core.Memories;
using LocalRecall.Core.Ports;
using LocalRecall.Infrastructure.Files;
using LocalRecall.Infrastructure.Sqlite;

namespace LocalRecall.CrashWriter;

public enum CrashAction { Store, Remove, Forget }

/// <summary>Something done to one of a few memories. Contents of two versions differ.</summary>
public readonly record struct CrashStep(CrashAction Action, int Number, int Version)
{
    public static CrashStep Random(Random random) =>
        new(random.Next(10) switch { 0 => CrashAction.Remove, 1 => CrashAction.Forget, _ => CrashAction.Store }, random.Next(30), random.Next(1_000_000));

    public static CrashStep Parse(string text)
    {
        string[] parts = text.Split(' ');
        return new CrashStep(Enum.Parse<CrashAction>(parts[0]), int.Parse(parts[1]), int.Parse(parts[2]));
    }

    public override string ToString() => $"{Action} {Number} {Version}";

    public MemoryId Id => new(new Guid(Number, 0, 0x4000, 0x80, 0, 0, 0, 0, 0, 0, 0));

    /// <summary>Several chunks, so that a store is many rows.</summary>
    public IndexedMemoryInput Content()
    {
        string[] texts = [.. Enumerable.Range(0, 1 + Version % 7).Select(Text)];
        var memory = new Memory(Id, MemoryKind.Episodic, $"Number {Number}", ["crash"], AppliesTo.Global, DateTimeOffset.UnixEpoch, null, string.Join("\n\n", texts));
        return new IndexedMemoryInput(memory, [.. texts.Select((text, i) => new Chunk(i, "", text, 50, Hash(text), Vector(text)))]);
    }

    private string Text(int part)
    {
        int version = Version;
        return $"Number {Number}, version {version}, part {part}: " + string.Join(' ', Enumerable.Range(0, 60).Select(i => $"word{version * 31 + part * 7 + i}"));
    }

    public static TextHash Hash(string text)
    {
        byte[] bytes = SHA256.HashData(Encoding.UTF8.GetBytes(text));
        return new TextHash(BinaryPrimitives.ReadUInt128BigEndian(bytes), BinaryPrimitives.ReadUInt128BigEndian(bytes.AsSpan(16)));
    }

    public static float[] Vector(string text)
    {
        var random = new Random(BitConverter.ToInt32(SHA256.HashData(Encoding.UTF8.GetBytes(text))));
        return [.. Enumerable.Range(0, 384).Select(_ => random.NextSingle())];
    }
}

/// <summary>A home folder with its memory files and its index.</summary>
public sealed class CrashWork : IDisposable
{
    public const string Model = "crash-model";

    private readonly MemoryFiles _files;
    private readonly IMemoryWriter _writer;
    private int _steps;

    public CrashWork(string home)
    {
        _files = new MemoryFiles(home, TimeProvider.System);
        Store = new SqliteMemoryStore(Path.Combine(home, "index.db"), new ForgottenLog(Path.Combine(home, "forgotten.jsonl"), TimeProvider.System), TimeProvider.System);
        _writer = Store.OpenWriter();
    }

    public SqliteMemoryStore Store { get; }

    public string PathOf(CrashStep step) => Path.Combine(_files.Folder, "episodic-memory", $"{step.Id}.md");

    public void Do(CrashStep step)
    {
        if (++_steps % 10 == 0) _writer.Checkpoint();
        switch (step.Action)
        {
            case CrashAction.Store:
                IndexedMemoryInput content = step.Content();
                SourceState state = _files.Write(content.Memory);
                _writer.Store(new IndexEntry(state, Model, [content], Deliberate: true));
                break;
            case CrashAction.Remove:
                _files.DeleteOwned(PathOf(step));
                _writer.RemoveSources([PathOf(step)]);
                break;
            case CrashAction.Forget:
                _writer.Forget(step.Id);
                _files.DeleteOwned(PathOf(step));
                break;
        }
    }

    public void Dispose() => _writer.Dispose();
}
