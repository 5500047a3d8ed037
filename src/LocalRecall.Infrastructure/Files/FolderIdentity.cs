using LocalRecall.Contracts;

namespace LocalRecall.Infrastructure.Files;

/// <summary>Whether a path still leads to the folder that it led to: another may have been made in its place.</summary>
internal sealed class FolderIdentity : IDisposable
{
    private readonly string _path;
    private readonly int _descriptor = -1;
    private readonly string? _name;

    /// <exception cref="IOException">The folder can't be opened.</exception>
    public FolderIdentity(string path)
    {
        _path = path;
        if (OperatingSystem.IsLinux()) _descriptor = DurableFile.OpenFolder(path);
        _name = Name();
    }

    public bool Holds => Name() == _name;

    public void Dispose()
    {
        if (_descriptor >= 0) _ = DurableFile.Close(_descriptor);
    }

    /// <summary>Linux, where .NET knows no time of creation, tells the name of an open folder: it changes when the folder is moved or deleted.</summary>
    private string? Name() => _descriptor >= 0
        ? new FileInfo($"/proc/self/fd/{_descriptor}").LinkTarget
        : Directory.GetCreationTimeUtc(_path).ToString("O");
}
