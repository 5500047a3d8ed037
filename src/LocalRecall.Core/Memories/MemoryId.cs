namespace LocalRecall.Core.Memories;

/// <summary>A memory's identity: a UUID, written in lower case with hyphens.</summary>
public readonly record struct MemoryId(Guid Value)
{
    public static MemoryId New() => new(Guid.NewGuid());

    public static bool TryParse(string? text, out MemoryId id)
    {
        bool ok = Guid.TryParseExact(text, "D", out Guid value);
        id = new MemoryId(value);
        return ok;
    }

    public override string ToString() => Value.ToString("D");
}
