namespace LocalRecall.Cli.Install;

/// <summary>One thing that LocalRecall puts into a file of an agent, and takes out again.</summary>
internal abstract class ConfigEdit
{
    /// <summary>What it is, for people: <c>hooks</c>, <c>MCP server</c>.</summary>
    public abstract string What { get; }

    /// <returns>The same bytes: it is there as it should be.</returns>
    /// <exception cref="ConfigException"/>
    public abstract byte[] Add(byte[] text, RecallProgram program);

    /// <returns>The same bytes: there is nothing of ours.</returns>
    /// <exception cref="ConfigException"/>
    public abstract byte[] Remove(byte[] text);

    /// <summary>The programs that what is there of ours starts; none: nothing is there.</summary>
    /// <exception cref="ConfigException"/>
    public abstract IReadOnlyList<string> Programs(byte[] text);
}

/// <summary>A file of an agent.</summary>
/// <param name="Empty">What a file has that nothing was put into yet.</param>
/// <param name="IsEmpty">Whether a text says nothing, so that a file we made can go again.</param>
internal sealed record ConfigTarget(string Path, byte[] Empty, Func<byte[], bool> IsEmpty, IReadOnlyList<ConfigEdit> Edits)
{
    /// <param name="ignored">A member that the agent needs in any such file.</param>
    public static ConfigTarget Json(string path, string? ignored, params ConfigEdit[] edits) =>
        new(path, "{}\n"u8.ToArray(), text => new JsonText(text, path).Root.Members.All(m => m.Name == ignored), edits);

    /// <summary>Any other text.</summary>
    public static ConfigTarget Text(string path, params ConfigEdit[] edits) => new(path, [], IsBlank, edits);

    public byte[] Add(byte[] text, RecallProgram program) => Edits.Aggregate(IsBlank(text) ? Empty : text, (bytes, edit) => edit.Add(bytes, program));

    public byte[] Remove(byte[] text) => IsBlank(text) ? text : Edits.Aggregate(text, (bytes, edit) => edit.Remove(bytes));

    public IReadOnlyList<string> Programs(byte[] text) => IsBlank(text) ? [] : [.. Edits.SelectMany(edit => edit.Programs(text)).Distinct()];

    private static bool IsBlank(byte[] text) => text.AsSpan().Trim(" \t\r\n"u8).IsEmpty;
}
