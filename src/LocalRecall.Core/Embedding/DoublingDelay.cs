namespace LocalRecall.Core.Embedding;

/// <summary>How long to leave alone what keeps failing: twice as long each time, at most sixteen times.</summary>
public sealed class DoublingDelay(TimeSpan first)
{
    private int _factor = 1;

    /// <summary>The delay to use now.</summary>
    public TimeSpan Current => first * _factor;

    /// <summary>It failed again.</summary>
    public void Double() => _factor = Math.Min(_factor * 2, 16);

    /// <summary>It works.</summary>
    public void Reset() => _factor = 1;
}
