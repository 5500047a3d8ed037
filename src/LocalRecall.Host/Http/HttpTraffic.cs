namespace LocalRecall.Host.Http;

/// <summary>Counts the requests in flight, so that the host can end when the last one is answered.</summary>
internal sealed class HttpTraffic
{
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _empty = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _inFlight;

    /// <summary>The host ends: what could go on for ever (a stream of events) is to come to its end.</summary>
    public CancellationToken Stopping => _stopping.Token;

    /// <summary>False: the host ends, and takes nothing new.</summary>
    public bool TryEnter()
    {
        lock (_lock)
        {
            if (_stopping.IsCancellationRequested)
            {
                return false;
            }

            _inFlight++;
            return true;
        }
    }

    public void Leave()
    {
        lock (_lock)
        {
            _inFlight--;
            CompleteIfEmpty();
        }
    }

    /// <summary>Takes nothing new; returns when all is answered, or when the time is up.</summary>
    public async Task DrainAsync(TimeSpan limit)
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        lock (_lock)
        {
            CompleteIfEmpty();
        }

        await Task.WhenAny(_empty.Task, Task.Delay(limit)).ConfigureAwait(false);
    }

    private void CompleteIfEmpty()
    {
        if (_inFlight == 0 && _stopping.IsCancellationRequested)
        {
            _empty.TrySetResult();
        }
    }
}
