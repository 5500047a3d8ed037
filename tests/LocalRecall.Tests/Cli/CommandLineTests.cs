using LocalRecall.Cli;
using LocalRecall.Contracts;
using LocalRecall.Contracts.Hooks;
using LocalRecall.Contracts.Messages;
using LocalRecall.Tests.Client;
using Xunit;

namespace LocalRecall.Tests.Cli;

/// <summary>Whole command lines, against a host played by the test.</summary>
public sealed class CommandLineTests : IDisposable
{
    private readonly ScriptedHost host = new();
    private readonly TemporaryHome home = new();
    private readonly StringWriter output = new();
    private readonly StringWriter error = new();
    private string input = "";

    public CommandLineTests() => EndpointFile.Write(home.Path, host.Endpoint());

    public void Dispose()
    {
        host.Dispose();
        home.Dispose();
    }

    [Fact]
    public async Task Search_passes_every_option_on()
    {
        Search search = await AskedAsync<Search>(
            ["search", "what", "is", "-n", "3", "--max-tokens", "99", "--kind", "thinking", "-k", "document", "--scope", "file:a.cs", "--project", home.Path, "--since", "2026-01-01T00:00Z", "--until", "2026-02-01T00:00Z"],
            r => new SearchResults(r.Header.RequestId, [], 0, 0, null, new(0, 0, 0)), ExitCode.NothingFound);
        Assert.Equal(("what is", 3, 99), (search.Query, search.Limit, search.MaxTokens));
        Assert.Equal(["thinking", "document"], search.Filter.Kinds);
        Assert.Equal(("file:a.cs", home.Path), (search.Filter.Scope, search.Filter.Project));
        Assert.Equal((new DateTime(2026, 1, 1), new DateTime(2026, 2, 1)), (search.Filter.Since!.Value.UtcDateTime, search.Filter.Until!.Value.UtcDateTime));
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData(0.0, false, "--all")]
    [InlineData(0.25, true, "--min-confidence", "0.25", "--explain")]
    public async Task Search_says_how_sure_it_must_be_and_whether_to_explain(double? minConfidence, bool explain, params string[] options)
    {
        Search search = await AskedAsync<Search>(
            ["search", "x", .. options], r => new SearchResults(r.Header.RequestId, [], 0, 0, null, new(0, 0, 0), BelowFloor: 2), ExitCode.NothingFound);
        Assert.Equal((minConfidence, explain), (search.MinConfidence, search.Explain));
        Assert.StartsWith("Nothing fits. 2 weaker memories", output.ToString());
    }

    [Fact]
    public async Task Search_asks_for_the_project_around_the_current_folder_unless_told()
    {
        Search search = await AskedAsync<Search>(["search", "x", "--json"], r => Samples.Results with { RequestId = r.Header.RequestId }, ExitCode.Ok);
        Assert.Equal(ProjectRoot.Of(Environment.CurrentDirectory), search.Filter.Project);
        Assert.StartsWith("{\"results\":[{", output.ToString());
        Assert.Null((await AskedAsync<Search>(["search", "x", "--any-project"], r => Samples.Results with { RequestId = r.Header.RequestId }, ExitCode.Ok)).Filter.Project);
    }

    [Fact]
    public async Task A_query_may_look_like_syntax()
    {
        Search search = await AskedAsync<Search>(["search", "--any-project", "--", "@file", "--json", "[x]"], r => Samples.Results with { RequestId = r.Header.RequestId }, ExitCode.Ok);
        Assert.Equal("@file --json [x]", search.Query);
    }

    [Fact]
    public async Task Add_reads_standard_input_and_makes_a_subject()
    {
        input = "\n## Frames are little-endian\nThe length comes first.\n";
        AddMemory add = await AskedAsync<AddMemory>(
            ["add", "-", "-w", "wire", "-w", "frames", "--scope", "area:wire", "--at", "2026-11-21T22:00Z"],
            r => new MemoryAdded(r.Header.RequestId, Guid.Empty, false, true), ExitCode.Ok);
        Assert.Equal(("episodic", "Frames are little-endian", "area:wire"), (add.Kind, add.Subject, add.AppliesTo));
        Assert.Equal("\n## Frames are little-endian\nThe length comes first.", add.Content);
        Assert.Equal(["wire", "frames"], add.Keywords);
        Assert.Equal(new DateTime(2026, 11, 21, 22, 0, 0), add.OccurredAt!.Value.UtcDateTime);
        Assert.Equal("00000000-0000-0000-0000-000000000000 kept; found by keywords now, by meaning once the model is back\n", output.ToString());
    }

    [Fact]
    public async Task Update_sends_what_is_given_and_nothing_else()
    {
        var id = new Guid("0b7c2f0e-5a1d-4c57-9a6e-1f2d3c4b5a69");
        input = "From standard input.\n";
        UpdateMemory update = await AskedAsync<UpdateMemory>(
            ["update", id.ToString(), "--content", "-", "-w", "wire", "-w", "frames", "--json"], r => new MemoryUpdated(r.Header.RequestId, id, false), ExitCode.Ok);
        Assert.Equal((id, null, null, "From standard input."), (update.Id, update.Subject, update.AppliesTo, update.Content));
        Assert.Equal(["wire", "frames"], update.Keywords);
        Assert.Equal($$"""{"id":"{{id}}","embeddingPending":false}""" + "\n", output.ToString());

        update = await AskedAsync<UpdateMemory>(["update", id.ToString(), "--subject", "S", "--applies-to", "area:x"], r => new MemoryUpdated(r.Header.RequestId, id, true), ExitCode.Ok);
        Assert.Equal(("S", "area:x", null, null), (update.Subject, update.AppliesTo, update.Keywords, update.Content));
    }

    [Fact]
    public async Task Redact_says_what_it_found_and_what_it_left()
    {
        var id = new Guid("0b7c2f0e-5a1d-4c57-9a6e-1f2d3c4b5a69");
        RedactStored redact = await AskedAsync<RedactStored>(
            ["redact", "--scan", "--dry-run", "--json"],
            r => new StoredRedacted(r.Header.RequestId, 7, 1, [new SecretFinding(id, "S", "/a.md", ["password", "jwt"], true)]), ExitCode.Ok);
        Assert.True(redact.DryRun);
        Assert.Equal(
            """{"dryRun":true,"memories":7,"changed":1,"findings":[{"id":"0b7c2f0e-5a1d-4c57-9a6e-1f2d3c4b5a69","subject":"S","kinds":["password","jwt"],"path":"/a.md","fileKept":true}]}""" + "\n",
            output.ToString());

        output.GetStringBuilder().Clear();
        redact = await AskedAsync<RedactStored>(
            ["redact"], r => new StoredRedacted(r.Header.RequestId, 7, 1, [new SecretFinding(id, "S", "/a.md", ["password"], true)]), ExitCode.Ok);
        Assert.False(redact.DryRun);
        Assert.Equal(
            $"{id}  password  S\n  still in /a.md: it is not ours to change\n1 of 7 memories held a secret; it is gone from the index and from our files\n", output.ToString());
    }

    [Fact]
    public async Task Model_list_marks_the_one_in_force()
    {
        await AskedAsync<ListModels>(
            ["model", "list"],
            r => new ModelList(
                r.Header.RequestId,
                [
                    new ModelEntry("a@1", "a", 384, 55 << 20, true, "in-force", 7), new ModelEntry("other@2", "other", 96, 1 << 20, false, "building", 3),
                    new ModelEntry("old@1", "", 0, 0, false, "", 2),
                ],
                8, ["/m/x.json is not used: bad"], new ModelAdvice("other", 2.44)),
            ExitCode.Ok);
        Assert.Equal(
            "* a       in force  7 vectors  384 dimensions, 55.0 MB  a@1\n"
            + "  other   begun     3 vectors  96 dimensions, 1.0 MB, not fetched  other@2\n"
            + "  (gone)            2 vectors  no manifest  old@1\n8 chunks are stored\n/m/x.json is not used: bad\nother is 2.4 times as fast on this machine: recall model use other\n",
            output.ToString());
    }

    [Theory]
    [InlineData(true, true, "b is the better one on this machine: recall model use b")]
    [InlineData(true, false, "b is not better on this machine")]
    [InlineData(false, false, "b is not better on this machine: the evaluation has not shown that nothing is lost")]
    public async Task A_check_of_the_models_says_what_it_found(bool approved, bool better, string verdict)
    {
        await AskedAsync<CheckModels>(
            ["model", "check"], r => new ModelsChecked(r.Header.RequestId, "a@1", "b@1", "b", 72, 8.1, 3.04, 2.66, 276, 0.9951, approved, better), ExitCode.Ok);
        Assert.Equal(
            $"a@1  8.10 ms a text\nb@1  3.04 ms a text, 2.7 times as fast (median of 72 texts by turns)\nrank correlation of their cosines 0.9951 (276 pairs)\n{verdict}\n",
            output.ToString());
    }

    [Theory]
    [InlineData(false, true, 0, "b@1 is in force, 5 chunks were embedded in 1.5 s; recall model rollback goes back to a@1\n", "model", "use", "b")]
    [InlineData(false, true, 3, "b@1 is in force, 5 chunks were embedded in 1.5 s; recall model rollback goes back to a@1\n3 chunks are as long as this model reads or longer; what lies behind is found by keywords only\n", "model", "use", "b")]
    [InlineData(false, false, 0, "b@1 is in force already\n", "model", "use", "b")]
    [InlineData(true, false, 0, "5 of 9 chunks would be embedded with b@1; until then a@1 stays in force\n", "model", "use", "b", "--dry-run")]
    [InlineData(false, true, 0, "b@1 is in force again; 5 of 9 chunks are found by keywords now, by meaning once they have a vector of it\n", "model", "rollback")]
    [InlineData(true, false, 0, "b@1 would be in force at once; 5 of 9 chunks would get a vector of it afterwards\n", "model", "rollback", "--dry-run")]
    public async Task A_change_of_models_says_what_it_did(bool dryRun, bool switched, long cut, string said, params string[] args)
    {
        UseModel use = await AskedAsync<UseModel>(args, r => new ModelUsed(r.Header.RequestId, "b@1", "a@1", 9, 5, 5, cut, switched, 1500), ExitCode.Ok);
        Assert.Equal((args[1] == "rollback" ? "" : "b", args[1] == "rollback", dryRun), (use.Name, use.Rollback, use.DryRun));
        Assert.Equal(said, output.ToString());
    }

    [Fact]
    public async Task Embed_reads_one_text_a_line()
    {
        input = "one\ntwo\n";
        EmbedTexts embed = await AskedAsync<EmbedTexts>(
            ["embed", "-", "--query", "--json"], r => new TextsEmbedded(r.Header.RequestId, "m", 1, new byte[8], 2), ExitCode.Ok);
        Assert.Equal(["one", "two"], embed.Texts);
        Assert.True(embed.IsQuery);
    }

    [Fact]
    public async Task Import_sends_absolute_paths_and_fails_in_part_when_files_did()
    {
        Directory.CreateDirectory(Path.Combine(home.Path, ".git"));
        ImportPaths import = await AskedAsync<ImportPaths>(
            ["import", Path.Combine(home.Path, "x", ".."), "--watch"],
            r => new ImportFinished(r.Header.RequestId, new ImportCounts(2, 2, 1, 0, 0, 0, 1, 5), [new FileFault("/a", "bad")], 1500), ExitCode.Incomplete);
        Assert.Equal([home.Path], import.Paths);
        Assert.Equal((home.Path, true), (import.Project, import.Watch));
        Assert.Equal("2 files in 1.5 s: 1 memories stored, 0 files unchanged, 0 duplicates, 0 removed, 1 failed, 5 chunks\nfault   /a: bad\n", output.ToString());
    }

    [Fact]
    public async Task Unwatch_needs_no_file_there()
    {
        StopWatching stop = await AskedAsync<StopWatching>(
            ["import", "--unwatch", "/gone"], r => new WatchingStopped(r.Header.RequestId, r.Paths), ExitCode.Ok);
        Assert.Equal([Path.GetFullPath("/gone")], stop.Paths);
    }

    [Fact]
    public async Task Import_of_transcripts_leaves_an_entry_for_each_and_tells_the_host()
    {
        Directory.CreateDirectory(Path.Combine(home.Path, "projects", "-p", "s1", "subagents"));
        string[] sessions = [.. new[] { "-p/s1.jsonl", "-p/s1/subagents/agent-a1.jsonl", "-p/s2.jsonl" }.Select(name => Path.Combine(home.Path, "projects", name))];
        foreach (string name in (string[])[.. sessions, Path.Combine(home.Path, "projects", "notes.txt"), Path.Combine(home.Path, "projects", "-p", "agent-acompact-1.jsonl")])
        {
            File.WriteAllText(name, "{}\n");
        }

        await AskedAsync<NoteSpool>(["import", "--transcripts", Path.Combine(home.Path, "projects")], r => new SpoolNoted(r.Header.RequestId), ExitCode.Ok);

        Assert.Equal("3 transcripts; the host reads them now, in the background\n", output.ToString());
        Assert.Equal(sessions.Order(), HookSpool.List(home.Path).Select(file => HookSpool.Read(file)!.TranscriptPath).Order());
    }

    [Fact]
    public async Task Get_of_an_unknown_memory_is_nothing_found()
    {
        await AskedAsync<GetMemory>(["get", Guid.Empty.ToString(), "--json"], r => new Failure(r.Header.RequestId, FailureCode.NotFound, "none"), ExitCode.NothingFound);
        Assert.Equal("""{"error":{"code":"not-found","message":"none"}}""" + "\n", output.ToString());
    }

    [Fact]
    public async Task List_stops_at_its_limit()
    {
        ListMemories list = await AskedAsync<ListMemories>(
            ["list", "-n", "1", "--any-project"], r => new MemoryPage(r.Header.RequestId, [Samples.Results.Hits[0].Summary], 9, "more"), ExitCode.Ok);
        Assert.Equal(1, list.Limit);
        Assert.Equal("0b7c2f0e-5a1d-4c57-9a6e-1f2d3c4b5a69  2026-11-21  episodic  Über �[31mframes\n1 of 9 memories\n", output.ToString());
    }

    [Theory]
    [InlineData("search")]
    [InlineData("bogus")]
    [InlineData("search", "x", "--limit", "0")]
    [InlineData("search", "x", "--limit", "abc")]
    [InlineData("search", "x", "--limit", "101")]
    [InlineData("search", "x", "--kind", "bogus")]
    [InlineData("search", "x", "--since", "bogus")]
    [InlineData("search", "x", "--timeout", "-1")]
    [InlineData("get", "1")]
    [InlineData("update", "0b7c2f0e-5a1d-4c57-9a6e-1f2d3c4b5a69")]
    [InlineData("update", "--subject", "x")]
    [InlineData("import", "/nowhere/at/all")]
    [InlineData("import", "/", "--watch", "--unwatch")]
    [InlineData("import")]
    [InlineData("import", "--transcripts", "--watch")]
    public async Task Wrong_usage_is_told_on_standard_error(params string[] args)
    {
        Assert.Equal((int)ExitCode.Usage, await RunAsync(args));
        Assert.StartsWith("recall: ", error.ToString());
        Assert.Empty(output.ToString());
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("search", "--help")]
    [InlineData("host", "run", "--help")]
    public async Task Help_is_there(params string[] args)
    {
        Assert.Equal(0, await RunAsync(args));
        Assert.Contains("Usage:", output.ToString());
    }

    [Fact]
    public async Task Top_looks_as_often_as_it_is_told_over_one_connection()
    {
        Task<int> running = RunAsync(["top", "--count", "2", "--interval", "0.1", "--json"]);
        ScriptedHost.Peer peer = await host.WelcomeAsync(Guid.NewGuid());
        for (int i = 0; i < 2; i++)
        {
            GetStatus request = await peer.ReceiveAsync<GetStatus>();
            await peer.SendAsync(Samples.Status with { RequestId = request.Header.RequestId, Clients = 7 + i });
        }

        Assert.Equal(0, await running);
        string[] looks = output.ToString().TrimEnd('\n').Split('\n');
        Assert.Equal(2, looks.Length);
        Assert.Contains("\"clients\":7", looks[0]);
        Assert.Contains("\"clients\":8", looks[1]);
    }

    [Fact]
    public async Task Top_without_a_host_starts_none_says_so_each_time_and_fails_at_the_end_of_its_count()
    {
        host.Dispose();

        Assert.Equal((int)ExitCode.HostUnavailable, await RunAsync(["top", "--count", "2", "--interval", "0.1"]));

        string[] looks = output.ToString().TrimEnd('\n').Split('\n');
        Assert.Equal(2, looks.Length);
        Assert.All(looks, look => Assert.EndsWith($"No host is running for {home.Path}. Trying again.", look));
    }

    [Fact]
    public async Task Top_goes_on_with_the_next_host()
    {
        Task<int> running = RunAsync(["top", "--count", "3", "--interval", "0.1", "--json"]);
        for (int i = 0; i < 3; i++)
        {
            ScriptedHost.Peer peer = await host.WelcomeAsync(Guid.NewGuid());
            GetStatus request = await peer.ReceiveAsync<GetStatus>();
            await peer.SendAsync(Samples.Status with { RequestId = request.Header.RequestId });
            peer.Dispose();
        }

        Assert.Equal(0, await running);
        Assert.Equal(3, output.ToString().Split("\"running\":true").Length - 1);
    }

    [Theory]
    [InlineData("--interval", "0")]
    [InlineData("--interval", "0.01")]
    [InlineData("--count", "0")]
    [InlineData("--count", "x")]
    public async Task Top_takes_sensible_numbers_only(string option, string value) =>
        Assert.Equal((int)ExitCode.Usage, await RunAsync(["top", option, value]));

    [Theory]
    [InlineData("status")]
    [InlineData("host stop")]
    public async Task Some_verbs_start_no_host(string verb)
    {
        host.Dispose();
        Assert.Equal((int)(verb == "status" ? ExitCode.HostUnavailable : ExitCode.Ok), await RunAsync(verb.Split(' ')));
        Assert.Contains("No host is running", verb == "status" ? error.ToString() : output.ToString());
    }

    private Task<int> RunAsync(string[] args) => CommandLine.RunAsync(
        new Shell(output, error, () => new StringReader(input), Colour: false, ErrorIsTerminal: false, home.Path), args);

    /// <summary>Runs a command line, answers its one request, and hands that back.</summary>
    private async Task<T> AskedAsync<T>(string[] args, Func<T, IReply> answer, ExitCode expected) where T : IRequest
    {
        Task<int> running = RunAsync(args);
        ScriptedHost.Peer peer = await host.WelcomeAsync(Guid.NewGuid());
        T request = await peer.ReceiveAsync<T>();
        await peer.SendAsync(answer(request));
        Assert.Equal((int)expected, await running);
        return request;
    }
}
