using System.Text.RegularExpressions;

namespace LocalRecall.Core.Memories;

public enum ScopeKind { Global, File, Area }

/// <summary>One place a memory applies to. <paramref name="Value"/> is a path with forward slashes, an area's name, or empty for global.</summary>
public readonly record struct Scope(ScopeKind Kind, string Value)
{
    public static Scope Global { get; } = new(ScopeKind.Global, "");

    public static Scope File(string path) => new(ScopeKind.File, ScopePath.Normalise(path));

    public static Scope Area(string name) => new(ScopeKind.Area, name.Trim());

    public override string ToString() => Kind switch
    {
        ScopeKind.File => $"file:{Value}",
        ScopeKind.Area => $"area:{Value}",
        _ => "global",
    };
}

/// <summary>The <c>applies_to</c> value of a memory: the text as written, and the scopes it means. Dirty values in real files name several.</summary>
public sealed partial record AppliesTo(string Text, IReadOnlyList<Scope> Scopes)
{
    public static AppliesTo Global { get; } = new("global", [Scope.Global]);

    /// <summary>Reads any value, never fails: <c>global</c>, <c>file:path</c>, <c>area:name</c>, or several of them joined by spaces, commas, semicolons or bars. Without a prefix, what looks like a path is a file, all else an area; nothing at all is global.</summary>
    public static AppliesTo Parse(string? text)
    {
        if (string.IsNullOrWhiteSpace(text) || text == "global") return Global;

        var scopes = new List<Scope>();
        void Add(string prefix, string values)
        {
            foreach (string piece in values.Split([',', ';', '|'], StringSplitOptions.TrimEntries))
            {
                string value = piece.Trim('\'', '"', '`', ' ');
                Scope? scope = prefix switch
                {
                    "global" => Scope.Global,
                    _ when value.Length == 0 => null,
                    "file" => Scope.File(value),
                    "area" => Scope.Area(value),
                    _ => LooksLikePath(value) ? Scope.File(value) : Scope.Area(value),
                };
                if (scope is { } s && !scopes.Contains(s)) scopes.Add(s);
            }
        }

        MatchCollection prefixes = Prefix().Matches(text);
        Add("", text[..(prefixes.Count > 0 ? prefixes[0].Index : text.Length)]);
        for (int i = 0; i < prefixes.Count; i++)
        {
            int from = prefixes[i].Index + prefixes[i].Length;
            int to = i + 1 < prefixes.Count ? prefixes[i + 1].Index : text.Length;
            Add(prefixes[i].Groups["name"].Value.ToLowerInvariant(), text[from..to]);
        }
        return new AppliesTo(text, scopes.Count > 0 ? scopes : Global.Scopes);
    }

    private static bool LooksLikePath(string value) =>
        value.Contains('/') || value.Contains('\\') || (!value.Contains(' ') && Path.HasExtension(value));

    [GeneratedRegex(@"(?<![^\s,;|'""`])(?:(?<name>file|area)\s*:|(?<name>global)(?=[\s,;|]|$))", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Prefix();

    public bool Equals(AppliesTo? other) => other is not null && Text == other.Text;

    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);
}
