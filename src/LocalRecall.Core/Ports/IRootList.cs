namespace LocalRecall.Core.Ports;

/// <summary>A folder or file that was imported.</summary>
/// <param name="Path">Absolute, normalised.</param>
/// <param name="Project">Absolute path of the project its memories belong to, or null.</param>
/// <param name="Watch">Later changes are followed.</param>
public sealed record ImportRoot(string Path, string? Project, bool Watch)
{
    /// <summary>Absolute, without a separator at its end: two ways of writing one folder are one root.</summary>
    public static string Normalise(string path) => System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(path));
}

/// <summary>What was imported from where, kept in the home folder: with the memory files themselves, all that rebuilding the index needs. Safe for concurrent use.</summary>
public interface IRootList
{
    /// <summary>Ordered by path.</summary>
    /// <exception cref="IOException">The list can't be read, or is damaged.</exception>
    IReadOnlyList<ImportRoot> Load();

    /// <summary>Adds a root, or replaces the one with its path. On disk when it returns.</summary>
    void Add(ImportRoot root);

    /// <summary>False: it was not there.</summary>
    bool Remove(string path);
}
