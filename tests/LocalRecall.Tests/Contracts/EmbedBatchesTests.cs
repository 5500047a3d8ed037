using LocalRecall.Contracts;
using LocalRecall.Contracts.Messages;
using Xunit;

namespace LocalRecall.Tests.Contracts;

public sealed class EmbedBatchesTests
{
    [Fact]
    public void Every_batch_fits_a_message_and_nothing_is_lost()
    {
        var random = new Random(20261121);
        string[] texts = [.. Enumerable.Range(0, 500).Select(_ => new string("aä€"[random.Next(3)], random.Next(8) == 0 ? random.Next(39_000) : random.Next(3000)))];
        IReadOnlyList<string>[] batches = [.. EmbedBatches.Of(texts)];
        Assert.Equal(texts, batches.SelectMany(b => b));
        Assert.All(batches, b => Assert.InRange(MessageCodec.SizeOf(new EmbedTexts(new(Guid.NewGuid(), Guid.NewGuid(), DateTimeOffset.MaxValue), b, true)), 1, WireLimits.MaxMessageBytes));
        Assert.All(batches, b => Assert.InRange(b.Count, 1, WireLimits.MaxEmbedTexts));
    }

    [Fact]
    public void No_texts_are_no_request() => Assert.Empty(EmbedBatches.Of([]));
}
