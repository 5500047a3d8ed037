using System.Text;

namespace LocalRecall.Cli.Install;

/// <summary>A statement of a TOML text: bytes of the line or lines from <paramref name="Start"/> up to <paramref name="End"/>, the line break included.</summary>
/// <param name="Table">The table that it is in, or that it begins.</param>
/// <param name="Key">Null: it begins a table.</param>
/// <param name="ValueStart">Where the value begins; <paramref name="ValueEnd"/>: behind it.</param>
internal sealed record TomlStatement(IReadOnlyList<string> Table, IReadOnlyList<string>? Key, int Start, int End, int ValueStart, int ValueEnd)
{
    /// <summary>The whole name of what it is about.</summary>
    public IReadOnlyList<string> Name => [.. Table, .. Key ?? []];
}

/// <summary>
/// Finds the statements in a TOML text, enough to add a table at its end, and to take one out. It knows where strings, comments and lists
/// end, and leaves what they mean alone.
/// </summary>
internal sealed class TomlText
{
    private readonly string path;
    private readonly string text;
    private int at;

    /// <param name="path">Where it is from, for messages.</param>
    /// <exception cref="ConfigException">It is not TOML; the message says where.</exception>
    public TomlText(string text, string path)
    {
        (this.text, this.path) = (text, path);
        at = text.StartsWith('\uFEFF') ? 1 : 0;
        var statements = new List<TomlStatement>();
        IReadOnlyList<string> table = [];
        while (true)
        {
            SkipBlank();
            if (at == text.Length)
            {
                break;
            }

            int start = LineStart(at);
            if (text[at] == '[')
            {
                bool list = Next("[[");
                at += list ? 2 : 1;
                table = Keys();
                Expect(list ? "]]" : "]");
                EndLine();
                statements.Add(new TomlStatement(table, null, start, at, 0, 0));
            }
            else
            {
                IReadOnlyList<string> key = Keys();
                Expect("=");
                SkipSpaces();
                int from = at;
                SkipValue();
                int to = at;
                EndLine();
                statements.Add(new TomlStatement(table, key, start, at, from, to));
            }
        }

        Statements = statements;
    }

    public IReadOnlyList<TomlStatement> Statements { get; }

    public string NewLine => text.Contains("\r\n") ? "\r\n" : "\n";

    public int Line(int position) => text.AsSpan(0, position).Count('\n') + 1;

    private ConfigException Bad() => new($"{path} is not valid TOML at line {Line(Math.Min(at, text.Length))}. Mend it and try again; nothing was changed.");

    private bool Next(string what) => string.CompareOrdinal(text, at, what, 0, what.Length) == 0;

    private void Expect(string what)
    {
        SkipSpaces();
        if (!Next(what))
        {
            throw Bad();
        }

        at += what.Length;
    }

    private int LineStart(int position) => text.LastIndexOf('\n', Math.Max(position - 1, 0)) is var found && found < position ? found + 1 : 0;

    private void SkipSpaces()
    {
        while (at < text.Length && text[at] is ' ' or '\t')
        {
            at++;
        }
    }

    /// <summary>White space, line breaks, comments.</summary>
    private void SkipBlank()
    {
        while (at < text.Length)
        {
            if (text[at] == '#')
            {
                SkipComment();
            }
            else if (text[at] is ' ' or '\t' or '\r' or '\n')
            {
                at++;
            }
            else
            {
                break;
            }
        }
    }

    private void SkipComment()
    {
        int end = text.IndexOf('\n', at);
        at = end < 0 ? text.Length : end;
    }

    private void EndLine()
    {
        SkipSpaces();
        if (at < text.Length && text[at] == '#')
        {
            SkipComment();
        }

        if (at < text.Length && text[at] == '\r')
        {
            at++;
        }

        if (at < text.Length && text[at++] != '\n')
        {
            at--;
            throw Bad();
        }
    }

    private List<string> Keys()
    {
        var keys = new List<string>();
        do
        {
            SkipSpaces();
            int start = at;
            if (at < text.Length && text[at] is '"' or '\'')
            {
                SkipString();
                string quoted = text[(start + 1)..(at - 1)];
                keys.Add(text[start] == '"' ? Unescaped(quoted) : quoted);
            }
            else
            {
                while (at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || text[at] is '_' or '-'))
                {
                    at++;
                }

                if (at == start)
                {
                    throw Bad();
                }

                keys.Add(text[start..at]);
            }

            SkipSpaces();
        }
        while (at < text.Length && text[at] == '.' && at++ >= 0);
        return keys;
    }

    /// <summary>Strings, lists and inline tables with whatever is in them; anything else up to what can't belong to it.</summary>
    private void SkipValue()
    {
        int depth = 0;
        int start = at;
        while (at < text.Length)
        {
            char c = text[at];
            if (c is '"' or '\'')
            {
                SkipString();
            }
            else if (c is '[' or '{')
            {
                depth++;
                at++;
            }
            else if (c is ']' or '}')
            {
                depth--;
                at++;
            }
            else if (depth == 0 && c is '\r' or '\n' or '#')
            {
                break;
            }
            else if (c == '#')
            {
                SkipComment();
            }
            else
            {
                at++;
            }

            if (depth < 0)
            {
                throw Bad();
            }
        }

        if (depth > 0 || at == start)
        {
            throw Bad();
        }

        while (text[at - 1] is ' ' or '\t')
        {
            at--;
        }
    }

    private void SkipString()
    {
        char quote = text[at];
        bool many = Next(new string(quote, 3));
        at += many ? 3 : 1;
        while (at < text.Length)
        {
            if (quote == '"' && text[at] == '\\')
            {
                at += 2;
            }
            else if (many ? Next(new string(quote, 3)) : text[at] == quote)
            {
                at += many ? 3 : 1;
                while (many && at < text.Length && text[at] == quote)
                {
                    at++; // up to two more of them are the string's own last characters
                }

                return;
            }
            else if (!many && text[at] == '\n')
            {
                throw Bad();
            }
            else
            {
                at++;
            }
        }

        at = text.Length;
        throw Bad();
    }

    /// <summary>What a basic string on one line says, as far as names and paths need it.</summary>
    public static string Unescaped(string inner)
    {
        var plain = new StringBuilder(inner.Length);
        for (int i = 0; i < inner.Length; i++)
        {
            plain.Append(inner[i] == '\\' && i + 1 < inner.Length
                ? inner[++i] switch { 'n' => '\n', 't' => '\t', 'r' => '\r', var c => c }
                : inner[i]);
        }

        return plain.ToString();
    }
}
