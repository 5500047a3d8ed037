namespace LocalRecall.Tests.Infrastructure;

/// <summary>A folder of a test's own, deleted with all it holds.</summary>
public sealed class TempFolder : IDisposable
{
    public TempFolder() => Path = Directory.CreateTempSubdirectory("localrecall-test-").FullName;

    public string Path { get; }

    public string this[params string[] parts] => System.IO.Path.Combine([Path, .. parts]);

    /// <summary>Writes a file, with the folders it needs, and returns its path.</summary>
    public string Write(string relative, string text)
    {
        string path = this[relative.Split('/')];
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    public void Dispose()
    {
        if (Directory.Exists(Path)) Directory.Delete(Path, recursive: true);
    }
}
