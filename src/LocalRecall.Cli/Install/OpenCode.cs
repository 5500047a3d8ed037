using System.Text;
using System.Text.Json;

namespace LocalRecall.Cli.Install;

/// <summary>
/// The MCP server under <c>mcp</c> in <c>opencode.json</c>; hooks by a plugin of ours, a file that OpenCode loads by itself. See
/// https://opencode.ai/docs/plugins and /docs/mcp-servers.
/// </summary>
internal sealed class OpenCode : Agent
{
    public override string Name => "opencode";

    public override string Title => "OpenCode";

    public override IReadOnlyList<string> Programs => ["opencode"];

    public override IReadOnlyList<ConfigTarget> Targets(Places places)
    {
        string folder = places.Project ?? Folder(places);
        string plain = Path.Combine(folder, "opencode.json");
        string commented = Path.Combine(folder, "opencode.jsonc");
        string config = !File.Exists(plain) && File.Exists(commented) ? commented : plain;
        string plugin = places.Project is null ? Path.Combine(folder, "plugins", PluginEdit.FileName) : places.InProject(".opencode", "plugins", PluginEdit.FileName);
        return
        [
            ConfigTarget.Json(config, "$schema", new McpEdit(config, "mcp", "local", oneList: true)),
            ConfigTarget.Text(plugin, new PluginEdit(plugin)),
        ];
    }

    public override IReadOnlyList<string> Traces(Places places) => [Folder(places)];

    private static string Folder(Places places) =>
        places.Variable("OPENCODE_CONFIG_DIR") is { Length: > 0 } named ? Path.GetFullPath(named)
        : Path.Combine(places.Folder("XDG_CONFIG_HOME", ".config"), "opencode");

    /// <summary>The plugin: the whole file is ours.</summary>
    private sealed class PluginEdit(string path) : ConfigEdit
    {
        public const string FileName = "localrecall.js";
        private const string Place = "const recall = \"recall\" // set by the installer";
        private const string FirstWords = "// LocalRecall for OpenCode.";
        private const string Before = "const recall = ";

        public override string What => "plugin with the hooks";

        public override byte[] Add(byte[] text, RecallProgram program)
        {
            string now = Encoding.UTF8.GetString(text);
            if (now.Length > 0 && !IsOurs(now))
            {
                throw new ConfigException($"{path} is there already and not this program's. Rename or remove it; nothing was changed.");
            }

            using var reader = new StreamReader(typeof(OpenCode).Assembly.GetManifestResourceStream(FileName)!, Encoding.UTF8);
            return Encoding.UTF8.GetBytes(reader.ReadToEnd().Replace(Place, $"{Before}{JsonText.Quoted(program.FileName)}"));
        }

        public override byte[] Remove(byte[] text) => IsOurs(Encoding.UTF8.GetString(text)) ? [] : text;

        public override IReadOnlyList<string> Programs(byte[] text)
        {
            string now = Encoding.UTF8.GetString(text);
            string? line = IsOurs(now) ? now.Split('\n').FirstOrDefault(l => l.StartsWith(Before, StringComparison.Ordinal)) : null;
            try
            {
                return line is null ? [] : [JsonDocument.Parse(line[Before.Length..]).RootElement.GetString()!];
            }
            catch (JsonException)
            {
                return []; // somebody edited it
            }
        }

        private static bool IsOurs(string text) => text.StartsWith(FirstWords, StringComparison.Ordinal);
    }
}
