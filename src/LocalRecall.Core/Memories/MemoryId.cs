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

    /// <summary>A random UUID of RFC 9562, as memory files must have.</summary>
    public bool IsVersion4 => Value is { Version: 4, Variant: >= 8 and <= 11 };

    public override string ToString() => Value.ToString("D");
}
