namespace LocalRecall.Contracts;

/// <summary>Where LocalRecall keeps everything of one user.</summary>
public static class HomeFolder
{
    public const string Variable = "LOCALRECALL_HOME";

    /// <summary><c>LOCALRECALL_HOME</c>, else <c>localrecall</c> in the platform's data folder.</summary>
    public static string Resolve() =>
        Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } home
            ? Path.GetFullPath(home)
            : Path.Combine(
                Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "localrecall");

    /// <summary>Makes the folder, for its owner alone, unless it is there.</summary>
    /// <exception cref="IOException"/>
    /// <exception cref="UnauthorizedAccessException"/>
    public static void Create(string home)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(home);
        }
        else
        {
            Directory.CreateDirectory(home, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }
}
