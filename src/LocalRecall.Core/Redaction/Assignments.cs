using System.Buffers;

namespace LocalRecall.Core.Redaction;

/// <summary>
/// Values that are given to names such as <c>password</c>, <c>client_secret</c>, <c>API_KEY</c>: in JSON, YAML, .env, code, connection
/// strings, command lines, XML and prose; and tokens that nobody made up, near such words.
/// </summary>
internal static class Assignments
{
    private const int MaxSuffix = 24;
    private const int MaxGap = 16;
    private const int MaxQuoted = 512;
    private const int MaxLooked = 256;
    private const int Near = 48;
    private const int MaxDrawn = 200;

    private static readonly string[] Passwords = ["password", "passwd", "passphrase", "passcode", "pwd", "pass", "kennwort", "passwort"];

    /// <summary>Names that end in "key" mean a secret only with one of these before it.</summary>
    private static readonly string[] KeyOwners =
        ["api", "access", "account", "private", "auth", "signing", "encryption", "master", "secret", "shared", "client", "license", "licence", "webhook", "admin", "service", "subscription", "deploy", "storage"];

    private static readonly string[] Words =
        [.. Passwords, "secret", "token", "credential", .. KeyOwners.SelectMany(owner => (string[])["", "_", "-", " "], (owner, between) => $"{owner}{between}key")];

    private static readonly SearchValues<string> AnyWord = SearchValues.Create(Words, StringComparison.OrdinalIgnoreCase);

    /// <summary>What may come behind the word in a name that still holds the secret itself: not <c>_count</c>, <c>_name</c>, <c>izer</c>.</summary>
    private static readonly HashSet<string> Suffixes =
        ["", "key", "keybase", "accesskey", "value", "val", "string", "str", "raw", "hex", "base64", "b64", "prod", "production", "dev", "test", "staging", "live", "hash", "credential", "credentials", "s3", "db", "root", "admin", "old", "new"];

    private static readonly HashSet<string> CommonWords = new(StringComparer.OrdinalIgnoreCase)
    {
        "a", "an", "the", "your", "my", "is", "are", "for", "to", "of", "and", "or", "must", "should", "enter", "please", "password", "passwords", "characters", "chars", "at", "least", "forgot", "reset", "invalid",
        "wrong", "incorrect", "required", "in", "with", "from", "this", "that", "not", "be", "token", "secret", "key", "new", "confirm", "use", "used", "user", "min", "max", "length", "if", "by", "change", "show",
    };

    public static void Find(string text, List<Secret> found)
    {
        int at = 0;
        while (text.AsSpan(at).IndexOfAny(AnyWord) is var next and >= 0)
        {
            int word = at + next, end = EndOfWord(text, word);
            at = end;
            if (IsReplaced(text, word)) continue;
            bool isPassword = Passwords.Any(p => text.AsSpan(word..end).Equals(p, StringComparison.OrdinalIgnoreCase));
            if (FindValue(text, word, end, isPassword) is { } secret)
            {
                found.Add(secret);
                at = secret.End;
            }
            else if (end == text.Length || !Charset.IsWord(text[end]))
            {
                FindNear(text, word, end, found); // not near "output_tokens", "tokenizer"
            }
        }
    }

    /// <summary>The longest of the words that begin here.</summary>
    private static int EndOfWord(string text, int at)
    {
        int length = 0;
        foreach (string word in Words)
        {
            if (word.Length > length && string.Compare(text, at, word, 0, word.Length, StringComparison.OrdinalIgnoreCase) == 0) length = word.Length;
        }
        return at + length;
    }

    /// <summary>It is part of what a secret was replaced by before.</summary>
    private static bool IsReplaced(string text, int at)
    {
        ReadOnlySpan<char> before = text.AsSpan(Math.Max(0, at - 40)..at);
        int mark = before.LastIndexOf(Secret.Mark);
        int end = at + Charset.Run(text, at, Charset.Header, 40);
        return mark >= 0 && !before[(mark + Secret.Mark.Length)..].ContainsAnyExcept(Charset.Header) && end < text.Length && text[end] == ']';
    }

    private enum Separator { None, Colon, Equals, Word, Flag, Element, Comma }

    private static Secret? FindValue(string text, int word, int end, bool isPassword)
    {
        int nameEnd = end + Charset.Run(text, end, Charset.Base64Url, MaxSuffix + 1);
        string suffix = text[end..nameEnd].Replace("_", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal).ToLowerInvariant();
        if (nameEnd - end > MaxSuffix || !(Suffixes.Contains(suffix) || suffix.All(char.IsAsciiDigit))) return null;
        ReadOnlySpan<char> name = text.AsSpan(word..end);
        bool isShort = name.Equals("pass", StringComparison.OrdinalIgnoreCase);
        if (isShort && word > 0 && char.IsAsciiLetter(text[word - 1]) && !char.IsAsciiLetterUpper(text[word])) return null; // compass, bypass

        (Separator separator, int from) = SeparatorAt(text, word, nameEnd);
        if (separator == Separator.None) return null;
        bool tight = separator == Separator.Equals && from > 0 && text[from - 1] == '=' && from < text.Length && text[from] is not (' ' or '\t') && text[nameEnd] == '=';
        Ending ending = separator == Separator.Element ? Ending.Tag : !tight ? Ending.Expression : IsLineStart(text, NameStart(text, word)) ? Ending.Line : Ending.Pair;
        Value value = ValueAt(text, from, separator, ending);
        if (value.Length == 0) return null;
        ReadOnlySpan<char> looked = value.Looked(text);

        // "password: string = …": the value comes behind the type.
        if (separator == Separator.Colon && !value.IsQuoted && AfterType(text, value.End) is var typed and > 0)
        {
            (separator, value) = (Separator.Equals, ValueAt(text, typed, Separator.Equals, Ending.Expression));
            looked = value.Looked(text);
        }
        if (looked.IsEmpty || Placeholders.Is(value.IsQuoted ? looked : looked.TrimEnd(",;"))) return null;
        if (!value.IsQuoted && (IsCode(looked) || (looked[^1] == '-' && value.End < text.Length && text[value.End] == '>'))) return null; // $x->y
        bool isLoose = separator switch
        {
            Separator.Equals => tight && IsSetting(text, NameStart(text, word)),
            Separator.Element => true,
            _ => false,
        };
        bool isSecret = isPassword && !isShort ? IsPassword(looked, value.IsQuoted, separator, isLoose) : IsKey(looked, value.IsQuoted, separator, isLoose);
        return isSecret ? new Secret(value.Start, value.WholeEnd(text), isPassword ? "password" : "secret") : null;
    }

    private static (Separator Kind, int From) SeparatorAt(string text, int word, int nameEnd)
    {
        int at = Skip(text, nameEnd, "\"'`\\])*?!");
        bool closed = at > nameEnd;
        int mark = Skip(text, at, " \t");
        if (mark > at) mark = BehindHint(text, mark);
        if (mark >= text.Length) return default;
        switch (text[mark])
        {
            case ':' when mark + 1 < text.Length && text[mark + 1] == ':':
                return default;
            case ':' when mark + 1 < text.Length && text[mark + 1] == '=':
                return (Separator.Equals, Skip(text, mark + 2, " \t"));
            case ':':
                return (Separator.Colon, Skip(text, mark + 1, " \t*"));
            case '=':
                int behind = Skip(text, mark + 1, "=>");
                return (Separator.Equals, Skip(text, behind, " \t"));
            case '!' when mark + 1 < text.Length && text[mark + 1] == '=':
                return (Separator.Equals, Skip(text, mark + 2, "= \t"));
            case '>' when !closed && NameStart(text, word) is var tag and > 0 && text[tag - 1] == '<':
                return (Separator.Element, mark + 1);
        }
        if (ValueWord(text, mark) is var value and > 0) return (Separator.Equals, value);
        if (text[mark] == ',' && closed) return (Separator.Comma, Skip(text, mark + 1, " \t"));
        if (mark == at) return default;
        if (NameStart(text, word) is var start and > 1 && text[start - 1] == '-' && text[start - 2] == '-') return (Separator.Flag, mark);
        foreach (string verb in (string[])["is: ", "is ", "was "])
        {
            if (string.Compare(text, mark, verb, 0, verb.Length, StringComparison.OrdinalIgnoreCase) == 0) return (Separator.Word, mark + verb.Length);
        }
        return default;
    }

    /// <summary>A prompt may show what is set now: <c>Secret Access Key [None]: </c>.</summary>
    private static int BehindHint(string text, int at)
    {
        if (at >= text.Length || text[at] is not ('[' or '(')) return at;
        int close = text.AsSpan(at, Math.Min(40, text.Length - at)).IndexOfAny("])\n");
        return close > 0 && text[at + close] != '\n' ? Skip(text, at + close + 1, " ") : at;
    }

    /// <summary>Settings as pairs: <c>key="Password" value="…"</c>, or <c>name: PASSWORD</c> and <c>value: …</c> on the next line.</summary>
    private static int ValueWord(string text, int at)
    {
        at = Skip(text, at, " \t\r\n,\"'");
        if (string.Compare(text, at, "value", 0, 5, StringComparison.OrdinalIgnoreCase) != 0) return 0;
        at = Skip(text, at + 5, "\"' \t");
        return at < text.Length && text[at] is ':' or '=' ? Skip(text, at + 1, " \t") : 0;
    }

    private static int AfterType(string text, int at)
    {
        at = Skip(text, at, " \t");
        return at + 1 < text.Length && text[at] == '=' && text[at + 1] is not ('=' or '>') ? Skip(text, at + 1, " \t") : 0;
    }

    /// <param name="Stops">What ends it; null: it ends here. A long one is followed to its end only when it is known to be a secret.</param>
    private readonly record struct Value(int Start, int End, bool IsQuoted, string? Stops = null)
    {
        public int Length => End - Start;

        public ReadOnlySpan<char> Looked(string text) => text.AsSpan(Start, Math.Min(Length, MaxLooked));

        public int WholeEnd(string text) =>
            Stops is null ? End : text.AsSpan(End).IndexOfAny(Stops) is var more and >= 0 ? End + more : text.Length;
    }

    /// <summary>What ends a value without quotes. In a line of settings only white space does.</summary>
    private enum Ending { Line, Pair, Expression, Tag }

    private static Value ValueAt(string text, int from, Separator separator, Ending ending)
    {
        int at = from;
        if (at + 1 < text.Length && text[at] is 'b' or 'r' or 'u' or 'f' or '$' or '@' or 'L' && text[at + 1] is '"' or '\'') at++; // b"…", $"…", @"…"
        int escapes = 0;
        while (at + escapes < text.Length && text[at + escapes] == '\\' && escapes < 4) escapes++;
        if (at + escapes < text.Length && text[at + escapes] is var quote and ('"' or '\'' or '`'))
        {
            int start = at + escapes + 1;
            while (start < text.Length && text[start] == quote && start < at + escapes + 3) start++; // """
            int close = ClosingQuote(text, start, quote, escapes);
            if (close > start) return new Value(start, close, IsQuoted: true);
            if (close == start || start - (at + escapes) > 1) return default;
            from = start;
        }
        if (separator == Separator.Comma) return default;
        string stops = ending switch
        {
            Ending.Line => " \t\r\n\"'`",
            Ending.Tag => "<\n",
            Ending.Pair => " \t\r\n\"'`,;&)}]<>|",
            _ => " \t\r\n\"'`,;)}]<>|",
        };
        ReadOnlySpan<char> rest = text.AsSpan(Math.Min(from, text.Length));
        int length = rest[..Math.Min(rest.Length, MaxLooked)].IndexOfAny(stops);
        if (length < 0 && rest.Length > MaxLooked) return ending == Ending.Tag ? default : new Value(from, from + MaxLooked, IsQuoted: false, stops);
        if (length < 0) length = rest.Length;
        while (length > 0 && (rest[length - 1] is '\\' or '*' || (separator == Separator.Word && rest[length - 1] is '.' or ':' or '!' or '?'))) length--;
        if (EscapedBreak(rest[..length]) is var line and > 0) length = line;
        if (ending == Ending.Tag && string.CompareOrdinal(text, from + length, "</", 0, 2) != 0) return default;
        return new Value(from, from + length, IsQuoted: false);
    }

    /// <summary>A string inside a string: <c>\n</c> ends its line.</summary>
    private static int EscapedBreak(ReadOnlySpan<char> value)
    {
        int at = value.IndexOf("\\n");
        int other = value.IndexOf("\\r\\n");
        return other > 0 && other < at ? other : at;
    }

    /// <summary>On the same line, with as many backslashes before it as the opening one had. 0: there is none.</summary>
    private static int ClosingQuote(string text, int start, char quote, int escapes)
    {
        int limit = Math.Min(text.Length, start + MaxQuoted);
        for (int i = start; i < limit && text[i] is not '\n'; i++)
        {
            if (text[i] != quote) continue;
            int before = 0;
            while (before < 8 && i - before > start && text[i - before - 1] == '\\') before++;
            if (escapes == 0 ? before % 2 == 0 : before <= escapes) return i - (escapes == 0 ? 0 : before);
        }
        return 0;
    }

    /// <summary>A call, an index, a member, an operator: not the value itself but where it comes from.</summary>
    private static bool IsCode(ReadOnlySpan<char> value)
    {
        if (value.IndexOfAny('(', '[') >= 0 || value.IndexOf("->") >= 0 || value.IndexOf("::") >= 0 || value.IndexOf("?.") >= 0) return true;
        int dot = value.IndexOf('.');
        if (dot <= 0) return false;
        foreach (Range range in value.Split('.'))
        {
            ReadOnlySpan<char> part = value[range];
            if (part.IsEmpty || char.IsAsciiDigit(part[0]) || part.ContainsAnyExcept(Charset.Identifier) || Randomness.IsDrawn(part) || (part.Length >= 24 && Randomness.IsMixed(part))) return false;
        }
        return true;
    }

    private static bool IsPassword(ReadOnlySpan<char> value, bool quoted, Separator separator, bool isLoose)
    {
        bool hasDigit = value.ContainsAnyInRange('0', '9'), hasLetter = HasLetter(value);
        if (value.IndexOfAny(' ', '\t') >= 0) return quoted && IsPhrase(value);
        if (separator == Separator.Comma) return Randomness.IsDrawn(value) || (hasDigit && hasLetter && value.Length >= 6 && HasSymbol(value));
        if (separator is Separator.Word or Separator.Flag)
        {
            value = value.TrimEnd(".,;:!?");
            return value.Length >= 6 && hasLetter && (hasDigit || HasSymbol(value)) && (separator == Separator.Flag || hasDigit);
        }
        if (isLoose) return value.Length >= 3 && !NamesASecret(value);
        if (quoted) return value.Length >= 3 && (hasDigit || HasSymbol(value) || (value.Length >= 4 && !IsTitle(value) && !NamesASecret(value)));
        ReadOnlySpan<char> trimmed = value.TrimEnd(".,;:!?");
        return value.Length >= 4 && (hasDigit ? hasLetter || trimmed.Length >= 6 : HasSymbol(trimmed));
    }

    private static bool IsKey(ReadOnlySpan<char> value, bool quoted, Separator separator, bool isLoose)
    {
        if (value.IndexOfAny(' ', '\t') >= 0) return false;
        if (separator == Separator.Comma) return Randomness.IsDrawn(value);
        if (Randomness.IsMixed(value)) return true;
        if (isLoose) return value.Length >= 8 && HasLetter(value) && !NamesASecret(value);
        return quoted && value.Length >= 16 && !value.ContainsAnyExcept(Charset.Base64) && value.ContainsAnyInRange('a', 'z') && !NamesASecret(value);
    }

    /// <summary>A passphrase, rather than what a form says about passwords.</summary>
    private static bool IsPhrase(ReadOnlySpan<char> value)
    {
        int words = 0;
        foreach (Range range in value.SplitAny(' ', '\t'))
        {
            ReadOnlySpan<char> word = value[range].Trim(".,;:!?");
            if (CommonWords.GetAlternateLookup<ReadOnlySpan<char>>().Contains(word)) return false;
            words++;
        }
        return words <= 8 && (words >= 4 || value.ContainsAnyInRange('0', '9'));
    }

    /// <summary>Where a bare word is a value: a line of settings, a flag, a query, a connection string.</summary>
    private static bool IsSetting(string text, int name) =>
        IsLineStart(text, name) || text[name - 1] is ';' or '?' or '&' || (name > 1 && text[name - 1] == '-' && text[name - 2] == '-');

    /// <summary>Only a mark or a word like <c>export</c> stands before it.</summary>
    private static bool IsLineStart(string text, int name)
    {
        ReadOnlySpan<char> before = text.AsSpan(Math.Max(0, name - 12)..name);
        int line = before.LastIndexOf('\n');
        before = (line < 0 && name > 12 ? before : before[(line + 1)..]).TrimStart(" \t$>#+-");
        if (line < 0 && name > 12) return before.EndsWith("export ") || before.EndsWith("-e ") || before.EndsWith("\\n") || before.EndsWith("\nset ");
        return before.IsEmpty || before is "export " or "ENV " or "ARG " or "set " or "-e " or "env " || before.EndsWith("\\n") || before.EndsWith(" -e ");
    }

    private static int NameStart(string text, int word)
    {
        int least = Math.Max(0, word - 64);
        while (word > least && (Charset.IsWord(text[word - 1]) || text[word - 1] is '.' || (text[word - 1] == '-' && word - 2 >= least && Charset.IsWord(text[word - 2])))) word--;
        return word;
    }

    /// <summary>Tokens of many kinds of characters within some words' distance, on the same line.</summary>
    private static void FindNear(string text, int word, int end, List<Secret> found)
    {
        int from = word, to = end;
        while (from > 0 && word - from < Near && text[from - 1] is not ('\n' or ']')) from--;
        while (to < text.Length && to - end < Near && text[to] is not ('\n' or '[')) to++;
        for (int at = from; at < to;)
        {
            int length = Charset.Run(text, at, Charset.Bearer, MaxDrawn + 1);
            if (length > 15 && length <= MaxDrawn && (at == 0 || !Charset.Bearer.Contains(text[at - 1])))
            {
                ReadOnlySpan<char> token = text.AsSpan(at, length);
                int equals = token.TrimEnd('=').LastIndexOf('=');
                int start = at + equals + 1;
                if (!IsId(token) && Randomness.IsDrawn(token[(equals + 1)..].TrimEnd("."))) found.Add(new Secret(start, at + token.TrimEnd(".").Length, "secret"));
            }
            at += length + 1;
        }
    }

    /// <summary>Names of requests, messages, tool calls: drawn by a machine, and no secret.</summary>
    private static bool IsId(ReadOnlySpan<char> token)
    {
        foreach (string prefix in (string[])["req_", "msg_", "toolu_", "call_", "chatcmpl-", "resp_", "evt_", "run_", "thread_", "session_", "sha256-", "sha384-", "sha512-"])
        {
            if (token.StartsWith(prefix, StringComparison.Ordinal)) return true;
        }
        return false;
    }

    private static bool HasLetter(ReadOnlySpan<char> value)
    {
        foreach (char c in value)
        {
            if (char.IsLetter(c)) return true;
        }
        return false;
    }

    private static bool HasSymbol(ReadOnlySpan<char> value) => value.IndexOfAny("!@#$%^&*+=~|") >= 0;

    /// <summary>As labels are written: <c>Password</c>, <c>Kennwort</c>.</summary>
    private static bool IsTitle(ReadOnlySpan<char> value) =>
        char.IsUpper(value[0]) && !value[1..].ContainsAnyInRange('A', 'Z') && !value.ContainsAnyInRange('0', '9');

    /// <summary>A variable or a label of a secret, by its own words.</summary>
    private static bool NamesASecret(ReadOnlySpan<char> value) => !value.ContainsAnyInRange('0', '9') && value.IndexOfAny(AnyWord) >= 0;

    private static int Skip(string text, int from, string set)
    {
        if (from >= text.Length) return text.Length;
        int most = Math.Min(MaxGap, text.Length - from);
        int length = text.AsSpan(from, most).IndexOfAnyExcept(set);
        return from + (length < 0 ? most : length);
    }
}
