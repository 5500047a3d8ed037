namespace LocalRecall.Contracts.Hooks;

/// <summary>Who wants nothing stored and nothing recalled.</summary>
public static class OptOut
{
    /// <summary>Set to <c>1</c> in an agent's environment, it holds for the session.</summary>
    public const string Variable = "LOCALRECALL_OFF";

    /// <summary>A file of this name, whatever it holds, covers its folder and all below.</summary>
    public const string FileName = ".localrecall-ignore";

    /// <summary>This process was started by a session that opted out.</summary>
    public static bool IsOff => Says(Environment.GetEnvironmentVariable(Variable));

    /// <param name="value">Of <see cref="Variable"/>, from wherever it came.</param>
    public static bool Says(string? value) => value is not (null or "" or "0" or "false");

    /// <summary>Whether a folder, which need not exist, or one above it has opted out. What is no path has not.</summary>
    public static bool Covers(string? folder)
    {
        try
        {
            for (string? above = string.IsNullOrWhiteSpace(folder) ? null : Path.GetFullPath(folder); above is not null; above = Path.GetDirectoryName(above))
            {
                if (File.Exists(Path.Combine(above, FileName)))
                {
                    return true;
                }
            }
        }
        catch (Exception e) when (e is ArgumentException or IOException or NotSupportedException)
        {
            // no path
        }

        return false;
    }
}
