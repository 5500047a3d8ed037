using LocalRecall.Contracts.Messages;

namespace LocalRecall.Contracts.Wire;

internal static class MemoriesMapping
{
    public static Filter ToWire(MemoryFilter m)
    {
        var w = new Filter { Kinds = { m.Kinds } };
        if (m.Scope is { } scope)
        {
            w.Scope = scope;
        }

        if (m.Project is { } project)
        {
            w.Project = project;
        }

        if (m.Since is { } since)
        {
            w.SinceTicks = since.ToWire();
        }

        if (m.Until is { } until)
        {
            w.UntilTicks = until.ToWire();
        }

        return w;
    }

    public static MemoryFilter FromWire(Filter w) => new(
        w.Kinds.ToList(),
        w.HasScope ? w.Scope : null,
        w.HasProject ? w.Project : null,
        w.HasSinceTicks ? w.SinceTicks.ToTime() : null,
        w.HasUntilTicks ? w.UntilTicks.ToTime() : null);

    public static Summary ToWire(MemorySummary m)
    {
        var w = new Summary
        {
            Id = m.Id.ToWire(), Kind = m.Kind, Subject = m.Subject, Keywords = { m.Keywords },
            AppliesTo = m.AppliesTo, OccurredAtTicks = m.OccurredAt.ToWire(),
        };
        if (m.Project is { } project)
        {
            w.Project = project;
        }

        if (m.Path is { } path)
        {
            w.Path = path;
        }

        return w;
    }

    public static MemorySummary FromWire(Summary w) => new(
        w.Id.ToGuid(), w.Kind, w.Subject, w.Keywords.ToList(), w.AppliesTo, w.OccurredAtTicks.ToTime(),
        w.HasProject ? w.Project : null, w.HasPath ? w.Path : null);

    public static AddMemoryV1 ToWire(AddMemory m)
    {
        var w = new AddMemoryV1
        {
            Header = m.Header.ToWire(), Kind = m.Kind, Subject = m.Subject, Keywords = { m.Keywords }, AppliesTo = m.AppliesTo, Content = m.Content,
        };
        if (m.OccurredAt is { } occurredAt)
        {
            w.OccurredAtTicks = occurredAt.ToWire();
        }

        if (m.Project is { } project)
        {
            w.Project = project;
        }

        return w;
    }

    public static AddMemory FromWire(AddMemoryV1 w) => new(
        w.Header.ToHeader(), w.Kind, w.Subject, w.Keywords.ToList(), w.AppliesTo,
        w.HasOccurredAtTicks ? w.OccurredAtTicks.ToTime() : null, w.HasProject ? w.Project : null, w.Content);

    public static MemoryAddedV1 ToWire(MemoryAdded m) => new()
    {
        RequestId = m.RequestId.ToWire(), Id = m.Id.ToWire(), Duplicate = m.Duplicate, EmbeddingPending = m.EmbeddingPending,
    };

    public static MemoryAdded FromWire(MemoryAddedV1 w) => new(w.RequestId.ToGuid(), w.Id.ToGuid(), w.Duplicate, w.EmbeddingPending);

    public static GetMemoryV1 ToWire(GetMemory m) => new() { Header = m.Header.ToWire(), Id = m.Id.ToWire(), Offset = m.Offset };

    public static GetMemory FromWire(GetMemoryV1 w) => new(w.Header.ToHeader(), w.Id.ToGuid(), w.Offset);

    public static MemoryFoundV1 ToWire(MemoryFound m) => new()
    {
        RequestId = m.RequestId.ToWire(), Summary = ToWire(m.Summary), Content = m.Content, Offset = m.Offset, TotalLength = m.TotalLength,
    };

    public static MemoryFound FromWire(MemoryFoundV1 w) =>
        new(w.RequestId.ToGuid(), FromWire(w.Summary.Required("summary")), w.Content, w.Offset, w.TotalLength);

    public static ForgetMemoryV1 ToWire(ForgetMemory m) => new() { Header = m.Header.ToWire(), Id = m.Id.ToWire() };

    public static ForgetMemory FromWire(ForgetMemoryV1 w) => new(w.Header.ToHeader(), w.Id.ToGuid());

    public static MemoryForgottenV1 ToWire(MemoryForgotten m) => new()
    {
        RequestId = m.RequestId.ToWire(), Id = m.Id.ToWire(), Subject = m.Subject, DeletedPaths = { m.DeletedPaths }, KeptPaths = { m.KeptPaths },
    };

    public static MemoryForgotten FromWire(MemoryForgottenV1 w) =>
        new(w.RequestId.ToGuid(), w.Id.ToGuid(), w.Subject, w.DeletedPaths.ToList(), w.KeptPaths.ToList());

    public static ListMemoriesV1 ToWire(ListMemories m)
    {
        var w = new ListMemoriesV1 { Header = m.Header.ToWire(), Filter = ToWire(m.Filter), Limit = m.Limit };
        if (m.Cursor is { } cursor)
        {
            w.Cursor = cursor;
        }

        return w;
    }

    public static ListMemories FromWire(ListMemoriesV1 w) =>
        new(w.Header.ToHeader(), FromWire(w.Filter.Required("filter")), w.HasCursor ? w.Cursor : null, w.Limit);

    public static MemoryPageV1 ToWire(MemoryPage m)
    {
        var w = new MemoryPageV1 { RequestId = m.RequestId.ToWire(), Memories = { m.Memories.Select(ToWire) }, Total = m.Total };
        if (m.NextCursor is { } nextCursor)
        {
            w.NextCursor = nextCursor;
        }

        return w;
    }

    public static MemoryPage FromWire(MemoryPageV1 w) =>
        new(w.RequestId.ToGuid(), w.Memories.ToList(FromWire), w.Total, w.HasNextCursor ? w.NextCursor : null);

    public static UpdateMemoryV1 ToWire(UpdateMemory m)
    {
        var w = new UpdateMemoryV1 { Header = m.Header.ToWire(), Id = m.Id.ToWire() };
        if (m.Subject is { } subject)
        {
            w.Subject = subject;
        }

        if (m.Keywords is { } keywords)
        {
            w.HasKeywords = true;
            w.Keywords.Add(keywords);
        }

        if (m.AppliesTo is { } appliesTo)
        {
            w.AppliesTo = appliesTo;
        }

        if (m.Content is { } content)
        {
            w.Content = content;
        }

        return w;
    }

    public static UpdateMemory FromWire(UpdateMemoryV1 w) => new(
        w.Header.ToHeader(), w.Id.ToGuid(), w.HasSubject ? w.Subject : null, w.HasKeywords ? w.Keywords.ToList() : null,
        w.HasAppliesTo ? w.AppliesTo : null, w.HasContent ? w.Content : null);

    public static MemoryUpdatedV1 ToWire(MemoryUpdated m) =>
        new() { RequestId = m.RequestId.ToWire(), Id = m.Id.ToWire(), EmbeddingPending = m.EmbeddingPending };

    public static MemoryUpdated FromWire(MemoryUpdatedV1 w) => new(w.RequestId.ToGuid(), w.Id.ToGuid(), w.EmbeddingPending);

    public static RedactStoredV1 ToWire(RedactStored m) => new() { Header = m.Header.ToWire(), DryRun = m.DryRun };

    public static RedactStored FromWire(RedactStoredV1 w) => new(w.Header.ToHeader(), w.DryRun);

    public static StoredRedactedV1 ToWire(StoredRedacted m) => new()
    {
        RequestId = m.RequestId.ToWire(), Memories = m.Memories, Changed = m.Changed, Findings = { m.Findings.Select(ToWire) },
    };

    public static StoredRedacted FromWire(StoredRedactedV1 w) => new(w.RequestId.ToGuid(), w.Memories, w.Changed, w.Findings.ToList(FromWire));

    private static Finding ToWire(SecretFinding m)
    {
        var w = new Finding { Memory = m.Memory.ToWire(), Subject = m.Subject, Kinds = { m.Kinds }, FileKept = m.FileKept };
        if (m.Path is { } path)
        {
            w.Path = path;
        }

        return w;
    }

    private static SecretFinding FromWire(Finding w) =>
        new(w.Memory.ToGuid(), w.Subject, w.HasPath ? w.Path : null, w.Kinds.ToList(), w.FileKept);
}
