using System.Security.Cryptography;

namespace LocalRecall.Evaluation.Sets;

/// <summary>A data set can't be read, or a choice can't be met; the message says what to do.</summary>
internal sealed class EvalException(string message) : Exception(message)
{
    /// <param name="line">From 1.</param>
    public static EvalException At(string file, int line, string what) => new($"{file}, line {line}: {what}");
}

/// <param name="Name">As in <c>--only</c>, along with <paramref name="Kind"/>.</param>
/// <param name="Kind"><c>locomo</c>, <c>cranfield</c>, <c>beir</c> or <c>sts</c>.</param>
/// <param name="Files">What it was read from.</param>
internal abstract record EvalSet(string Name, string Kind, IReadOnlyList<string> Files)
{
    /// <summary>First 16 hex digits of SHA-256 over the files' bytes, in order.</summary>
    public string ContentHash
    {
        get
        {
            using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            foreach (string file in Files)
                hash.AppendData(File.ReadAllBytes(file));
            return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
        }
    }

    protected static IReadOnlyList<T> Spread<T>(IReadOnlyList<T> all, int count) =>
        all.Count <= count ? all : [.. Enumerable.Range(0, count).Select(i => all[(int)((long)i * all.Count / count)])];
}

/// <param name="Granularity">What a document is: <c>turn</c>, <c>document</c>.</param>
/// <param name="Collections">Each becomes a project of its own; a question searches one of them.</param>
/// <param name="Unanswerable">Questions to which nothing fits.</param>
/// <param name="Note">What was left out of it, or empty.</param>
internal sealed record RetrievalSet(
    string Name, string Kind, IReadOnlyList<string> Files, string Granularity,
    IReadOnlyList<Collection> Collections, IReadOnlyList<Question> Questions, IReadOnlyList<Unanswerable> Unanswerable, string Note = "")
    : EvalSet(Name, Kind, Files)
{
    /// <summary>With so many questions at most, evenly spread.</summary>
    public RetrievalSet Limit(int count) => this with { Questions = Spread(Questions, count), Unanswerable = Spread(Unanswerable, count) };
}

internal sealed record Collection(string Name, IReadOnlyList<Document> Documents)
{
    /// <summary>The id under which a document is found: that of the first with the same text, since the same text is one memory.</summary>
    public IReadOnlyDictionary<string, string> Canonical { get; } = CanonicalOf(Documents);

    private static Dictionary<string, string> CanonicalOf(IReadOnlyList<Document> documents)
    {
        Dictionary<string, string> first = [];
        Dictionary<string, string> canonical = [];
        foreach (Document document in documents)
        {
            first.TryAdd(document.Text, document.Id);
            if (!canonical.TryAdd(document.Id, first[document.Text]))
                throw new EvalException($"{document.Id} is there twice.");
        }

        return canonical;
    }
}

/// <param name="Id">Within its collection.</param>
/// <param name="Text">Not blank.</param>
internal sealed record Document(string Id, string Subject, string Text, DateTimeOffset OccurredAt);

/// <param name="Relevant">Ids of documents and their grades, greater than 0; never empty.</param>
internal sealed record Question(string Text, int Collection, IReadOnlyDictionary<string, double> Relevant);

/// <param name="Why">Such as <c>no answer</c> or <c>other project</c>.</param>
internal sealed record Unanswerable(string Why, string Text, int Collection);

/// <summary>Pairs of sentences, and how alike people found them.</summary>
internal sealed record PairSet(string Name, string Kind, IReadOnlyList<string> Files, IReadOnlyList<Pair> Pairs) : EvalSet(Name, Kind, Files)
{
    /// <summary>With so many pairs at most, evenly spread.</summary>
    public PairSet Limit(int count) => this with { Pairs = Spread(Pairs, count) };
}

internal readonly record struct Pair(string First, string Second, double Score);
