using LocalRecall.Core.Embedding;
using LocalRecall.Core.Ports;
using Xunit;

namespace LocalRecall.Tests.Core.Embedding;

public sealed class VectorCacheTests
{
    private readonly VectorCache _cache = new(capacity: 3);

    private static TextHash Hash(int number) => new(0, (UInt128)number);

    private static VectorKey Key(int number) => new("m", Hash(number));

    private void Add(params int[] numbers)
    {
        foreach (int number in numbers)
        {
            _cache.Add(Key(number), [number]);
        }
    }

    private IEnumerable<int> Known(params int[] numbers) => _cache.Find(numbers.Select(n => new TokenizedText("m", Hash(n), [1]))).Values.Select(v => (int)v[0]);

    [Fact]
    public void What_was_added_is_found()
    {
        Add(1, 2);

        Assert.Equal([1f], _cache.Find(Key(1))!);
        Assert.Null(_cache.Find(Key(3)));
        Assert.Equal([2, 1], Known(2, 4, 1, 2));
    }

    [Fact]
    public void Another_models_vector_of_the_same_text_is_another_one()
    {
        Add(1);

        Assert.Null(_cache.Find(new VectorKey("n", Hash(1))));
    }

    [Fact]
    public void The_one_unused_longest_makes_room()
    {
        Add(1, 2, 3);
        _cache.Find(Key(1));
        Add(2);

        Add(4);

        Assert.Equal([1, 2, 4], Known(1, 2, 3, 4));
        Assert.Equal(3, _cache.Count);
    }

    [Fact]
    public void Whatever_is_done_it_holds_those_used_last()
    {
        var random = new Random(1);
        List<int> used = [];
        for (int i = 0; i < 1000; i++)
        {
            int number = random.Next(6);
            bool known = used.Take(3).Contains(number);
            if (random.Next(2) == 0)
            {
                Add(number);
                known = true;
            }
            else
            {
                Assert.Equal(known, _cache.Find(Key(number)) is not null);
            }

            if (known)
            {
                used.Remove(number);
                used.Insert(0, number);
            }

            Assert.Equal(Math.Min(3, used.Count), _cache.Count);
        }
    }

    [Fact]
    public void None_is_none()
    {
        var none = new VectorCache(0);
        none.Add(Key(1), [1]);

        Assert.Equal((0, null), (none.Count, none.Find(Key(1))));
    }
}
