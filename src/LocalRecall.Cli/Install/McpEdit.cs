using System.Text.Json;

namespace LocalRecall.Cli.Install;

/// <summary>Our entry among an agent's MCP servers in a JSON file.</summary>
/// <param name="servers">The member that holds them.</param>
/// <param name="type">What the entry's <c>type</c> says; null: it has none.</param>
/// <param name="oneList">Whether <c>command</c> is a list with the arguments in it.</param>
internal sealed class McpEdit(string path, string servers, string? type, bool oneList = false) : ConfigEdit
{
    public const string Server = "localrecall";
    public const string Verb = "mcp";

    public override string What => "MCP server";

    public override byte[] Add(byte[] text, RecallProgram program)
    {
        var json = new JsonText(text, path);
        if (json.Find(servers, Server) is not { } entry)
        {
            return json.Put([servers, Server], w =>
            {
                w.WriteStartObject();
                if (type is not null)
                {
                    w.WriteString("type", type);
                }

                w.WritePropertyName("command");
                WriteCommand(w, program);
                if (!oneList)
                {
                    w.WritePropertyName("args");
                    WriteArguments(w);
                }

                w.WriteEndObject();
            }).Bytes;
        }

        IReadOnlyList<string> command = Command(entry);
        if (RecallProgram.In(command, Verb) is null)
        {
            throw new ConfigException($"{path} has an MCP server '{Server}' already, which is not this program's. Rename or remove it; nothing was changed.");
        }

        return command.SequenceEqual([program.FileName, Verb]) ? text
            : oneList ? json.Put([servers, Server, "command"], w => WriteCommand(w, program)).Bytes
            : json.Put([servers, Server, "command"], w => WriteCommand(w, program)).Put([servers, Server, "args"], WriteArguments).Bytes;
    }

    public override byte[] Remove(byte[] text)
    {
        var json = new JsonText(text, path);
        if (Programs(text).Count == 0)
        {
            return text;
        }

        JsonSpan all = json.Find(servers)!;
        return (all.Members.Count == 1
            ? json.Remove(json.Root, json.Root.Members.ToList().FindLastIndex(m => m.Name == servers))
            : json.Remove(all, all.Members.ToList().FindLastIndex(m => m.Name == Server))).Bytes;
    }

    public override IReadOnlyList<string> Programs(byte[] text) =>
        new JsonText(text, path).Find(servers, Server) is { } entry && RecallProgram.In(Command(entry), Verb) is { } program ? [program] : [];

    private void WriteCommand(Utf8JsonWriter json, RecallProgram program)
    {
        if (oneList)
        {
            JsonText.WriteList(json, [program.FileName, Verb]);
        }
        else
        {
            json.WriteStringValue(program.FileName);
        }
    }

    private static void WriteArguments(Utf8JsonWriter json) => JsonText.WriteList(json, [Verb]);

    private static IReadOnlyList<string> Command(JsonSpan entry) => entry.Member("command") switch
    {
        { IsArray: true } list => [.. list.Items.Select(i => i.Text ?? "")],
        { Text: { } program } => [program, .. entry.Member("args")?.Items.Select(i => i.Text ?? "") ?? []],
        _ => [],
    };
}
