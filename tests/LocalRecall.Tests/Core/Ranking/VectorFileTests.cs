using System.Text;
using LocalRecall.Core.Memories;
using LocalRecall.Core.Ports;
using LocalRecall.Core.Ranking;
using Xunit;

namespace LocalRecall.Tests.Core.Ranking;

public sealed class VectorFileTests
{
    private const int Dimensions = 16;
    private const string Model = "model-a";

    private static IndexedChunk Chunk(Gen gen, long id, string place) => new(
        id, new ChunkFacts(gen.Pick([MemoryKind.Episodic, MemoryKind.Thinking]), AppliesTo.Parse(place), gen.Pick([null, "/p"]), DateTimeOffset.UnixEpoch.AddDays(gen.Int(0, 9))),
        gen.UnitVector(Dimensions));

    private static byte[] Write(VectorIndex index)
    {
        using var file = new MemoryStream();
        VectorFile.Write(index.Publish(), Model, file, CancellationToken.None);
        return file.ToArray();
    }

    private static VectorIndex Read(byte[] bytes, string model = Model, int dimensions = Dimensions) => VectorFile.Read(new MemoryStream(bytes), model, dimensions);

    private static VectorIndex Fill(Gen gen, int below)
    {
        var index = new VectorIndex(Dimensions);
        for (int i = gen.Int(0, below); i > 0; i--)
        {
            index.Add(Chunk(gen, gen.Int(0, below), $"file:{gen.Int(0, 30)}.cs"));
            if (gen.Chance(0.3)) index.Remove(gen.Int(0, below));
        }
        return index;
    }

    [Fact]
    public void What_is_read_finds_what_was_written_would_find()
    {
        Gen.ForAll(15, gen =>
        {
            VectorIndex written = Fill(gen, 15_000);
            VectorIndex read = Read(Write(written));

            Assert.Equal(written.Count, read.Count);
            SearchFilter[] filters = [SearchFilter.None, new(Kinds: [MemoryKind.Thinking]), new(Scope: Scope.File("3.cs")), new(Project: "/p"), new(Since: DateTimeOffset.UnixEpoch.AddDays(4))];
            for (int change = 0; change < 3; change++)
            {
                foreach (FilterPredicate filter in filters.Select(filter => new FilterPredicate(filter)))
                {
                    float[] query = gen.UnitVector(Dimensions);
                    Assert.Equal(written.Publish().Scan(query, filter, 20_000).Hits, read.Publish().Scan(query, filter, 20_000).Hits);
                }
                IndexedChunk next = Chunk(gen, gen.Int(0, 16_000), "file:3.cs");
                long gone = gen.Int(0, 16_000);
                Assert.Equal(written.Remove(gone), read.Remove(gone));
                written.Add(next);
                read.Add(next);
            }
        });
    }

    [Fact]
    public void What_was_removed_is_not_in_the_file()
    {
        var gen = new Gen(3);
        var index = new VectorIndex(Dimensions);
        IndexedChunk secret = Chunk(gen, 0x5EC4E7, "file:private/place.cs");
        for (int i = 0; i < 100; i++) index.Add(i == 50 ? secret : Chunk(gen, i, "file:a.cs"));
        byte[] vector = Array.ConvertAll(secret.Vector, x => (byte)(VectorSegment.Quantise(x, VectorSegment.StepOf(secret.Vector)) + 128));
        byte[][] traces = [vector, Encoding.UTF8.GetBytes("private"), BitConverter.GetBytes(secret.ChunkId)];
        byte[] before = Write(index);
        Assert.All(traces, trace => Assert.True(before.AsSpan().IndexOf(trace) > 0));

        index.Remove(secret.ChunkId);

        byte[] after = Write(index);
        Assert.All(traces, trace => Assert.True(after.AsSpan().IndexOf(trace) < 0));
    }

    [Fact]
    public void Damage_is_noticed_wherever_it_is()
    {
        var gen = new Gen(5);
        var index = new VectorIndex(Dimensions);
        for (int i = 0; i < 9000; i++) index.Add(Chunk(gen, i, $"file:{i % 30}.cs"));
        byte[] whole = Write(index);
        int segment = (int)(whole.Length * 4096L / index.Count);
        for (int i = 0; i < 300; i++)
        {
            byte[] bytes = [.. whole];
            int at = i < 120 ? i : gen.Chance(0.1) ? segment + gen.Int(-200, 200) : gen.Int(0, bytes.Length);
            bytes[at] ^= (byte)(1 << gen.Int(0, 8));
            Assert.True(Record.Exception(() => Read(bytes)) is InvalidDataException or EndOfStreamException, $"A changed byte at {at}");

            int length = gen.Int(0, whole.Length);
            Assert.IsType<EndOfStreamException>(Record.Exception(() => Read(whole[..length])));
        }
    }

    [Fact]
    public void Another_models_file_is_refused()
    {
        byte[] bytes = Write(Fill(new Gen(1), 100));
        Assert.Throws<InvalidDataException>(() => Read(bytes, "model-b"));
        Assert.Throws<InvalidDataException>(() => Read(bytes, dimensions: Dimensions + 1));
    }

    [Fact]
    public void Writing_stops_when_it_is_cancelled()
    {
        VectorSnapshot snapshot = Fill(new Gen(1), 100).Publish();
        Assert.Throws<OperationCanceledException>(() => VectorFile.Write(snapshot, Model, new MemoryStream(), new CancellationToken(canceled: true)));
    }
}
