using LocalRecall.Core.Embedding;
using LocalRecall.Core.Ingest;
using Xunit;

namespace LocalRecall.Tests.Core.Ingest;

public sealed class TurnQueueTests
{
    private readonly TurnQueue<string> _queue = new();

    private void Enqueue(params string[] items)
    {
        foreach (string item in items)
        {
            _queue.Enqueue(new ClientId(item[..1]), item);
        }
    }

    private List<string> All()
    {
        List<string> all = [];
        while (_queue.TryDequeue(out string? item))
        {
            all.Add(item);
        }

        return all;
    }

    [Fact]
    public void Clients_take_turns_and_each_ones_own_stay_in_order()
    {
        Enqueue("a1", "a2", "a3", "a4", "b1", "b2", "c1");

        Assert.Equal(7, _queue.Count);
        Assert.Equal(["a1", "b1", "c1", "a2", "b2", "a3", "a4"], All());
        Assert.Equal(0, _queue.Count);
    }

    [Fact]
    public void Who_comes_late_waits_for_one_of_each_other()
    {
        Enqueue("a1", "a2", "a3", "b1", "b2");
        _queue.TryDequeue(out _);
        Enqueue("c1");

        Assert.Equal(["b1", "a2", "c1", "b2", "a3"], All());
    }

    [Fact]
    public void What_is_removed_does_not_come()
    {
        Enqueue("a1", "a2", "b1", "a3");
        _queue.Remove("a2");
        _queue.Remove("b1");
        Enqueue("b2");

        Assert.Equal(["a1", "b2", "a3"], All());
    }

    [Fact]
    public void Nothing_is_lost_or_doubled_and_no_client_gets_more_than_its_turn()
    {
        var random = new Random(20261122);
        for (int round = 0; round < 200; round++)
        {
            Dictionary<string, Queue<string>> waiting = [];
            List<string> servedSince = [];
            for (int step = 0; step < 100; step++)
            {
                if (random.Next(2) == 0)
                {
                    string client = $"{(char)('a' + random.Next(4))}";
                    string item = $"{client}{round}.{step}";
                    waiting.TryAdd(client, []);
                    waiting[client].Enqueue(item);
                    Enqueue(item);
                }
                else if (_queue.TryDequeue(out string? item))
                {
                    Assert.Equal(waiting[item[..1]].Dequeue(), item);
                    string[] others = [.. waiting.Where(w => w.Value.Count > 0 && w.Key != item[..1]).Select(w => w.Key)];
                    servedSince = [.. servedSince.SkipWhile(client => client != item[..1]).Skip(1)];
                    servedSince.Add(item[..1]);
                    Assert.True(servedSince.Count <= 4, $"{string.Join(' ', servedSince)} before {string.Join(' ', others)}");
                }
                else
                {
                    Assert.All(waiting.Values, Assert.Empty);
                }
            }

            Assert.Equal(waiting.Values.SelectMany(w => w).Order(), All().Order());
        }
    }
}
