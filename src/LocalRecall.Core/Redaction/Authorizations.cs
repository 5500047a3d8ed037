namespace LocalRecall.Core.Redaction;

/// <summary>What follows <c>Authorization:</c> and <c>Bearer</c>.</summary>
internal static class Authorizations
{
    private const string Kind = "authorization";
    private const string HeaderName = "authorization";
    private const string Bearer = "bearer ";
    private const int LeastHeader = 6;
    private const int LeastBearer = 16;
    private const int MaxLooked = 128;

    private static readonly string[] Schemes = ["bearer", "basic", "token", "apikey", "api-key", "digest", "negotiate"];

    public static void Find(string text, List<Secret> found)
    {
        for (int at = IndexOf(text, HeaderName, 0); at >= 0; at = IndexOf(text, HeaderName, at))
        {
            at += HeaderName.Length;
            int value = Skip(text, at, "\"'`*]\\ ");
            if (value >= text.Length || text[value] is not (':' or '=' or ',')) continue;
            value = Skip(text, value + 1, "\"'`*\\ =>$@");
            int word = Charset.Run(text, value, Charset.Header, MaxLooked);
            if (Schemes.Contains(text.Substring(value, Math.Min(word, 16)), StringComparer.OrdinalIgnoreCase)) value = Skip(text, value + word, " \"'+");
            at = Add(text, value, LeastHeader, found) ?? at;
        }
        for (int at = IndexOf(text, Bearer, 0); at >= 0; at = IndexOf(text, Bearer, at))
        {
            int value = at + Bearer.Length;
            at = Charset.IsWordStart(text, at) ? Add(text, value, LeastBearer, found) ?? value : value;
        }
    }

    /// <summary>Behind the credential that begins here; null if it is none.</summary>
    private static int? Add(string text, int from, int least, List<Secret> found)
    {
        int length = from < text.Length ? Charset.Run(text, from, Charset.Bearer, MaxLooked) : 0;
        ReadOnlySpan<char> value = text.AsSpan(Math.Min(from, text.Length), length).TrimEnd(".-");
        if (from + length < text.Length && text[from + length] == '(') return null; // a call that makes one
        if (value.Length < least || Placeholders.Is(value) || !IsCredential(value)) return null;
        int end = from + (length == MaxLooked ? Charset.Run(text, from, Charset.Bearer) : value.Length);
        found.Add(new Secret(from, end, Kind));
        return end;
    }

    /// <summary>Not a word of a sentence or a name in code.</summary>
    private static bool IsCredential(ReadOnlySpan<char> value) =>
        value.EndsWith("=") || Randomness.IsMixed(value)
        || (value.ContainsAnyInRange('a', 'z') && value[1..].ContainsAnyInRange('A', 'Z') && value.ContainsAnyInRange('0', '9') && value.IndexOf('.') < 0);

    private static int IndexOf(string text, string word, int from) => text.IndexOf(word, from, StringComparison.OrdinalIgnoreCase);

    private static int Skip(string text, int from, string set)
    {
        int length = text.AsSpan(from, Math.Min(16, text.Length - from)).IndexOfAnyExcept(set);
        return length < 0 ? Math.Min(from + 16, text.Length) : from + length;
    }
}
