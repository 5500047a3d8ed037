namespace LocalRecall.Core.Redaction;

/// <summary>A secret in a text, from <paramref name="Start"/> to before <paramref name="End"/>.</summary>
internal readonly record struct Secret(int Start, int End, string Kind)
{
    /// <summary>What a replaced secret begins with.</summary>
    public const string Mark = "[redacted:";
}

/// <summary>All rules over one text. Each looks at a bounded number of characters around a place that it found by a search, so that the whole is linear.</summary>
internal static class SecretFinder
{
    /// <summary>In order, without overlaps. Where two rules meet, the more specific one names the kind.</summary>
    public static List<Secret> Find(string text)
    {
        List<Secret> found = [];
        PrivateKeys.Find(text, found);
        KeyFormats.Find(text, found);
        UrlPasswords.Find(text, found);
        Authorizations.Find(text, found);
        Assignments.Find(text, found);
        return Merge(found);
    }

    private static List<Secret> Merge(List<Secret> found)
    {
        List<Secret> merged = [];
        foreach (Secret secret in found.OrderBy(s => s.Start)) // stable: of two that begin together, the more specific comes first
        {
            if (merged.Count > 0 && secret.Start < merged[^1].End)
            {
                Secret before = merged[^1];
                merged[^1] = before with { End = Math.Max(before.End, secret.End) };
            }
            else
            {
                merged.Add(secret);
            }
        }
        return merged;
    }
}
