using System.Text.Json;
using LocalRecall.Contracts.Hooks;
using LocalRecall.Host.Http;
using Xunit;

namespace LocalRecall.Tests.Host.Http;

public sealed class HookEndpointsTests : HttpTest
{
    private static string Body(string eventName, string prompt = "bananas and ananas", string cwd = "/nowhere") =>
        JsonSerializer.Serialize(new { session_id = Guid.NewGuid(), cwd, hook_event_name = eventName, prompt, last_assistant_message = "Done." });

    /// <summary>Again and again, as a loaded machine may miss the deadline of a prompt.</summary>
    private async Task<HttpAnswer> PromptAsync(string path)
    {
        while (true)
        {
            HttpAnswer answer = await PostAsync(path, Body("UserPromptSubmit"));
            if (answer.Status != 204)
            {
                return answer;
            }
        }
    }

    [Fact]
    public async Task A_prompt_is_answered_in_the_shape_of_its_agent()
    {
        Guid id = Add("Bananas", "Bananas and ananas.").Id;

        HttpAnswer claude = await PromptAsync("/hooks");
        HttpAnswer cursor = await PromptAsync("/hooks?agent=cursor&event=beforeSubmitPrompt");

        Assert.Equal(200, claude.Status);
        Assert.Contains(id.ToString(), (string)claude.Json["hookSpecificOutput"]!["additionalContext"]!);
        Assert.Contains(id.ToString(), (string)cursor.Json["additional_context"]!);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("""{"hook_event_name":"PostToolUse"}""")]
    [InlineData("""{"hook_event_name":"UserPromptSubmit","prompt":"/compact"}""")]
    public async Task Otherwise_there_is_nothing_to_say(string body)
    {
        HttpAnswer answer = await PostAsync("/hooks", body);

        Assert.Equal((204, ""), (answer.Status, answer.Text));
    }

    [Fact]
    public async Task What_is_to_be_recorded_goes_through_the_spool()
    {
        Assert.Equal(204, (await PostAsync("/hooks", Body("Stop"))).Status);

        Assert.True(Directory.Exists(HookSpool.FolderOf(Home)));
        Assert.Equal("Stop", HookTrace.Last(Home, "claude-code")?.Event);
    }

    [Fact]
    public async Task Who_opted_out_leaves_no_trace()
    {
        string folder = Path.Combine(Home, "opted-out");
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, OptOut.FileName), "");

        await PostAsync("/hooks", Body("Stop", cwd: folder));
        await PostAsync("/hooks", Body("Stop"), null, (HookEndpoints.OffHeader, "1"));

        Assert.False(Directory.Exists(HookSpool.FolderOf(Home)));
        Assert.Null(HookTrace.Last(Home, "claude-code"));
    }

    [Fact]
    public async Task Nothing_goes_without_the_token()
    {
        using var stranger = new HttpClient { BaseAddress = Client.BaseAddress };

        Assert.Equal(401, (await PostAsync("/hooks", Body("Stop"), stranger)).Status);
        Assert.False(Directory.Exists(HookSpool.FolderOf(Home)));
    }
}
