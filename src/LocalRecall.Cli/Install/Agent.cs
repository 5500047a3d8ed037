namespace LocalRecall.Cli.Install;

/// <summary>Where an agent's files may be.</summary>
/// <param name="UserHome">The user's home folder.</param>
/// <param name="Project">The git repository whose files are meant; null: the user's own.</param>
/// <param name="Variable">The value of an environment variable.</param>
internal sealed record Places(string UserHome, string? Project, Func<string, string?> Variable)
{
    public static Places OfUser(string? project = null) =>
        new(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), project, Environment.GetEnvironmentVariable);

    /// <summary>A folder that a variable names, else one in the user's home.</summary>
    public string Folder(string variable, params ReadOnlySpan<string> inHome) =>
        Variable(variable) is { Length: > 0 } named ? Path.GetFullPath(named) : InHome(inHome);

    public string InHome(params ReadOnlySpan<string> parts) => Path.Combine([UserHome, .. parts]);

    public string InProject(params ReadOnlySpan<string> parts) => Path.Combine([Project!, .. parts]);
}

/// <summary>A coding agent that LocalRecall can plug into.</summary>
internal abstract class Agent
{
    public static IReadOnlyList<Agent> All { get; } = [new ClaudeCode(), new Codex(), new Cursor(), new Gemini(), new OpenCode()];

    /// <summary>As it is given to <c>recall install</c> and <c>recall hook --agent</c>.</summary>
    public abstract string Name { get; }

    /// <summary>For people.</summary>
    public abstract string Title { get; }

    /// <summary>Which files have what of ours.</summary>
    public abstract IReadOnlyList<ConfigTarget> Targets(Places places);

    /// <summary>Folders and files that tell that somebody uses the agent.</summary>
    public abstract IReadOnlyList<string> Traces(Places places);

    /// <summary>Its programs.</summary>
    public abstract IReadOnlyList<string> Programs { get; }

    /// <summary>What the user has to do besides; null: nothing.</summary>
    public virtual string? Remark => null;

    /// <summary>Why it is connected already in another way; null: it is not.</summary>
    public virtual string? Elsewhere(Places places) => null;

    public bool IsUsed(Places places) => Traces(places).Any(Path.Exists) || Programs.Any(p => RecallProgram.Resolve(p) is not null);

    /// <param name="events">The agent's name of an event and ours.</param>
    protected IReadOnlyList<HookEntry> Entries(params ReadOnlySpan<(string Theirs, string Ours)> events)
    {
        var entries = new List<HookEntry>();
        foreach ((string theirs, string ours) in events)
        {
            entries.Add(new HookEntry(theirs, ["hook", ours, "--agent", Name]));
        }

        return entries;
    }
}
