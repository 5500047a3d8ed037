using System.Text.Json;
using LocalRecall.Core.Memories;

namespace LocalRecall.Core.Formats;

/// <summary>The old system's append-only file: one action a line, the state is their replay. Its embeddings come from another model and are left alone.</summary>
internal static class JsonLines
{
    private const int MaxFaults = 100;

    public static ReadResult Read(string path, ReadOnlySpan<byte> bytes, DateTimeOffset modifiedAt, string? project)
    {
        MemoryKind? pathKind = FormatReader.KindFromPath(path);
        var memories = new OrderedDictionary<MemoryId, Memory>();
        var deletedElsewhere = new List<MemoryId>();
        var faults = new List<ReadFault>();
        if (bytes.StartsWith("\uFEFF"u8)) bytes = bytes[3..];

        for (int line = 1; bytes.Length > 0; line++)
        {
            int end = bytes.IndexOf((byte)'\n');
            ReadOnlySpan<byte> text = bytes[..(end < 0 ? bytes.Length : end)].Trim(" \t\r"u8);
            bytes = bytes[(end < 0 ? bytes.Length : end + 1)..];
            if (text.IsEmpty) continue;
            try
            {
                var reader = new Utf8JsonReader(text);
                using JsonDocument document = JsonDocument.ParseValue(ref reader);
                if (!text[(int)reader.BytesConsumed..].IsEmpty) throw new JsonException("there is more after the JSON value");
                Replay(document.RootElement, line);
            }
            catch (Exception e) when (e is JsonException or InvalidOperationException)
            {
                string reason = end < 0 ? "The last line is incomplete." : $"The line can't be read: {e.Message}";
                faults.Add(new ReadFault(line, reason, MemoryKept: false));
            }
        }
        if (faults.Count > MaxFaults)
        {
            int more = faults.Count - MaxFaults;
            faults.RemoveRange(MaxFaults, more);
            faults.Add(new ReadFault(0, $"There are {more} more faults.", MemoryKept: false));
        }
        return new ReadResult([.. memories.Values], faults, deletedElsewhere);

        void Replay(JsonElement action, int line)
        {
            string? name = action.ValueKind == JsonValueKind.Object ? Text(action, "action") : null;
            if (name == "embedding") return;
            if (name == "delete")
            {
                if (!MemoryId.TryParse(Text(action, "id"), out MemoryId id)) faults.Add(new ReadFault(line, "It deletes something without a valid id.", MemoryKept: false));
                else if (!memories.Remove(id)) deletedElsewhere.Add(id);
                return;
            }
            if (name != "add")
            {
                faults.Add(new ReadFault(line, name is null ? "It is no action." : $"The action '{name}' is not known.", MemoryKept: false));
                return;
            }

            string? body = Text(action, "content");
            IReadOnlyList<string>? keywords = Strings(action, "keywords");
            MemoryKind kind = pathKind ?? (keywords is null && body is not null && MemoryRules.IsThinkingBody(body) ? MemoryKind.Thinking : MemoryKind.Episodic);
            var fields = new MemoryFields(Text(action, "id"), Text(action, "subject"), keywords, Text(action, "applies_to"),
                Text(action, "occurred_at") ?? Text(action, "timestamp"), Text(action, "content_hash"), Text(action, "project"));
            if (fields.ToMemory(kind, body, modifiedAt, project, line, faults) is { } memory) memories[memory.Id] = memory;
        }
    }

    private static string? Text(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static List<string>? Strings(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Array
            ? [.. value.EnumerateArray().Where(v => v.ValueKind == JsonValueKind.String).Select(v => v.GetString()!)]
            : null;
}
