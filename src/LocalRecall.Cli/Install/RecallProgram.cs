using System.Text;

namespace LocalRecall.Cli.Install;

/// <summary>How an agent is to start this program, and how its commands are known again in a configuration.</summary>
/// <param name="FileName">A full path; in files that a team shares, the bare name, which each finds on their PATH.</param>
internal sealed record RecallProgram(string FileName)
{
    public const string Name = "recall";

    /// <summary>For files that are shared: whoever reads them has it elsewhere.</summary>
    public static RecallProgram OnPath { get; } = new(Name);

    /// <summary>The one that runs now, under the name that PATH has for it: that one stays when a new version is put elsewhere.</summary>
    public static RecallProgram Running()
    {
        string? process = Environment.ProcessPath;
        if (process is null || !IsRecall(process))
        {
            process = Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? $"{Name}.exe" : Name); // dotnet recall.dll
        }

        return Resolve(Name) is { } found && FinalTarget(found) == FinalTarget(process) ? new(found) : new(process);
    }

    /// <summary>The file that a command starts.</summary>
    /// <returns>Null: there is none.</returns>
    public static string? Resolve(string command)
    {
        if (Path.IsPathRooted(command))
        {
            return File.Exists(command) ? command : null;
        }

        string[] names = OperatingSystem.IsWindows() && !Path.HasExtension(command) ? [$"{command}.exe", $"{command}.cmd"] : [command];
        return (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .SelectMany(folder => names.Select(name => Path.Combine(folder, name)))
            .FirstOrDefault(path => Path.IsPathRooted(path) && File.Exists(path));
    }

    public static string FinalTarget(string path)
    {
        try
        {
            return File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? Path.GetFullPath(path);
        }
        catch (IOException)
        {
            return path;
        }
    }

    /// <summary>What a shell is to run.</summary>
    public string Line(IEnumerable<string> arguments) => string.Join(' ', arguments.Prepend(FileName).Select(Quoted));

    /// <summary>The program in a command that runs <c>recall VERB</c>.</summary>
    /// <returns>Null: the command runs something else.</returns>
    public static string? In(IReadOnlyList<string> command, string verb)
    {
        for (int i = 0; i < command.Count - 1; i++)
        {
            if (IsRecall(command[i]) && command[i + 1] == verb)
            {
                return command[i];
            }
        }

        return null;
    }

    /// <summary>The words of a command line, quotes taken off. As far as that goes without a shell.</summary>
    public static IReadOnlyList<string> Words(string line)
    {
        var words = new List<string>();
        StringBuilder? word = null;
        char quote = '\0';
        for (int i = 0; i < line.Length; i++)
        {
            char c = line[i];
            if (quote == '\0' && char.IsWhiteSpace(c))
            {
                if (word is not null)
                {
                    words.Add(word.ToString());
                    word = null;
                }

                continue;
            }

            word ??= new StringBuilder();
            if (quote == '\0' && c is '"' or '\'' && quote == '\0')
            {
                quote = c;
            }
            else if (c == quote && quote != '\0')
            {
                quote = '\0';
            }
            else if (c == '\\' && quote != '\'' && !OperatingSystem.IsWindows() && i + 1 < line.Length)
            {
                word.Append(line[++i]);
            }
            else
            {
                word.Append(c);
            }
        }

        if (word is not null)
        {
            words.Add(word.ToString());
        }

        return words;
    }

    private static bool IsRecall(string word)
    {
        string name = word[(word.LastIndexOfAny(['/', '\\']) + 1)..];
        return name is Name or $"{Name}.exe" or $"{Name}.cmd" or $"{Name}.dll";
    }

    private static string Quoted(string word) =>
        word.Length > 0 && word.All(c => char.IsAsciiLetterOrDigit(c) || "_-./:@%+=,~".Contains(c) || (c == '\\' && OperatingSystem.IsWindows())) ? word
        : OperatingSystem.IsWindows() ? $"\"{word}\""
        : $"'{word.Replace("'", @"'\''")}'";
}
