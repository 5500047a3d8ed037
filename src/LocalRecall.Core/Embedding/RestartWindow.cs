namespace LocalRecall.Core.Embedding;

/// <summary>Counts restarts that nothing explains: so many within a span of time are a nuisance, one more is a fault.</summary>
public sealed class RestartWindow(int allowed, TimeSpan span)
{
    private readonly Queue<DateTimeOffset> _restarts = [];

    /// <summary>Notes a restart. False: one too many.</summary>
    /// <param name="explained">A bad text has been found. It explains the restarts that led to it, too.</param>
    public bool TryAdd(bool explained, DateTimeOffset now)
    {
        if (explained)
        {
            _restarts.Clear();
            return true;
        }

        while (_restarts.TryPeek(out DateTimeOffset oldest) && now - oldest >= span)
        {
            _restarts.Dequeue();
        }

        _restarts.Enqueue(now);
        return _restarts.Count <= allowed;
    }
}
