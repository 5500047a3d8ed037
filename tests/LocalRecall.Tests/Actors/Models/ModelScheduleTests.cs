using System.Numerics.Tensors;
using Akka.TestKit;
using LocalRecall.Contracts.Messages;
using LocalRecall.Core.Chunking;
using LocalRecall.Core.Ports;
using LocalRecall.Tests.Actors.Embedding;
using Xunit;

namespace LocalRecall.Tests.Actors.Models;

/// <summary>Random histories of searches, additions, changes of models, goings back, cancellations and hosts that end in between.</summary>
public sealed class ModelScheduleTests : HostTest
{
    /// <summary>As many dimensions as the other one: a vector of the wrong model would do no harm that is seen, but for its cosines.</summary>
    private ScriptedEmbedder Other { get; } = new("other@1", factor: 7);

    private readonly List<(TestProbe Client, string Query)> _searches = [];
    private readonly List<(TestProbe Client, Guid Id)> _changes = [];
    private readonly Dictionary<string, string> _added = [];

    private protected override IEmbedderFactory[] AllModels => [Model, Other];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void Vectors_of_two_models_never_meet(int seed)
    {
        var random = new Random(seed);
        for (int step = 0; step < 80; step++)
        {
            switch (random.Next(20))
            {
                case < 6:
                    string subject = $"Subject {_added.Count} of {seed}", content = $"Content {random.Next()} {new string((char)('a' + random.Next(26)), 12)}";
                    Add(subject, content);
                    _added.Add(content, subject);
                    break;
                case < 14 when _added.Count > 0:
                    string query = TextOf(_added.Keys.ElementAt(random.Next(_added.Count)));
                    _searches.Add((Send(h => new Search(h, query, MemoryFilter.None, 10, 2000)), query));
                    break;
                case < 17:
                    bool back = random.Next(3) == 0;
                    string name = random.Next(2) == 0 ? "other" : "scripted";
                    TestProbe client = CreateTestProbe();
                    var id = Guid.NewGuid();
                    Guid ticket = Hello(client);
                    Host.Gateway.Tell(new UseModel(new RequestHeader(id, ticket, Sys.Scheduler.Now.AddSeconds(60)), name, back, DryRun: false), client);
                    if (random.Next(4) == 0)
                    {
                        Host.Gateway.Tell(new Cancel(id, ticket), client);
                    }
                    else
                    {
                        _changes.Add((client, id));
                    }

                    break;
                case 17 when step % 7 == 0:
                    CheckSearches();
                    _changes.Clear();
                    StopHost();
                    StartHost();
                    break;
                default:
                    CheckSearches();
                    break;
            }
        }

        CheckSearches();
        _changes.ForEach(change => change.Client.FishForMessage(reply => reply is ModelUsed or Failure, TimeSpan.FromSeconds(20)));
        AwaitAssert(() => Assert.Equal((long)_added.Count, Status().Index.Vectors - Status().Index.PendingChunks), TimeSpan.FromSeconds(10), TimeSpan.FromMilliseconds(50));
        foreach (string content in _added.Keys)
        {
            SearchResults results = Search(TextOf(content), limit: 100, maxTokens: 25_000);
            Assert.Null(results.Degraded);
            Assert.Contains(results.Hits, hit => hit.Content == content && hit.Cosine > 0.9999f);
        }
    }

    private void CheckSearches()
    {
        foreach ((TestProbe client, string query) in _searches)
        {
            var results = client.ExpectMsg<SearchResults>(TimeSpan.FromSeconds(20));
            Assert.True(results.Degraded is null || results.Degraded.StartsWith("some memories have no vector yet", StringComparison.Ordinal), results.Degraded);
            Assert.Contains(new[] { Model, Other }, model => results.Hits.All(hit =>
                hit.Cosine is not { } cosine || Math.Abs(cosine - TensorPrimitives.Dot<float>(model.Vector(query), model.Vector(TextOf(hit.Content)))) < 1e-4f));
        }

        _searches.Clear();
    }

    private string TextOf(string content) => EmbeddingText.Compose(_added[content], "", content);
}
