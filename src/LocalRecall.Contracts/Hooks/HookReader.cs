using System.Text;
using System.Text.Json;
using LocalRecall.Contracts.Messages;

namespace LocalRecall.Contracts.Hooks;

/// <summary>
/// Reads what an agent gives its hook. Takes whatever comes: of bytes that are no JSON or that break off, what was understood until then;
/// fields that are unknown, missing or of another type count as not there.
/// </summary>
public static class HookReader
{
    /// <summary>No agent sends more than this; what lies behind it is not read.</summary>
    public const int MaxInputBytes = 8 << 20;

    public const int MaxPromptBytes = 16 * 1024;
    public const int MaxMessageBytes = 64 * 1024;
    private const int MaxPathBytes = 4 * 1024;
    private const int MaxNameBytes = 256;

    // Depth costs a bit, not stack.
    private static readonly JsonReaderOptions Options = new() { MaxDepth = MaxInputBytes, CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <param name="agent">As the call says; null: it does not.</param>
    /// <param name="eventName">As the call says: it wins over what the input says.</param>
    /// <param name="projectFolder">Where the agent was started, if that is known; else its current folder counts.</param>
    /// <returns>Null: there is nothing to be done about it.</returns>
    public static HookInput? Read(ReadOnlySpan<byte> json, string? agent, string? eventName, string? projectFolder, DateTimeOffset at)
    {
        Fields fields = ReadFields(json);
        string? name = string.IsNullOrWhiteSpace(eventName) ? fields.Event : eventName;
        if (name is null || AgentEvents.Find(name) is not { } ours || !fields.IsObject)
        {
            return null;
        }

        return new HookInput(
            AgentEvents.AgentOf(agent, name), ours, fields.SessionId ?? "", fields.Source, fields.Cwd,
            ProjectOf(string.IsNullOrWhiteSpace(projectFolder) ? fields.Cwd : projectFolder), fields.Prompt,
            (ours == AgentEvents.SubagentStop ? fields.AgentTranscriptPath : null) ?? fields.TranscriptPath, fields.LastMessage, at);
    }

    /// <summary>Whether the bytes are one whole object: nothing more need be waited for.</summary>
    public static bool IsWhole(ReadOnlySpan<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(WithoutMark(json), Options);
            return reader.Read() && reader.TokenType == JsonTokenType.StartObject && reader.TrySkip();
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static Fields ReadFields(ReadOnlySpan<byte> json)
    {
        var fields = new Fields();
        json = WithoutMark(json);
        try
        {
            var reader = new Utf8JsonReader(json[..Math.Min(json.Length, MaxInputBytes)], Options);
            fields.IsObject = reader.Read() && reader.TokenType == JsonTokenType.StartObject;
            while (fields.IsObject && reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                fields.Take(ref reader);
            }
        }
        catch (JsonException)
        {
            // What was read until here counts.
        }

        return fields;
    }

    private static ReadOnlySpan<byte> WithoutMark(ReadOnlySpan<byte> json) => json.StartsWith("\uFEFF"u8) ? json[3..] : json;

    private static string? ProjectOf(string? folder)
    {
        try
        {
            return folder is not null && Path.IsPathFullyQualified(folder) ? ProjectRoot.Of(folder) : null;
        }
        catch (Exception e) when (e is ArgumentException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>A string's value, cut to at most so many bytes of UTF-8. Halves of surrogate pairs and bytes that are no UTF-8 become U+FFFD.</summary>
    private static string Text(ReadOnlySpan<byte> escaped, int maxBytes)
    {
        var text = new StringBuilder();
        for (int bytes = 0; escaped.Length > 0;)
        {
            int used = Next(escaped, out Rune rune);
            bytes += rune.Utf8SequenceLength;
            if (bytes > maxBytes)
            {
                break;
            }

            text.Append(rune);
            escaped = escaped[used..];
        }

        return text.ToString();
    }

    /// <summary>Reads one character, escaped or not. Returns how many bytes it took.</summary>
    private static int Next(ReadOnlySpan<byte> escaped, out Rune rune)
    {
        if (escaped[0] != '\\')
        {
            _ = Rune.DecodeFromUtf8(escaped, out rune, out int used);
            return used;
        }

        if (escaped[1] != 'u')
        {
            rune = new Rune(escaped[1] switch { (byte)'n' => '\n', (byte)'t' => '\t', (byte)'r' => '\r', (byte)'b' => '\b', (byte)'f' => '\f', byte other => (char)other });
            return 2;
        }

        char unit = Unit(escaped);
        if (char.IsHighSurrogate(unit) && escaped.Length >= 12 && escaped[6..].StartsWith("\\u"u8) && Unit(escaped[6..]) is var low && char.IsLowSurrogate(low))
        {
            rune = new Rune(unit, low);
            return 12;
        }

        rune = char.IsSurrogate(unit) ? Rune.ReplacementChar : new Rune(unit);
        return 6;
    }

    /// <summary>The reader has seen that these are four hexadecimal digits.</summary>
    private static char Unit(ReadOnlySpan<byte> escape) => (char)Convert.ToUInt16(Encoding.ASCII.GetString(escape.Slice(2, 4)), 16);

    private sealed class Fields
    {
        public bool IsObject { get; set; }

        public string? Event { get; private set; }

        public string? SessionId { get; private set; }

        public string? Source { get; private set; }

        public string? Cwd { get; private set; }

        public string? Prompt { get; private set; }

        public string? TranscriptPath { get; private set; }

        public string? AgentTranscriptPath { get; private set; }

        public string? LastMessage { get; private set; }

        /// <summary>Takes or skips the property that the reader has come to.</summary>
        public void Take(ref Utf8JsonReader reader)
        {
            ReadOnlySpan<byte> name = reader.ValueSpan;
            reader.Read();
            if (name.SequenceEqual("workspace_roots"u8) && reader.TokenType == JsonTokenType.StartArray)
            {
                TakeFirst(ref reader);
            }
            else if (reader.TokenType == JsonTokenType.String)
            {
                TakeText(name, reader.ValueSpan);
            }
            else
            {
                reader.Skip();
            }
        }

        private void TakeText(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
        {
            if (name.SequenceEqual("hook_event_name"u8)) Event = Text(value, MaxNameBytes);
            else if (name.SequenceEqual("session_id"u8)) SessionId = Text(value, MaxNameBytes);
            else if (name.SequenceEqual("conversation_id"u8)) SessionId ??= Text(value, MaxNameBytes);
            else if (name.SequenceEqual("source"u8)) Source = Text(value, MaxNameBytes);
            else if (name.SequenceEqual("cwd"u8)) Cwd = Text(value, MaxPathBytes);
            else if (name.SequenceEqual("prompt"u8)) Prompt = Text(value, MaxPromptBytes);
            else if (name.SequenceEqual("transcript_path"u8)) TranscriptPath = Text(value, MaxPathBytes);
            else if (name.SequenceEqual("agent_transcript_path"u8)) AgentTranscriptPath = Text(value, MaxPathBytes);
            else if (name.SequenceEqual("last_assistant_message"u8) || name.SequenceEqual("prompt_response"u8)) LastMessage = Text(value, MaxMessageBytes);
        }

        /// <summary>Cursor has a list of folders instead of a current one.</summary>
        private void TakeFirst(ref Utf8JsonReader reader)
        {
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                if (reader.TokenType == JsonTokenType.String)
                {
                    Cwd ??= Text(reader.ValueSpan, MaxPathBytes);
                }
                else
                {
                    reader.Skip();
                }
            }
        }
    }
}
