using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace LocalRecall.Cli.Install;

/// <summary>
/// A JSON text as people write it: with comments, trailing commas, any indentation. Every edit is an insertion or a deletion at a found
/// position; all other bytes stay as they are.
/// </summary>
internal sealed class JsonText
{
    private static readonly byte[] ByteOrderMark = [0xEF, 0xBB, 0xBF];
    private static readonly JsonReaderOptions Reading = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, MaxDepth = 256 };

    private readonly string path;
    private readonly string newLine;
    private readonly string indent;

    /// <param name="path">Where it is from, for messages.</param>
    /// <exception cref="ConfigException">It is not JSON; the message says where.</exception>
    public JsonText(byte[] bytes, string path)
    {
        (Bytes, this.path) = (bytes, path);
        int start = bytes.AsSpan().StartsWith(ByteOrderMark) ? ByteOrderMark.Length : 0;
        try
        {
            var reader = new Utf8JsonReader(bytes.AsSpan(start), Reading);
            reader.Read();
            Root = Value(ref reader, start);
            while (reader.Read())
            {
                // Only comments may follow; anything else throws.
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            string where = e is JsonException { LineNumber: { } line, BytePositionInLine: { } column } ? $" at line {line + 1}, column {column + 1}" : "";
            throw new ConfigException($"{path} is not valid JSON{where}. Mend it and try again; nothing was changed.", e);
        }

        if (!Root.IsObject)
        {
            throw new ConfigException($"{path} holds no JSON object. Nothing was changed.");
        }

        newLine = bytes.AsSpan().IndexOf("\r\n"u8) >= 0 ? "\r\n" : "\n";
        indent = Root.Members.Count > 0 && LineIndent(Root.Members[0].Start) is { Length: > 0 } found ? found : "  ";
    }

    public byte[] Bytes { get; }

    public JsonSpan Root { get; }

    /// <returns>Null: there is nothing.</returns>
    /// <exception cref="ConfigException">Something on the way is no object.</exception>
    public JsonSpan? Find(params ReadOnlySpan<string> names)
    {
        JsonSpan? value = Root;
        foreach (string name in names)
        {
            value = value is null ? null : Object(value, name).Member(name);
        }

        return value;
    }

    /// <summary>Gives a member a value, at the end of its object if it is new; makes the objects around it.</summary>
    public JsonText Put(IReadOnlyList<string> names, Action<Utf8JsonWriter> value)
    {
        JsonSpan parent = Root;
        for (int i = 0; i < names.Count - 1; i++)
        {
            if (Object(parent, names[i]).Member(names[i]) is not { } next)
            {
                return Insert(parent, names[i], json => Nested(json, names.Skip(i + 1), value));
            }

            parent = next;
        }

        string last = names[^1];
        return Object(parent, last).Member(last) is { } old ? Replace(old, value) : Insert(parent, last, value);
    }

    /// <summary>Adds an item at the end of an array, which is made if there is none.</summary>
    public JsonText Append(IReadOnlyList<string> names, Action<Utf8JsonWriter> item)
    {
        JsonSpan? array = Find([.. names]);
        return array switch
        {
            null => Put(names, json =>
            {
                json.WriteStartArray();
                item(json);
                json.WriteEndArray();
            }),
            { IsArray: true } => Insert(array, null, item),
            _ => throw Unexpected(array, string.Join('.', names), "list"),
        };
    }

    public JsonText Replace(JsonSpan old, Action<Utf8JsonWriter> value) =>
        Edited((old.Start, old.End, Render(value, IsInline(old) || old.Elements.Count == 0 ? null : LineIndent(old.Start, ofLine: true) ?? "")));

    /// <summary>Takes an element out, with the comma that it needs no more.</summary>
    public JsonText Remove(JsonSpan container, int index)
    {
        IReadOnlyList<(int Start, int End)> elements = container.Elements;
        (int start, int end) = elements[index];
        int from = start;
        while (Bytes[from - 1] is (byte)' ' or (byte)'\t')
        {
            from--;
        }

        bool ownLine = Bytes[from - 1] == '\n';
        if (ownLine)
        {
            from -= Bytes[from - 2] == '\r' ? 2 : 1;
        }

        if (CommaAfter(end) is { } comma)
        {
            int to = comma + 1;
            while (!ownLine && index < elements.Count - 1 && Bytes[to] is (byte)' ' or (byte)'\t')
            {
                to++;
            }

            return elements.Count == 1 ? Emptied(container, from, to) : Edited((ownLine ? from : start, to, ""));
        }

        if (index == 0)
        {
            return Emptied(container, from, end);
        }

        int before = CommaAfter(elements[index - 1].End)!.Value;
        return from <= before + 1 ? Edited((before, end, "")) : Edited((before, before + 1, ""), (from, end, ""));
    }

    /// <summary>Writes strings as a list on one line, however the rest is laid out.</summary>
    public static void WriteList(Utf8JsonWriter json, IEnumerable<string> texts) => json.WriteRawValue($"[{string.Join(", ", texts.Select(Quoted))}]");

    /// <returns>For the message that a value is of another kind than it has to be.</returns>
    public ConfigException Unexpected(JsonSpan value, string name, string kind) =>
        new($"{path}, line {Line(value.Start)}: {name} is not a JSON {kind}. Nothing was changed.");

    private JsonSpan Object(JsonSpan value, string member) =>
        value.IsObject ? value : throw Unexpected(value, $"what should hold {member}", "object");

    private static void Nested(Utf8JsonWriter json, IEnumerable<string> names, Action<Utf8JsonWriter> value)
    {
        int depth = 0;
        foreach (string name in names)
        {
            json.WriteStartObject();
            json.WritePropertyName(name);
            depth++;
        }

        value(json);
        for (; depth > 0; depth--)
        {
            json.WriteEndObject();
        }
    }

    private JsonText Insert(JsonSpan container, string? name, Action<Utf8JsonWriter> value)
    {
        IReadOnlyList<(int Start, int End)> elements = container.Elements;
        if (IsInline(elements.Count == 0 ? Root : container))
        {
            string element = Element(null);
            return elements.Count == 0 ? Edited((container.Start + 1, container.Start + 1, element))
                : CommaAfter(elements[^1].End) is { } trailing ? Edited((trailing + 1, trailing + 1, $" {element},"))
                : Edited((elements[^1].End, elements[^1].End, $", {element}"));
        }

        if (elements.Count == 0)
        {
            string outer = LineIndent(container.Start, ofLine: true) ?? "";
            int at = EndOfContent(container);
            bool closesItsLine = !Bytes.AsSpan(at, container.End - 1 - at).Contains((byte)'\n');
            return Edited((at, at, $"{newLine}{outer}{indent}{Element(outer + indent)}{(closesItsLine ? newLine + outer : "")}"));
        }

        string inner = LineIndent(elements[^1].Start) ?? (LineIndent(container.Start, ofLine: true) ?? "") + indent;
        string added = $"{newLine}{inner}{Element(inner)}";
        int end = elements[^1].End;
        if (CommaAfter(end) is { } comma)
        {
            int after = EndOfLineComments(comma + 1);
            return Edited((after, after, $"{added},"));
        }

        int behind = EndOfLineComments(end);
        return behind == end ? Edited((end, end, $",{added}")) : Edited((end, end, ","), (behind, behind, added));

        string Element(string? at) => name is null ? Render(value, at) : $"{Quoted(name)}: {Render(value, at)}";
    }

    /// <param name="at">The indentation of the line it begins on; null: all on one line.</param>
    private string Render(Action<Utf8JsonWriter> value, string? at)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var options = new JsonWriterOptions
        {
            Indented = at is not null, IndentCharacter = '\t', IndentSize = 1, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = 256,
        };
        using (var json = new Utf8JsonWriter(buffer, options))
        {
            value(json);
        }

        // Within strings both are escaped, so each of them is layout.
        return Encoding.UTF8.GetString(buffer.WrittenSpan).Replace("\t", indent).Replace("\n", newLine + at);
    }

    public static string Quoted(string text) => $"\"{JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";

    /// <summary>Takes the last element out, and with it the white space in its container, if there is nothing else.</summary>
    private JsonText Emptied(JsonSpan container, int from, int to)
    {
        (int open, int close) = (container.Start + 1, container.End - 1);
        return Bytes.AsSpan(open, from - open).Trim(" \t\r\n"u8).IsEmpty && Bytes.AsSpan(to, close - to).Trim(" \t\r\n"u8).IsEmpty
            ? Edited((open, close, ""))
            : Edited((from, to, ""));
    }

    /// <summary>Whether what a container holds is on the line that it begins on.</summary>
    private bool IsInline(JsonSpan container) =>
        container.Elements is { Count: > 0 } elements && !Bytes.AsSpan(container.Start, elements[^1].Start - container.Start).Contains((byte)'\n');

    /// <summary>The white space that the line begins with; null, if more than that precedes the position, unless asked for the line's own.</summary>
    private string? LineIndent(int position, bool ofLine = false)
    {
        int line = Bytes.AsSpan(0, position).LastIndexOf((byte)'\n') + 1;
        int end = line;
        while (Bytes[end] is (byte)' ' or (byte)'\t')
        {
            end++;
        }

        return line > 0 && (ofLine || end == position) ? Encoding.ASCII.GetString(Bytes, line, end - line) : null;
    }

    private int Line(int position) => Bytes.AsSpan(0, position).Count((byte)'\n') + 1;

    /// <summary>Where the comma after an element is; null: none follows.</summary>
    private int? CommaAfter(int position)
    {
        position = Skip(position, acrossLines: true);
        return Bytes[position] == ',' ? position : null;
    }

    /// <summary>Behind the comments that belong to what is before them on the same line; the position itself without any.</summary>
    private int EndOfLineComments(int position)
    {
        int end = Skip(position, acrossLines: false);
        while (end > position && Bytes[end - 1] is (byte)' ' or (byte)'\t' or (byte)'\r')
        {
            end--;
        }

        return end;
    }

    /// <summary>In a container without elements: behind its last comment.</summary>
    private int EndOfContent(JsonSpan container)
    {
        int end = container.End - 1;
        while (Bytes[end - 1] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
        {
            end--;
        }

        return end == container.Start + 1 || Bytes.AsSpan(end, container.End - end).Contains((byte)'\n') ? end : container.End - 1;
    }

    /// <summary>Past white space and comments.</summary>
    private int Skip(int position, bool acrossLines)
    {
        while (position < Bytes.Length)
        {
            ReadOnlySpan<byte> rest = Bytes.AsSpan(position);
            if (rest[0] is (byte)' ' or (byte)'\t' or (byte)'\r' || (rest[0] == '\n' && acrossLines))
            {
                position++;
            }
            else if (rest.StartsWith("//"u8))
            {
                int end = rest.IndexOf((byte)'\n');
                position += end < 0 ? rest.Length : end;
            }
            else if (rest.StartsWith("/*"u8))
            {
                position += rest[2..].IndexOf("*/"u8) + 4;
            }
            else
            {
                break;
            }
        }

        return position;
    }

    private JsonText Edited(params ReadOnlySpan<(int From, int To, string Text)> edits)
    {
        var bytes = new ArrayBufferWriter<byte>(Bytes.Length + 256);
        int at = 0;
        foreach ((int from, int to, string text) in edits)
        {
            bytes.Write(Bytes.AsSpan(at, from - at));
            Encoding.UTF8.GetBytes(text, bytes);
            at = to;
        }

        bytes.Write(Bytes.AsSpan(at));
        return new JsonText(bytes.WrittenSpan.ToArray(), path);
    }

    private static JsonSpan Value(ref Utf8JsonReader reader, int offset)
    {
        JsonTokenType kind = reader.TokenType;
        int start = offset + (int)reader.TokenStartIndex;
        var members = new List<JsonMember>();
        var items = new List<JsonSpan>();
        string? text = kind == JsonTokenType.String ? reader.GetString() : null;
        if (kind == JsonTokenType.StartObject)
        {
            while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
            {
                (string name, int at) = (reader.GetString()!, offset + (int)reader.TokenStartIndex);
                reader.Read();
                members.Add(new JsonMember(name, at, Value(ref reader, offset)));
            }
        }
        else if (kind == JsonTokenType.StartArray)
        {
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                items.Add(Value(ref reader, offset));
            }
        }

        return new JsonSpan(kind, start, offset + (int)reader.BytesConsumed, text, members, items);
    }
}
