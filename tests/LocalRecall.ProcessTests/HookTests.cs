using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using LocalRecall.Contracts;
using LocalRecall.Contracts.Hooks;
using LocalRecall.ProcessTests.Processes;
using Xunit;

namespace LocalRecall.ProcessTests;

/// <summary>What agents run at every prompt: whatever happens, exit code 0, one JSON object or nothing, no word on standard error, no file in the working directory.</summary>
public sealed class HookTests : ProcessTest
{
    private const int SigStop = 19;
    private const string Prompt = "which rice goes into a risotto?";

    /// <summary>This build's <c>recall</c> is compiled as it runs, beside much else: the standard deadline is for the native one.</summary>
    private void AllowTime() => Home.Variables["LOCALRECALL_HOOK_DEADLINE_MS"] = "60000";

    private string Folder => Home.Beside("");

    private string Input(string session, string? prompt = null, string? lastMessage = null) =>
        JsonSerializer.Serialize(new { session_id = session, cwd = Folder, prompt, last_assistant_message = lastMessage });

    private async Task<RecallResult> HookAsync(string input, params string[] arguments)
    {
        RecallProcess hook = Home.StartRecall(["hook", .. arguments]);
        try
        {
            await hook.WriteAsync(input);
        }
        catch (IOException)
        {
            // Its time was up before it had read everything.
        }

        RecallResult result = await hook.EndedAsync();
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        return result;
    }

    private async Task NothingAsync(string input, params string[] arguments) => Assert.Equal("", (await HookAsync(input, arguments)).Output);

    private static string ContextOf(RecallResult result) => result.Json["hookSpecificOutput"]!["additionalContext"]!.GetValue<string>();

    /// <summary>Asks under ever new sessions, as a host that has just started may miss the deadline.</summary>
    private async Task<string> ContextInTimeAsync()
    {
        string context = "";
        await UntilAsync(async () =>
        {
            RecallResult result = await HookAsync(Input(Guid.NewGuid().ToString(), Prompt), "UserPromptSubmit");
            context = result.Output.Length > 0 ? ContextOf(result) : "";
            return context.Length > 0;
        }, "a memory comes with the prompt");
        return context;
    }

    [Fact]
    public async Task A_prompt_is_answered_once_the_host_that_it_started_is_there()
    {
        AllowTime();
        await NothingAsync(Input("first", Prompt), "UserPromptSubmit");
        await UntilAsync(() => Task.FromResult(Home.Endpoint is not null), "the hook has started a host");
        await Home.RecallAsync("add", "Risotto", "A risotto needs rice with much starch, such as Arborio.", "--keyword", "rice", "--any-project");

        Assert.Contains("Arborio", await ContextInTimeAsync());
        await UntilAsync(async () => (await HookAsync(Input("start"), "SessionStart")).Output.Contains("Risotto", StringComparison.Ordinal), "a session begins with it");
        await NothingAsync(Input("x", "ok, go on"), "UserPromptSubmit");
        Assert.Single(Home.HostIds());
    }

    [Fact]
    public async Task What_is_to_be_recorded_is_kept_without_a_host()
    {
        AllowTime();
        string nowhere = Home.Beside("nowhere");
        Home.HostProgram = nowhere;

        await NothingAsync(Input("s", lastMessage: "Done."), "Stop", "--agent", "codex");
        await NothingAsync(Input("s"), "SessionEnd");

        Assert.Equal(["Stop", "SessionEnd"], HookSpool.List(Home.Home).Select(path => HookSpool.Read(path)!.Event));
        Assert.Equal("Done.", HookSpool.Read(HookSpool.List(Home.Home)[0])!.LastMessage);
    }

    [Fact]
    public async Task Who_opted_out_leaves_no_trace()
    {
        AllowTime();
        Home.HostProgram = Home.Beside("nowhere");
        await File.WriteAllTextAsync(Home.Beside(OptOut.FileName), "");

        await NothingAsync(Input("s", lastMessage: "Done."), "Stop");

        Assert.False(Directory.Exists(Home.Home));
    }

    [Fact]
    public async Task Whatever_comes_an_agent_is_not_disturbed()
    {
        Home.HostProgram = Home.Beside("nowhere");
        string[] inputs =
        [
            "", "null", "[]", "7", "{", "}", "\"", "\0\u0001\ufffd", "{\"session_id\":", Input("s", Prompt)[..40], new string('[', 1_000_000),
            $"{{\"session_id\":{new string('[', 100_000)}", $"{{\"prompt\":\"{new string('x', 50_000_000)}\"}}",
        ];
        foreach (string input in inputs)
        {
            await NothingAsync(input, "UserPromptSubmit");
        }

        await NothingAsync(Input("s", Prompt));
        await NothingAsync(Input("s", Prompt), "nonsense", "--what", "--agent");
        await NothingAsync(Input("s", Prompt), "--agent", "cursor", "UserPromptSubmit", "more", "and more");
        Assert.Empty(Directory.EnumerateFileSystemEntries(Folder));

        RecallProcess waiting = Home.StartRecall("hook", "UserPromptSubmit");
        Assert.Equal(new RecallResult(0, "", ""), await waiting.EndedAsync()); // its input never ends
    }

    [Fact]
    public async Task A_host_that_is_none_costs_no_more_than_the_deadline()
    {
        Home.HostProgram = Home.Beside("nowhere");
        HomeFolder.Create(Home.Home);
        string endpoint = Path.Combine(Home.Home, EndpointFile.Name);
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        int port = ((IPEndPoint)silent.LocalEndpoint).Port;

        string At(int number) => new JsonObject
        {
            ["address"] = $"akka.tcp://localrecall@127.0.0.1:{number}", ["system"] = "localrecall", ["token"] = "t", ["pid"] = 1, ["version"] = "0.1.0", ["protocolVersion"] = 1,
        }.ToJsonString();

        foreach (string content in (string[])["", "{", "\0\0\0", "{\"address\":\"\"}", At(1), At(port), At(port).Replace("127.0.0.1", "no such place")])
        {
            await File.WriteAllTextAsync(endpoint, content, Encoding.UTF8);
            await NothingAsync(Input("s", Prompt), "UserPromptSubmit");
            await NothingAsync(Input("s"), "Stop");
        }

        Directory.Delete(Home.Home, recursive: true);
        await File.WriteAllTextAsync(Home.Home, "no folder");
        await NothingAsync(Input("s", Prompt), "UserPromptSubmit");
        await NothingAsync(Input("s"), "Stop");
        File.Delete(Home.Home);
    }

    [LinuxFact]
    public async Task A_host_that_hangs_or_was_killed_costs_no_more_than_the_deadline()
    {
        HostRun host = await Home.StartHostAsync();
        host.Terminate(SigStop);
        await NothingAsync(Input("s", Prompt), "UserPromptSubmit");
        await NothingAsync(Input("s"), "Stop");
        Assert.Equal([host.Id], Home.HostIds());

        await host.KillAsync();
        AllowTime();
        await NothingAsync(Input("s", Prompt), "UserPromptSubmit");
        await UntilAsync(() => Task.FromResult(Home.HostIds() is [var id] && id != host.Id), "the hook has started another host");
        await UntilAsync(() => Task.FromResult(HookSpool.List(Home.Home).Count == 0), "the host has read what the hook left");
    }
}
