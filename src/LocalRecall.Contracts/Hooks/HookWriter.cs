using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace LocalRecall.Contracts.Hooks;

/// <summary>Writes what a hook prints, as its agent expects it: one JSON object on one line and nothing that the agent does not know, or nothing.</summary>
public static class HookWriter
{
    // For a pipe, not for a web page.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="ourEvent">As Claude Code names it.</param>
    /// <param name="context">For the agent; empty: nothing is printed.</param>
    public static ReadOnlyMemory<byte> Write(string agent, string ourEvent, string context)
    {
        if (context.Length == 0 || !AgentEvents.Asks(ourEvent))
        {
            return default;
        }

        var buffer = new ArrayBufferWriter<byte>(context.Length * 2);
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            if (agent == AgentEvents.Cursor)
            {
                json.WriteString("additional_context", context);
            }
            else
            {
                json.WriteStartObject("hookSpecificOutput");
                json.WriteString("hookEventName", AgentEvents.NameFor(agent, ourEvent));
                json.WriteString("additionalContext", context);
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        buffer.Write("\n"u8);
        return buffer.WrittenMemory;
    }
}
