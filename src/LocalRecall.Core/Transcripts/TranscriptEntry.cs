using System.Globalization;
using System.Text;
using System.Text.Json;

namespace LocalRecall.Core.Transcripts;

internal enum EntryKind
{
    /// <summary>Somebody asks the agent something.</summary>
    Prompt,

    /// <summary>A slash command or a shell line of the user's: a turn of its own, without a prompt.</summary>
    Command,

    /// <summary>Something wakes the agent, or stops it, in the middle of what it was asked.</summary>
    Notice,

    /// <summary>What the agent says, thinks and does: all of a message, or a part of it.</summary>
    Agent,

    ToolResult,
}

/// <summary>One line of an agent's transcript, as far as it matters here.</summary>
/// <param name="Thread">Which conversation it belongs to: empty for the session's own, else a subagent's.</param>
/// <param name="MessageId">Lines that share one are one message.</param>
internal sealed record TranscriptEntry(
    EntryKind Kind, string Thread, string? Cwd, DateTimeOffset? At, string? MessageId, string Text, IReadOnlyList<TranscriptBlock> Blocks);

internal enum BlockKind { Text, Thinking, ToolUse, ToolResult }

/// <param name="Text">Of a tool's use its name, of its result what it says.</param>
/// <param name="ToolUseId">Of a tool's use and its result.</param>
internal readonly record struct TranscriptBlock(BlockKind Kind, string Text, string? ToolUseId = null);

/// <summary>
/// Reads lines of Claude Code's transcripts, whose format is declared unstable: what is not understood is passed over. Remembers which
/// subagent's conversation a line belongs to, where it says so only by the line before it.
/// </summary>
internal sealed class TranscriptLineReader
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 2048 };

    private static readonly string[] Commands =
        ["<command-name>", "<command-message>", "<command-args>", "<local-command-", "<bash-input>", "<bash-stdout>", "<bash-stderr>", "<user-memory-input>"];

    private static readonly string[] Notices = ["<task-notification>", "<system-reminder>", "<teammate-message", "[Request interrupted by user", "<ide_"];

    private readonly Dictionary<string, string> _threads = new(StringComparer.Ordinal);

    /// <summary>Null: nothing that matters here, or not (yet) a whole line.</summary>
    public TranscriptEntry? Read(ReadOnlyMemory<byte> line)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(line.Span.StartsWith("\uFEFF"u8) ? line[3..] : line, Options);
            return Read(document.RootElement);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null; // an InvalidOperationException: its bytes are not UTF-8
        }
    }

    /// <summary>Later lines do not go back to what came before.</summary>
    public void ForgetThreads() => _threads.Clear();

    private TranscriptEntry? Read(JsonElement line)
    {
        if (line.ValueKind != JsonValueKind.Object) return null;
        string thread = ThreadOf(line);
        if (Object(line, "message") is not { } message) return null;
        DateTimeOffset? at = DateTimeOffset.TryParse(Text(line, "timestamp"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time) ? time : null;
        string? cwd = Text(line, "cwd");
        switch (Text(line, "type"))
        {
            case "assistant":
                // What the program itself says in the agent's name, of errors and interruptions.
                if (Text(message, "model") == "<synthetic>" || Is(line, "isApiErrorMessage")) return null;
                return new TranscriptEntry(EntryKind.Agent, thread, cwd, at, Text(message, "id"), "", Blocks(message));
            case "user":
                if (Is(line, "isMeta")) return null;
                IReadOnlyList<TranscriptBlock> blocks = Blocks(message);
                if (blocks.Any(b => b.Kind == BlockKind.ToolResult)) return new TranscriptEntry(EntryKind.ToolResult, thread, cwd, at, null, "", blocks);
                (EntryKind kind, string text) = Is(line, "isCompactSummary") ? (EntryKind.Notice, "") : Judge(blocks);
                return new TranscriptEntry(kind, thread, cwd, at, null, text, []);
            default:
                return null;
        }
    }

    /// <summary>Texts that the program put beside what somebody wrote are left out; where nothing else is left, nobody wrote.</summary>
    private static (EntryKind Kind, string Text) Judge(IReadOnlyList<TranscriptBlock> blocks)
    {
        string[] texts = [.. blocks.Where(b => b.Kind == BlockKind.Text).Select(b => b.Text.Trim()).Where(text => text.Length > 0)];
        if (texts.Any(text => BeginsWith(text, Commands))) return (EntryKind.Command, "");
        string prompt = string.Join("\n\n", texts.Where(text => !BeginsWith(text, Notices)));
        return prompt.Length > 0 ? (EntryKind.Prompt, prompt) : (EntryKind.Notice, "");
    }

    private static bool BeginsWith(string text, string[] marks) => marks.Any(mark => text.StartsWith(mark, StringComparison.Ordinal));

    private string ThreadOf(JsonElement line)
    {
        if (!Is(line, "isSidechain")) return "";
        if (Text(line, "agentId") is { } agent) return agent;
        string? parent = Text(line, "parentUuid"), own = Text(line, "uuid");
        string thread = parent is not null && _threads.TryGetValue(parent, out string? known) ? known : own ?? "sidechain";
        if (own is not null) _threads[own] = thread;
        return thread;
    }

    private static List<TranscriptBlock> Blocks(JsonElement message)
    {
        var blocks = new List<TranscriptBlock>();
        if (!message.TryGetProperty("content", out JsonElement content)) return blocks;
        if (content.ValueKind == JsonValueKind.String) blocks.Add(new TranscriptBlock(BlockKind.Text, Decode(content)));
        if (content.ValueKind != JsonValueKind.Array) return blocks;
        foreach (JsonElement block in content.EnumerateArray().Where(block => block.ValueKind == JsonValueKind.Object))
        {
            switch (Text(block, "type"))
            {
                case "text": blocks.Add(new TranscriptBlock(BlockKind.Text, Text(block, "text") ?? "")); break;
                case "thinking": blocks.Add(new TranscriptBlock(BlockKind.Thinking, Text(block, "thinking") ?? "")); break;
                case "tool_use": blocks.Add(new TranscriptBlock(BlockKind.ToolUse, Text(block, "name") ?? "", Text(block, "id"))); break;
                case "tool_result":
                    string said = Is(block, "is_error") ? "" : string.Join('\n', Blocks(block).Where(b => b.Kind == BlockKind.Text).Select(b => b.Text));
                    blocks.Add(new TranscriptBlock(BlockKind.ToolResult, said, Text(block, "tool_use_id")));
                    break;
            }
        }
        return blocks;
    }

    private static JsonElement? Object(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Object ? value : null;

    private static bool Is(JsonElement parent, string name) => parent.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.True;

    private static string? Text(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? Decode(value) : null;

    /// <summary>Halves of characters, which JavaScript writes and no text may hold, and NUL become U+FFFD.</summary>
    private static string Decode(JsonElement text)
    {
        try
        {
            return text.GetString()!.Replace('\0', '\uFFFD');
        }
        catch (InvalidOperationException)
        {
            using JsonDocument mended = JsonDocument.Parse(WithoutHalves(text.GetRawText()));
            return mended.RootElement.GetString()!.Replace('\0', '\uFFFD');
        }
    }

    /// <summary>In JSON text: each <c>\u</c> of half a character that has no other half becomes U+FFFD.</summary>
    private static string WithoutHalves(string json)
    {
        var mended = new StringBuilder(json.Length);
        for (int at = 0; at < json.Length;)
        {
            int length = json[at] != '\\' ? 1 : json[at + 1] != 'u' ? 2 : 6;
            char unit = length == 6 ? Unit(at) : '\0';
            if (char.IsHighSurrogate(unit) && at + 12 <= json.Length && json[at + 6] == '\\' && json[at + 7] == 'u' && char.IsLowSurrogate(Unit(at + 6))) length = 12;
            if (length == 6 && char.IsSurrogate(unit)) mended.Append(@"\ufffd");
            else mended.Append(json, at, length);
            at += length;
        }
        return mended.ToString();

        char Unit(int at) => (char)ushort.Parse(json.AsSpan(at + 2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
    }
}
