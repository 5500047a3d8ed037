namespace LocalRecall.Core.Memories;

public enum ScopeKind { Global, File, Area }

/// <summary>One place a memory applies to. <paramref name="Value"/> is a path with forward slashes, an area's name, or empty for global.</summary>
public readonly record struct Scope(ScopeKind Kind, string Value)
{
    public static Scope Global { get; } = new(ScopeKind.Global, "");

    public override string ToString() => Kind switch
    {
        ScopeKind.File => $"file:{Value}",
        ScopeKind.Area => $"area:{Value}",
        _ => "global",
    };
}

/// <summary>The <c>applies_to</c> value of a memory: the text as written, and the scopes it means. Dirty values in real files name several.</summary>
public sealed record AppliesTo(string Text, IReadOnlyList<Scope> Scopes)
{
    public static AppliesTo Global { get; } = new("global", [Scope.Global]);
}
