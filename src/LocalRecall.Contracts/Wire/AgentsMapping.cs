using LocalRecall.Contracts.Messages;

namespace LocalRecall.Contracts.Wire;

internal static class AgentsMapping
{
    public static FindContextV1 ToWire(FindContext m) => new() { Header = m.Header.ToWire(), Hook = ToWire(m.Hook) };

    public static FindContext FromWire(FindContextV1 w) => new(w.Header.ToHeader(), FromWire(w.Hook.Required("hook")));

    public static ContextFoundV1 ToWire(ContextFound m) => new() { RequestId = m.RequestId.ToWire(), Context = m.Context };

    public static ContextFound FromWire(ContextFoundV1 w) => new(w.RequestId.ToGuid(), w.Context);

    public static NoteSpoolV1 ToWire(NoteSpool m) => new() { Header = m.Header.ToWire() };

    public static NoteSpool FromWire(NoteSpoolV1 w) => new(w.Header.ToHeader());

    public static SpoolNotedV1 ToWire(SpoolNoted m) => new() { RequestId = m.RequestId.ToWire() };

    public static SpoolNoted FromWire(SpoolNotedV1 w) => new(w.RequestId.ToGuid());

    public static McpLineV1 ToWire(McpLine m)
    {
        var w = new McpLineV1 { Header = m.Header.ToWire(), Session = m.Session.ToWire(), Opening = m.Opening, Json = m.Json };
        if (m.Project is { } project)
        {
            w.Project = project;
        }

        return w;
    }

    public static McpLine FromWire(McpLineV1 w) => new(w.Header.ToHeader(), w.Session.ToGuid(), w.Opening, w.HasProject ? w.Project : null, w.Json);

    public static McpAnsweredV1 ToWire(McpAnswered m) => new() { RequestId = m.RequestId.ToWire(), Json = m.Json };

    public static McpAnswered FromWire(McpAnsweredV1 w) => new(w.RequestId.ToGuid(), w.Json);

    private static Hook ToWire(HookInput m)
    {
        var w = new Hook { Agent = m.Agent, Event = m.Event, SessionId = m.SessionId, AtTicks = m.At.ToWire() };
        if (m.Source is { } source)
        {
            w.Source = source;
        }

        if (m.Cwd is { } cwd)
        {
            w.Cwd = cwd;
        }

        if (m.Project is { } project)
        {
            w.Project = project;
        }

        if (m.Prompt is { } prompt)
        {
            w.Prompt = prompt;
        }

        if (m.TranscriptPath is { } transcriptPath)
        {
            w.TranscriptPath = transcriptPath;
        }

        if (m.LastMessage is { } lastMessage)
        {
            w.LastMessage = lastMessage;
        }

        return w;
    }

    private static HookInput FromWire(Hook w) => new(
        w.Agent, w.Event, w.SessionId, w.HasSource ? w.Source : null, w.HasCwd ? w.Cwd : null, w.HasProject ? w.Project : null,
        w.HasPrompt ? w.Prompt : null, w.HasTranscriptPath ? w.TranscriptPath : null, w.HasLastMessage ? w.LastMessage : null, w.AtTicks.ToTime());
}
