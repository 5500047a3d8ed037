using LocalRecall.Client;
using LocalRecall.Contracts.Messages;
using LocalRecall.Evaluation.Sets;

namespace LocalRecall.Evaluation;

/// <param name="Documents">Ids, best first.</param>
/// <param name="Confidence">The greatest of all hits, which is what a floor decides by; 0 without one.</param>
/// <param name="Cosine">Likewise.</param>
internal sealed record Found(IReadOnlyList<string> Documents, double Confidence, double Cosine);

/// <summary>Asks the questions of a set, many at once, and knows which document each hit is.</summary>
internal sealed class Searcher(RetrievalSet set, EvalHome home, Progress progress)
{
    /// <summary>Hits that are asked for: as deep as any metric looks.</summary>
    public const int Depth = 20;

    private const int AtOnce = 16;

    /// <summary>More than that many chunks ever have, so that no hit is left out for want of room.</summary>
    private const int MaxTokens = 25_000;

    private readonly Dictionary<Guid, (int Collection, string Document)> _documents = set.Collections
        .SelectMany((collection, i) => collection.Documents
            .Where(document => collection.Canonical[document.Id] == document.Id)
            .Select(document => (Memory: EvalHome.MemoryOf(set, collection, document), Collection: i, document.Id)))
        .ToDictionary(document => document.Memory, document => (document.Collection, document.Id));

    /// <param name="floor">The host leaves out what is below its own.</param>
    public async Task<Found[]> RunAsync(RecallClient client, IReadOnlyList<(string Text, int Collection)> questions, bool floor, string what, CancellationToken stop)
    {
        var found = new Found[questions.Count];
        int done = 0;
        await Parallel.ForAsync(0, questions.Count, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = stop }, async (i, cancellation) =>
        {
            (string text, int collection) = questions[i];
            SearchResults results = await client.SearchAsync(
                text, new MemoryFilter([], Project: home.ProjectOf(collection)), Depth, MaxTokens, minConfidence: floor ? null : 0, cancellation: cancellation);
            if (results.Degraded is { } why)
                throw new EvalException($"The search for '{text}' was degraded: {why}");
            if (results.Hits.Count < Math.Min(Depth, results.Total))
                throw new EvalException($"The search for '{text}' found {results.Total} memories, but gave {results.Hits.Count}.");
            found[i] = new Found(
                [.. results.Hits.Select(hit => DocumentOf(hit, collection))],
                results.Hits.Max(hit => hit.Confidence) ?? 0,
                results.Hits.Max(hit => (double?)hit.Cosine) ?? 0);
            progress.Report(what, Interlocked.Increment(ref done), questions.Count);
        });
        return found;
    }

    private string DocumentOf(SearchHit hit, int collection) => _documents.TryGetValue(hit.Summary.Id, out (int Collection, string Document) document)
        && document.Collection == collection
        ? document.Document
        : throw new EvalException($"A search in one project found {hit.Summary.Path}, which does not belong there.");
}
