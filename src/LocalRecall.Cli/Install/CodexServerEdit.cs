using System.Text;

namespace LocalRecall.Cli.Install;

/// <summary>Our table <c>[mcp_servers.localrecall]</c> in Codex's <c>config.toml</c>.</summary>
internal sealed class CodexServerEdit(string path) : ConfigEdit
{
    private const string Servers = "mcp_servers";
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public override string What => "MCP server";

    public override byte[] Add(byte[] text, RecallProgram program)
    {
        string toml = Decode(text);
        var read = new TomlText(toml, path);
        if (Table(read) is null)
        {
            if (read.Statements.FirstOrDefault(Clashes) is { } clash)
            {
                throw new ConfigException(
                    $"{path}, line {read.Line(clash.Start)}, says something about {Servers} that leaves no place for a table [{Servers}.{McpEdit.Server}]. Make it a table; nothing was changed.");
            }

            string gap = toml.Trim().Length == 0 ? "" : toml.EndsWith('\n') ? read.NewLine : read.NewLine + read.NewLine;
            return Encode($"{toml}{gap}[{Servers}.{McpEdit.Server}]{read.NewLine}command = {Quoted(program.FileName)}{read.NewLine}args = [\"{McpEdit.Verb}\"]{read.NewLine}");
        }

        if (Program(toml, read) is not { } found)
        {
            throw new ConfigException($"{path} has a table [{Servers}.{McpEdit.Server}] already, which is not this program's. Rename or remove it; nothing was changed.");
        }

        if (found == program.FileName)
        {
            return text;
        }

        TomlStatement command = Own(read, "command")!;
        return Encode($"{toml[..command.ValueStart]}{Quoted(program.FileName)}{toml[command.ValueEnd..]}");
    }

    public override byte[] Remove(byte[] text)
    {
        string toml = Decode(text);
        var read = new TomlText(toml, path);
        if (Program(toml, read) is null)
        {
            return text;
        }

        // Tables below ours are settings of this server, and without it they would be an error.
        foreach (TomlStatement statement in read.Statements.Where(s => IsOurs(s.Table)).Reverse())
        {
            toml = toml.Remove(statement.Start, statement.End - statement.Start);
        }

        int first = read.Statements.First(s => IsOurs(s.Table)).Start;
        int gap = toml.AsSpan(0, first).EndsWith("\r\n\r\n") ? 2 : toml.AsSpan(0, first).EndsWith("\n\n") ? 1 : 0;
        return Encode(toml.Remove(first - gap, gap));
    }

    public override IReadOnlyList<string> Programs(byte[] text)
    {
        string toml = Decode(text);
        return Program(toml, new TomlText(toml, path)) is { } program ? [program] : [];
    }

    private static TomlStatement? Table(TomlText read) => read.Statements.FirstOrDefault(s => s.Key is null && s.Table.SequenceEqual([Servers, McpEdit.Server]));

    private static TomlStatement? Own(TomlText read, string key) =>
        read.Statements.FirstOrDefault(s => s.Key is [var name] && name == key && s.Table.SequenceEqual([Servers, McpEdit.Server]));

    /// <returns>Null: there is no such table, or it starts something else.</returns>
    private static string? Program(string toml, TomlText read) =>
        Own(read, "command") is { } command && Own(read, "args") is { } args
            ? RecallProgram.In([Value(toml[command.ValueStart..command.ValueEnd]), .. RecallProgram.Words(toml[args.ValueStart..args.ValueEnd].Trim('[', ']', ' ').Replace(',', ' '))], McpEdit.Verb)
            : null;

    private static bool IsOurs(IReadOnlyList<string> table) => table.Count >= 2 && table[0] == Servers && table[1] == McpEdit.Server;

    /// <summary>A key, perhaps with an inline table, where ours would have to be.</summary>
    private static bool Clashes(TomlStatement statement) =>
        statement.Key is not null && (statement.Name is [Servers] || (IsOurs(statement.Name) && !IsOurs(statement.Table)));

    private static string Value(string literal) => literal switch
    {
        ['"', .. var inner, '"'] => TomlText.Unescaped(inner),
        ['\'', .. var inner, '\''] => inner,
        _ => literal,
    };

    private static string Quoted(string value) => value.Contains('\\') && !value.Contains('\'')
        ? $"'{value}'"
        : $"\"{value.Replace("\\", "\\\\").Replace("\"", "\\\"")}\"";

    private string Decode(byte[] text)
    {
        try
        {
            return Utf8.GetString(text);
        }
        catch (DecoderFallbackException e)
        {
            throw new ConfigException($"{path} is not UTF-8. Nothing was changed.", e);
        }
    }

    private static byte[] Encode(string text) => Utf8.GetBytes(text);
}
