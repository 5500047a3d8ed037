namespace LocalRecall.Core.Redaction;

/// <summary>Passwords in <c>scheme://user:password@host</c>, and in <c>curl -u user:password</c>.</summary>
internal static class UrlPasswords
{
    private const string Kind = "url-password";
    private const int MaxName = 128;
    private const int MaxPassword = 512;
    private const int MaxCommand = 256;

    public static void Find(string text, List<Secret> found)
    {
        for (int at = text.IndexOf("://", StringComparison.Ordinal); at >= 0; at = text.IndexOf("://", at, StringComparison.Ordinal))
        {
            int name = at + 3;
            at = name;
            int colon = Until(text, name, MaxName, ":/@ ?#\"'`<>\t\r\n\\");
            if (colon >= text.Length || text[colon] != ':' || name == 3 || !char.IsAsciiLetterOrDigit(text[name - 4])) continue;
            int end = Until(text, colon + 1, MaxPassword, "@/ \"'`<>\t\r\n\\");
            if (end < text.Length && text[end] == '/') end = BehindSlashes(text, end, colon);
            if (end < text.Length && text[end] == '@' && !Placeholders.Is(text.AsSpan(colon + 1, end - colon - 1))) found.Add(new Secret(colon + 1, end, Kind));
        }
        FindInCommands(text, " -u ", found);
        FindInCommands(text, " --user ", found);
        FindInCommands(text, " --user=", found);
    }

    /// <summary>A password may hold a slash, though it should be escaped: if an @ follows and no port stands before it.</summary>
    private static int BehindSlashes(string text, int slash, int colon)
    {
        int end = Until(text, slash, MaxPassword, "@ ?#\"'`<>\t\r\n\\");
        bool isPort = !text.AsSpan((colon + 1)..slash).ContainsAnyExceptInRange('0', '9');
        return isPort || text.AsSpan(slash..end).Contains("//", StringComparison.Ordinal) ? text.Length : end;
    }

    private static void FindInCommands(string text, string option, List<Secret> found)
    {
        for (int at = text.IndexOf(option, StringComparison.Ordinal); at >= 0; at = text.IndexOf(option, at, StringComparison.Ordinal))
        {
            ReadOnlySpan<char> command = text.AsSpan(Math.Max(0, at - MaxCommand)..at);
            at += option.Length;
            if (command[(command.LastIndexOf('\n') + 1)..].IndexOf("curl") < 0) continue;
            int name = at < text.Length && text[at] is '"' or '\'' ? at + 1 : at;
            int colon = Until(text, name, MaxName, ": \"'`<>\t\r\n\\");
            if (colon >= text.Length || text[colon] != ':') continue;
            int end = Until(text, colon + 1, MaxPassword, " \"'`<>\t\r\n\\");
            if (!Placeholders.Is(text.AsSpan((colon + 1)..end))) found.Add(new Secret(colon + 1, end, Kind));
        }
    }

    private static int Until(string text, int from, int most, string stops)
    {
        int length = Math.Min(most, text.Length - from);
        int stop = text.AsSpan(from, length).IndexOfAny(stops);
        return stop < 0 ? from + length : from + stop;
    }
}
