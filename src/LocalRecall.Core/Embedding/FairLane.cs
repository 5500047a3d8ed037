namespace LocalRecall.Core.Embedding;

/// <summary>
/// One lane, shared fairly between its clients, by tokens (self-clocked fair queueing): each client's line is in order of arrival, and
/// next is the client who will have had the fewest tokens. Whoever comes begins where the others are now: idleness earns nothing.
/// A text that several wait for goes with whoever's turn reaches it first.
/// </summary>
internal sealed class FairLane
{
    private readonly Dictionary<ClientId, Line> _lines = [];
    private long _virtualTime;

    /// <summary>Since when the longest waiting text waits; null when none does.</summary>
    public DateTimeOffset? WaitsSince
    {
        get
        {
            DateTimeOffset? since = null;
            foreach (Line line in _lines.Values)
            {
                if (line.PeekText() is not null && !(since <= line.First.QueuedAt))
                {
                    since = line.First.QueuedAt;
                }
            }

            return since;
        }
    }

    public void Add(PendingRequest request)
    {
        if (!_lines.TryGetValue(request.Client, out Line? line) || line.PeekText() is null)
        {
            line = new Line { Served = _virtualTime };
            _lines[request.Client] = line;
        }

        line.Add(request);
    }

    public static void Remove(PendingRequest request) => request.Node!.List?.Remove(request.Node);

    public void Clear() => _lines.Clear();

    /// <summary>Takes the next text of the client whose turn it is, among those whose next text <paramref name="fits"/>.</summary>
    public PendingText? TakeNext(Func<PendingText, bool> fits)
    {
        (long Tag, long Number, Line Line, PendingText Text)? next = null;
        foreach ((ClientId client, Line line) in _lines)
        {
            if (line.PeekText() is not { } text)
            {
                _lines.Remove(client);
                continue;
            }

            long tag = line.Served + text.Tokens;
            if (fits(text) && !(next is { } best && (best.Tag, best.Number).CompareTo((tag, line.First.Number)) < 0))
            {
                next = (tag, line.First.Number, line, text);
            }
        }

        if (next is not { } taken)
        {
            return null;
        }

        taken.Line.Served = taken.Tag;
        taken.Text.State = TextState.Running;
        _virtualTime = Math.Max(_virtualTime, taken.Tag);
        return taken.Text;
    }

    /// <summary>What one client waits for.</summary>
    private sealed class Line
    {
        private readonly LinkedList<PendingRequest> _requests = new();

        /// <summary>Tokens it has had; beginning with the lane's virtual time when it came.</summary>
        public long Served { get; set; }

        public PendingRequest First => _requests.First!.Value;

        public void Add(PendingRequest request) => request.Node = _requests.AddLast(request);

        public PendingText? PeekText()
        {
            while (_requests.First is { } first)
            {
                if (first.Value.PeekText() is { } text)
                {
                    return text;
                }

                _requests.RemoveFirst();
            }

            return null;
        }
    }
}
