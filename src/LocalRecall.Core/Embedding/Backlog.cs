namespace LocalRecall.Core.Embedding;

internal readonly record struct Load(int Texts, int Tokens)
{
    public static Load operator +(Load a, Load b) => new(a.Texts + b.Texts, a.Tokens + b.Tokens);

    public static Load operator -(Load a, Load b) => new(a.Texts - b.Texts, a.Tokens - b.Tokens);

    public static Load Of(IEnumerable<TokenizedText> texts) => texts.Aggregate(default(Load), (load, text) => load + new Load(1, text.TokenIds.Length));
}

/// <summary>
/// How much waits in each lane, in total and by client, and whether more may. A text that several clients want counts once in total
/// and for each of them.
/// </summary>
internal sealed class Backlog(EmbeddingLimits limits)
{
    private readonly Load[] _lanes = new Load[2];
    private readonly Dictionary<(ClientId, EmbeddingLane), Load> _clients = [];

    public Load this[EmbeddingLane lane] => _lanes[(int)lane];

    /// <param name="wanted">What the client wants.</param>
    /// <param name="fresh">What of it is not queued yet.</param>
    public bool Admits(ClientId client, EmbeddingLane lane, Load wanted, Load fresh) =>
        Fit(_lanes[(int)lane], fresh, limits.MaxQueuedTexts, limits.MaxQueuedTokens)
        && Fit(_clients.GetValueOrDefault((client, lane)), wanted, limits.MaxClientTexts, limits.MaxClientTokens);

    public void Add(PendingText text)
    {
        Load one = new(1, text.Tokens);
        _lanes[(int)text.Lane] += one;
        foreach (PendingRequest request in text.Wanted)
        {
            _clients[(request.Client, request.Lane)] = _clients.GetValueOrDefault((request.Client, request.Lane)) + one;
        }
    }

    public void Remove(PendingText text)
    {
        Load one = new(1, text.Tokens);
        _lanes[(int)text.Lane] -= one;
        foreach (PendingRequest request in text.Wanted)
        {
            Load left = _clients[(request.Client, request.Lane)] -= one;
            if (left == default)
            {
                _clients.Remove((request.Client, request.Lane));
            }
        }
    }

    public void Clear()
    {
        Array.Clear(_lanes);
        _clients.Clear();
    }

    /// <summary>One request of any size is admitted when nothing waits: else it could never be.</summary>
    private static bool Fit(Load waiting, Load more, int maxTexts, int maxTokens) =>
        waiting.Texts == 0 || (waiting.Texts + more.Texts <= maxTexts && waiting.Tokens + more.Tokens <= maxTokens);
}
