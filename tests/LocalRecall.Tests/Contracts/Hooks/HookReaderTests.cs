using System.Text;
using System.Text.Json;
using LocalRecall.Contracts;
using LocalRecall.Contracts.Hooks;
using LocalRecall.Contracts.Messages;
using LocalRecall.Tests.Infrastructure;
using Xunit;

namespace LocalRecall.Tests.Contracts.Hooks;

public sealed class HookReaderTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 22, 10, 0, 0, TimeSpan.Zero);

    private static HookInput? Read(string json, string? eventName = null, string? agent = null, string? folder = null) =>
        HookReader.Read(Encoding.UTF8.GetBytes(json), agent, eventName, folder, At);

    [Fact]
    public void A_prompt_as_Claude_Code_sends_it() =>
        Assert.Equal(
            new HookInput("claude-code", "UserPromptSubmit", "s-1", "user", "/nowhere/x", null, "Fix it.\n\"now\" é🍎", "/t/s-1.jsonl", null, At),
            Read("""
                {"session_id":"s-1","transcript_path":"/t/s-1.jsonl","cwd":"/nowhere/x","permission_mode":"default","prompt_id":7,
                 "hook_event_name":"UserPromptSubmit","source":"user","prompt":"Fix it.\n\"now\" \u00e9\ud83c\udf4e","extra":{"prompt":"not this","deep":[[1]]}}
                """));

    [Fact]
    public void A_stop_carries_the_last_message() =>
        Assert.Equal(
            new HookInput("codex", "Stop", "s", null, "/nowhere", null, null, "/t.jsonl", "Done.", At),
            Read("""{"session_id":"s","transcript_path":"/t.jsonl","cwd":"/nowhere","hook_event_name":"Stop","stop_hook_active":false,"last_assistant_message":"Done."}""", agent: "codex"));

    [Theory]
    [InlineData("SubagentStop", "/t/agent.jsonl")]
    [InlineData("Stop", "/t/session.jsonl")]
    public void The_transcript_of_a_subagent_is_its_own(string eventName, string transcript) =>
        Assert.Equal(transcript, Read("""{"session_id":"s","transcript_path":"/t/session.jsonl","agent_transcript_path":"/t/agent.jsonl"}""", eventName)?.TranscriptPath);

    [Theory]
    [InlineData("""{"conversation_id":"c","hook_event_name":"beforeSubmitPrompt","workspace_roots":["/nowhere/w","/other"],"prompt":"p"}""", "cursor", "UserPromptSubmit")]
    [InlineData("""{"session_id":"c","hook_event_name":"sessionStart","workspace_roots":[{"not":["this"]},"/nowhere/w"]}""", "cursor", "SessionStart")]
    [InlineData("""{"session_id":"c","hook_event_name":"BeforeAgent","cwd":"/nowhere/w","prompt":"p"}""", "gemini", "UserPromptSubmit")]
    [InlineData("""{"session_id":"c","hook_event_name":"AfterAgent","cwd":"/nowhere/w","prompt":"p","prompt_response":"r"}""", "gemini", "Stop")]
    public void Other_agents_are_told_by_their_names_for_events(string json, string agent, string ours)
    {
        HookInput? hook = Read(json);

        Assert.NotNull(hook);
        Assert.Equal((agent, ours, "c", "/nowhere/w"), (hook.Agent, hook.Event, hook.SessionId, hook.Cwd));
    }

    [Fact]
    public void The_calls_event_wins() => Assert.Equal("Stop", Read("""{"session_id":"s","hook_event_name":"SessionStart"}""", "Stop")?.Event);

    [Theory]
    [InlineData("PostToolUse")]
    [InlineData("nonsense")]
    [InlineData("stop ")]
    public void Events_that_do_not_matter_are_nothing(string eventName) => Assert.Null(Read("""{"session_id":"s","prompt":"p"}""", eventName));

    [Fact]
    public void Fields_of_another_type_count_as_missing() =>
        Assert.Equal(
            new HookInput("claude-code", "Stop", "", null, null, null, null, null, null, At),
            Read("""{"session_id":{"a":1},"cwd":7,"source":null,"transcript_path":["x"],"last_assistant_message":true,"prompt":{"session_id":"s"},"workspace_roots":"x"}""", "Stop"));

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"Stop\"")]
    [InlineData("7")]
    [InlineData("not json")]
    [InlineData("\0\0\0")]
    public void What_is_no_object_is_nothing(string json) => Assert.Null(Read(json, "Stop"));

    [Fact]
    public void Of_input_that_breaks_off_counts_what_came()
    {
        const string Whole = """{"session_id":"s","transcript_path":"/t.jsonl","cwd":"/nowhere","last_assistant_message":"Done."}""";

        for (int length = 1; length < Whole.Length; length++)
        {
            HookInput? hook = Read(Whole[..length], "Stop");
            Assert.NotNull(hook);
            Assert.True(hook.LastMessage is null or "Done.");
            Assert.True(hook.SessionId is "" or "s");
        }
    }

    [Fact]
    public void Halves_of_characters_and_bytes_that_are_no_text_are_replaced()
    {
        byte[] json = [.. "{\"session_id\":\"\\ud83d-\\udf4e-\\ud83d\\u0041-"u8, 0xff, 0xc3, .. "\",\"cwd\":\"a\\/b\"}"u8];

        HookInput? hook = HookReader.Read(json, null, "Stop", null, At);

        Assert.Equal("\ufffd-\ufffd-\ufffdA-\ufffd\ufffd", hook?.SessionId);
        Assert.Equal("a/b", hook?.Cwd);
    }

    [Fact]
    public void A_byte_order_mark_is_passed_over() => Assert.Equal("s", Read("\ufeff{\"session_id\":\"s\"}", "Stop")?.SessionId);

    [Fact]
    public void Long_texts_are_cut_so_that_they_fit_a_message()
    {
        string huge = string.Concat(Enumerable.Repeat("界\"\\\n", 30_000));
        string json = JsonSerializer.Serialize(new { session_id = huge, transcript_path = huge, cwd = "/" + huge, source = huge, prompt = huge, last_assistant_message = huge });

        HookInput? hook = Read(json, "Stop", agent: huge);

        Assert.NotNull(hook);
        Assert.True(MessageCodec.SizeOf(new FindContext(new RequestHeader(Guid.NewGuid(), Guid.NewGuid(), At), hook)) <= WireLimits.MaxMessageBytes);
        Assert.InRange(Encoding.UTF8.GetByteCount(hook.Prompt!), HookReader.MaxPromptBytes - 4, HookReader.MaxPromptBytes);
        Assert.InRange(Encoding.UTF8.GetByteCount(hook.LastMessage!), HookReader.MaxMessageBytes - 4, HookReader.MaxMessageBytes);
        Assert.StartsWith(hook.LastMessage!, huge);
    }

    [Fact]
    public void Depth_is_no_danger()
    {
        string deep = new string('[', 3_000_000);

        Assert.Equal("s", Read($$"""{"session_id":"s","tool_input":{{deep}}""", "Stop")?.SessionId);
        Assert.Equal("s", Read($$"""{"session_id":"s","workspace_roots":{{deep}}""", "Stop")?.SessionId);
    }

    [Fact]
    public void Of_fifty_megabytes_the_beginning_counts()
    {
        byte[] json = [.. "{\"session_id\":\"s\",\"prompt\":\""u8, .. Enumerable.Repeat((byte)'a', 50_000_000), .. "\"}"u8];

        HookInput? hook = HookReader.Read(json, null, "UserPromptSubmit", null, At);

        Assert.Equal(("s", null), (hook?.SessionId, hook?.Prompt));
    }

    [Fact]
    public void The_project_is_the_repository_of_where_the_agent_was_started()
    {
        using var folder = new TempFolder();
        string repository = folder["repository"];
        string below = Path.Combine(repository, "src", "deep");
        Directory.CreateDirectory(Path.Combine(repository, ".git"));
        string json = JsonSerializer.Serialize(new { session_id = "s", cwd = below });

        Assert.Equal(repository, Read(json, "Stop")?.Project);
        Assert.Null(Read(json, "Stop", folder: "/nowhere")?.Project);
        Assert.Equal(repository, Read("""{"cwd":"/nowhere"}""", "Stop", folder: below)?.Project);
        Assert.Null(Read("""{"cwd":"relative/path"}""", "Stop")?.Project);
        Assert.Null(Read("""{"cwd":"/a\u0000b"}""", "Stop")?.Project);
    }

    [Theory]
    [InlineData("{}", true)]
    [InlineData(" {\"a\":{\"b\":[1,\"}\"]}} ", true)]
    [InlineData("{\"a\":\"}", false)]
    [InlineData("{\"a\":{}", false)]
    [InlineData("", false)]
    [InlineData("}", false)]
    public void A_whole_object_is_told_from_a_part(string json, bool whole) => Assert.Equal(whole, HookReader.IsWhole(Encoding.UTF8.GetBytes(json)));

    /// <summary>Bytes turned over, cut out and put in at random: never an exception.</summary>
    [Fact]
    public void Nothing_that_comes_does_harm()
    {
        var random = new Random(4);
        byte[] whole = """{"session_id":"s","hook_event_name":"Stop","cwd":"/nowhere","workspace_roots":["a",{"b":1}],"prompt":"a\u00e9\ud83c\udf4e\n","x":[{"y":null}],"last_assistant_message":"m"}"""u8.ToArray();
        for (int i = 0; i < 20_000; i++)
        {
            List<byte> bytes = [.. whole];
            for (int edits = random.Next(1, 6); edits > 0 && bytes.Count > 0; edits--)
            {
                int at = random.Next(bytes.Count);
                switch (random.Next(4))
                {
                    case 0:
                        bytes[at] = (byte)random.Next(256);
                        break;
                    case 1:
                        bytes.RemoveRange(at, random.Next(bytes.Count - at));
                        break;
                    case 2:
                        bytes.Insert(at, (byte)"{}[]\"\\,:u\0"[random.Next(10)]);
                        break;
                    default:
                        bytes.RemoveAt(at);
                        break;
                }
            }

            HookInput? hook = HookReader.Read([.. bytes], null, "Stop", null, At);
            if (hook is not null)
            {
                var found = new FindContext(new RequestHeader(Guid.NewGuid(), Guid.NewGuid(), At), hook);
                Assert.True(MessageCodec.SizeOf(found) > 0);
            }
        }
    }
}
