using System.Text.Json;

namespace LocalRecall.Cli.Install;

/// <param name="Event">As the agent names it.</param>
/// <param name="Arguments">Of <c>recall</c>.</param>
internal sealed record HookEntry(string Event, IReadOnlyList<string> Arguments);

/// <summary>How an agent writes its hooks down.</summary>
/// <param name="Nested">Whether handlers are in groups: <c>[{"hooks":[{…}]}]</c>; else a plain list of them.</param>
/// <param name="Typed">Whether a handler says <c>"type":"command"</c>.</param>
/// <param name="ExecForm">Whether the command's arguments are a list of their own, so that no shell is needed.</param>
/// <param name="Timeout">In the agent's unit; null: its own.</param>
/// <param name="Version">What the file's <c>version</c> has to be; null: it has none.</param>
internal sealed record HookStyle(bool Nested, bool Typed, bool ExecForm, int? Timeout = null, int? Version = null);

/// <summary>Our handlers under <c>hooks</c> in a JSON file.</summary>
internal sealed class HooksEdit(string path, HookStyle style, IReadOnlyList<HookEntry> entries) : ConfigEdit
{
    private const string Root = "hooks";
    private const string Verb = "hook";

    public override string What => $"hooks for {string.Join(", ", entries.Select(e => e.Event))}";

    public override byte[] Add(byte[] text, RecallProgram program)
    {
        var json = new JsonText(text, path);
        if (style.Version is { } version && json.Find("version") is null)
        {
            json = json.Put(["version"], w => w.WriteNumberValue(version));
        }

        while (Ours(json).FirstOrDefault(h => entries.All(e => e.Event != h.Event)) is { } stray)
        {
            json = Remove(json, stray);
        }

        foreach (HookEntry entry in entries)
        {
            json = AddOne(json, entry, program);
        }

        return json.Bytes;
    }

    public override byte[] Remove(byte[] text)
    {
        var json = new JsonText(text, path);
        while (Ours(json).FirstOrDefault() is { } handler)
        {
            json = Remove(json, handler);
        }

        return json.Bytes;
    }

    public override IReadOnlyList<string> Programs(byte[] text) => [.. Ours(new JsonText(text, path)).Select(h => RecallProgram.In(Command(h.Value), Verb)!)];

    private JsonText AddOne(JsonText json, HookEntry entry, RecallProgram program)
    {
        while (Ours(json).Where(h => h.Event == entry.Event).Skip(1).FirstOrDefault() is { } second)
        {
            json = Remove(json, second);
        }

        if (Ours(json).FirstOrDefault(h => h.Event == entry.Event) is not { } there)
        {
            return json.Append([Root, entry.Event], w => WriteItem(w, entry, program));
        }

        // What else somebody wrote there, such as another timeout, is theirs.
        string command = style.ExecForm ? program.FileName : program.Line(entry.Arguments);
        if (there.Value.Member("command")!.Text != command)
        {
            json = json.Replace(there.Value.Member("command")!, w => w.WriteStringValue(command));
            there = Ours(json).First(h => h.Event == entry.Event);
        }

        return style.ExecForm && there.Value.Member("args") is { } args && !args.Items.Select(i => i.Text).SequenceEqual(entry.Arguments)
            ? json.Replace(args, w => JsonText.WriteList(w, entry.Arguments))
            : json;
    }

    private void WriteItem(Utf8JsonWriter json, HookEntry entry, RecallProgram program)
    {
        if (style.Nested)
        {
            json.WriteStartObject();
            json.WriteStartArray(Root);
        }

        json.WriteStartObject();
        if (style.Typed)
        {
            json.WriteString("type", "command");
        }

        json.WriteString("command", style.ExecForm ? program.FileName : program.Line(entry.Arguments));
        if (style.ExecForm)
        {
            json.WritePropertyName("args");
            JsonText.WriteList(json, entry.Arguments);
        }

        if (style.Timeout is { } timeout)
        {
            json.WriteNumber("timeout", timeout);
        }

        json.WriteEndObject();
        if (style.Nested)
        {
            json.WriteEndArray();
            json.WriteEndObject();
        }
    }

    private static IReadOnlyList<string> Command(JsonSpan handler) => handler.Member("command")?.Text is not { } command ? []
        : handler.Member("args") is { IsArray: true } args ? [command, .. args.Items.Select(i => i.Text ?? "")]
        : RecallProgram.Words(command);

    /// <summary>Takes out a handler, and with it the group, the event and the whole member that would be left empty.</summary>
    private static JsonText Remove(JsonText json, Handler handler)
    {
        (JsonSpan Container, int Index) target = handler.Way[^1];
        for (int i = handler.Way.Count - 1; i > 0 && handler.Way[i].Container.Elements.Count == 1; i--)
        {
            target = handler.Way[i - 1];
        }

        return json.Remove(target.Container, target.Index);
    }

    private IEnumerable<Handler> Ours(JsonText json)
    {
        if (json.Find(Root) is not { } hooks)
        {
            yield break;
        }

        if (!hooks.IsObject)
        {
            throw json.Unexpected(hooks, Root, "object");
        }

        int root = json.Root.Members.ToList().FindLastIndex(m => m.Name == Root);
        for (int e = 0; e < hooks.Members.Count; e++)
        {
            JsonSpan list = hooks.Members[e].Value;
            for (int g = 0; g < list.Items.Count; g++)
            {
                (JsonSpan, int)[] way = [(json.Root, root), (hooks, e), (list, g)];
                JsonSpan item = list.Items[g];
                IReadOnlyList<JsonSpan> handlers = style.Nested ? item.Member(Root)?.Items ?? [] : [item];
                for (int h = 0; h < handlers.Count; h++)
                {
                    if (RecallProgram.In(Command(handlers[h]), Verb) is not null)
                    {
                        yield return new Handler(hooks.Members[e].Name, handlers[h], style.Nested ? [.. way, (item.Member(Root)!, h)] : way);
                    }
                }
            }
        }
    }

    /// <param name="Way">From the file's root down to the handler: each container, and which of its elements is next.</param>
    private sealed record Handler(string Event, JsonSpan Value, IReadOnlyList<(JsonSpan Container, int Index)> Way);
}
