namespace LocalRecall.Host;

/// <summary>Where things are in a home folder.</summary>
internal sealed record HostPaths(string Home)
{
    public string Database => Path.Combine(Home, "recall.db");

    /// <summary>What was forgotten on purpose; outlives the index.</summary>
    public string Forgotten => Path.Combine(Home, "forgotten.jsonl");

    public string Configuration => Path.Combine(Home, "host.conf");

    /// <summary>Models beside the program, as <c>publish</c> leaves them, else in the home folder.</summary>
    public string Models
    {
        get
        {
            string beside = Path.Combine(AppContext.BaseDirectory, "models");
            return Directory.Exists(beside) ? beside : Path.Combine(Home, "models");
        }
    }
}
