using System.Text;
using System.Text.Json.Nodes;
using LocalRecall.Core.Transcripts;

namespace LocalRecall.Tests.Core.Transcripts;

/// <summary>Writes a transcript line by line, in the shapes that Claude Code uses. Each line is a second later than the one before.</summary>
internal sealed class Sample(string cwd = "/repo/app", string session = "5e551074-0000-4000-8000-000000000001")
{
    public static readonly DateTimeOffset Start = new(2026, 4, 1, 9, 0, 0, TimeSpan.Zero);

    private readonly List<string> _lines = [];
    private int _uuids;
    private string? _lastUuid;

    /// <summary>Null: the lines do not say.</summary>
    public string? Cwd { get; set; } = cwd;

    public string Session => session;

    /// <summary>The time of the last line.</summary>
    public DateTimeOffset Now => Start.AddSeconds(_lines.Count);

    public IReadOnlyList<string> Lines => _lines;

    public string Text => string.Concat(_lines.Select(line => line + "\n"));

    public Sample Prompt(string text, string? agent = null) => Line("user", Message("user", text), agent);

    public Sample PromptBlocks(params string[] texts) => Line("user", Message("user", Blocks([.. texts.Select(TextBlock)])));

    public Sample Meta(string text) => Line("user", Message("user", text), extra: new() { ["isMeta"] = true });

    public Sample Summary(string text) => Line("user", Message("user", text), extra: new() { ["isCompactSummary"] = true, ["isVisibleInTranscriptOnly"] = true });

    public Sample Say(string message, string text, string? agent = null) => Agent(message, TextBlock(text), agent);

    public Sample Think(string message, string text, string? agent = null) =>
        Agent(message, new JsonObject { ["type"] = "thinking", ["thinking"] = text, ["signature"] = "c2ln" }, agent);

    public Sample Use(string message, string tool = "Bash", string id = "toolu_1", string? agent = null) =>
        Agent(message, new JsonObject { ["type"] = "tool_use", ["id"] = id, ["name"] = tool, ["input"] = new JsonObject { ["command"] = "ls" } }, agent);

    public Sample Result(string id = "toolu_1", string says = "done", string? agent = null, bool error = false) => Line("user", Message("user", Blocks(
        new JsonObject { ["tool_use_id"] = id, ["type"] = "tool_result", ["content"] = Blocks(TextBlock(says)), ["is_error"] = error })), agent, new() { ["toolUseResult"] = says });

    /// <summary>What there is most of: lines that mean nothing here.</summary>
    public Sample Noise()
    {
        Raw("""{"type":"progress","data":{"type":"hook_progress","message":{"type":"user","message":{"role":"user","content":"not a prompt"}}},"uuid":"x"}""");
        Raw("""{"type":"system","subtype":"turn_duration","durationMs":12,"isMeta":false}""");
        Raw("""{"type":"file-history-snapshot","messageId":"x","snapshot":{}}""");
        return Raw("""{"type":"something-of-tomorrow","message":"a text"}""");
    }

    public Sample Raw(string line)
    {
        _lines.Add(line);
        return this;
    }

    public List<TranscriptLine> AsLines(string? text = null) => Split(Encoding.UTF8.GetBytes(text ?? Text));

    public static List<TranscriptLine> Split(byte[] bytes, int from = 0)
    {
        using var stream = new MemoryStream(bytes) { Position = from };
        return [.. TranscriptLines.Read(stream).Select(line => line with { Bytes = line.Bytes.ToArray() })];
    }

    private static JsonObject TextBlock(string text) => new() { ["type"] = "text", ["text"] = text };

    private static JsonArray Blocks(params JsonNode?[] blocks) => [.. blocks];

    private static JsonObject Message(string role, JsonNode content) => new() { ["role"] = role, ["content"] = content };

    private Sample Agent(string message, JsonObject block, string? agent)
    {
        JsonObject body = Message("assistant", Blocks(block));
        (body["id"], body["model"], body["type"], body["stop_reason"]) = ($"msg_{message}", "claude-opus-4-6", "message", null);
        return Line("assistant", body, agent);
    }

    private Sample Line(string type, JsonObject message, string? agent = null, JsonObject? extra = null)
    {
        var line = new JsonObject
        {
            ["parentUuid"] = _lastUuid, ["isSidechain"] = agent is not null, ["userType"] = "external", ["cwd"] = Cwd, ["sessionId"] = session,
            ["version"] = "2.1.39", ["gitBranch"] = "main", ["type"] = type, ["message"] = message, ["uuid"] = _lastUuid = $"{session}-{++_uuids}",
            ["timestamp"] = Now.AddSeconds(1).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'"),
        };
        if (agent is not null) line["agentId"] = agent;
        foreach ((string name, JsonNode? value) in extra ?? []) line[name] = value!.DeepClone();
        return Raw(line.ToJsonString());
    }
}
