using LocalRecall.Contracts.Messages;

namespace LocalRecall.Contracts.Wire;

internal static class ImportMapping
{
    public static ImportPathsV1 ToWire(ImportPaths m)
    {
        var w = new ImportPathsV1 { Header = m.Header.ToWire(), Paths = { m.Paths }, Watch = m.Watch };
        if (m.Project is { } project)
        {
            w.Project = project;
        }

        return w;
    }

    public static ImportPaths FromWire(ImportPathsV1 w) => new(w.Header.ToHeader(), w.Paths.ToList(), w.HasProject ? w.Project : null, w.Watch);

    public static ImportProgressV1 ToWire(ImportProgress m)
    {
        var w = new ImportProgressV1 { RequestId = m.RequestId.ToWire(), Counts = ToWire(m.Counts) };
        if (m.CurrentPath is { } currentPath)
        {
            w.CurrentPath = currentPath;
        }

        return w;
    }

    public static ImportProgress FromWire(ImportProgressV1 w) => new(w.RequestId.ToGuid(), FromWire(w.Counts), w.HasCurrentPath ? w.CurrentPath : null);

    public static ImportFinishedV1 ToWire(ImportFinished m) => new()
    {
        RequestId = m.RequestId.ToWire(), Counts = ToWire(m.Counts), Faults = { m.Faults.Select(ToWire) }, ElapsedMs = m.ElapsedMs,
    };

    public static ImportFinished FromWire(ImportFinishedV1 w) => new(w.RequestId.ToGuid(), FromWire(w.Counts), w.Faults.ToList(FromWire), w.ElapsedMs);

    public static StopWatchingV1 ToWire(StopWatching m) => new() { Header = m.Header.ToWire(), Paths = { m.Paths } };

    public static StopWatching FromWire(StopWatchingV1 w) => new(w.Header.ToHeader(), w.Paths.ToList());

    public static WatchingStoppedV1 ToWire(WatchingStopped m) => new() { RequestId = m.RequestId.ToWire(), Paths = { m.Paths } };

    public static WatchingStopped FromWire(WatchingStoppedV1 w) => new(w.RequestId.ToGuid(), w.Paths.ToList());

    public static Fault ToWire(FileFault m) => new() { Path = m.Path, Reason = m.Reason };

    public static FileFault FromWire(Fault w) => new(w.Path, w.Reason);

    private static Counts ToWire(ImportCounts m) => new()
    {
        Files = m.Files, Done = m.Done, Stored = m.Stored, Unchanged = m.Unchanged,
        Duplicates = m.Duplicates, Removed = m.Removed, Failed = m.Failed, Chunks = m.Chunks,
    };

    private static ImportCounts FromWire(Counts? w)
    {
        w = w.Required("counts");
        return new(w.Files, w.Done, w.Stored, w.Unchanged, w.Duplicates, w.Removed, w.Failed, w.Chunks);
    }
}
