using System.Diagnostics;
using LocalRecall.Client;
using LocalRecall.Contracts;
using LocalRecall.Contracts.Messages;
using Xunit;

namespace LocalRecall.Tests.Client;

public sealed class RecallClientTests : IDisposable
{
    private static readonly Guid Ticket = Guid.NewGuid();
    private readonly ScriptedHost host = new();
    private readonly TemporaryHome home = new();

    public RecallClientTests() => EndpointFile.Write(home.Path, host.Endpoint());

    public void Dispose()
    {
        host.Dispose();
        home.Dispose();
    }

    [Fact]
    public async Task Says_hello_with_the_token_and_asks_with_the_ticket()
    {
        Task<RecallClient> connecting = RecallClient.ConnectAsync(Options());
        ScriptedHost.Peer peer = await host.AcceptAsync();
        await peer.AssociateAsync();
        Hello hello = await peer.ReceiveAsync<Hello>();
        Assert.Equal(("secret", WireLimits.ProtocolVersion, "test"), (hello.Token, hello.ProtocolVersion, hello.ClientName));
        await peer.SendAsync(new Welcome(hello.RequestId, Ticket, WireLimits.ProtocolVersion, "0.1.0"));
        await using RecallClient client = await connecting;

        Task<SearchResults> searching = client.SearchAsync("why", limit: 3, maxTokens: 500);
        Search search = await peer.ReceiveAsync<Search>();
        Assert.Equal((Ticket, "why", 3, 500), (search.Header.Ticket, search.Query, search.Limit, search.MaxTokens));
        await peer.SendAsync(Found(search, total: 7));
        Assert.Equal(7, (await searching).Total);
    }

    [Fact]
    public async Task A_refusal_is_a_typed_exception()
    {
        var (client, peer) = await ConnectedAsync();
        Task<SearchResults> searching = client.SearchAsync("");
        Search search = await peer.ReceiveAsync<Search>();
        await peer.SendAsync(new Failure(search.Header.RequestId, FailureCode.BadRequest, "empty"));
        var refusal = await Assert.ThrowsAsync<RecallException>(() => searching);
        Assert.Equal((FailureCode.BadRequest, "empty"), (refusal.Code, refusal.Message));
    }

    [Fact]
    public async Task Busy_is_asked_again_under_the_same_id()
    {
        var (client, peer) = await ConnectedAsync();
        Task<SearchResults> searching = client.SearchAsync("why");
        Search first = await peer.ReceiveAsync<Search>();
        await peer.SendAsync(new Failure(first.Header.RequestId, FailureCode.Busy, "queue full", RetryAfterMs: 1));
        Search again = await peer.ReceiveAsync<Search>();
        Assert.Equal(first.Header, again.Header);
        await peer.SendAsync(Found(again, total: 1));
        Assert.Equal(1, (await searching).Total);
    }

    [Fact]
    public async Task Another_host_is_asked_under_the_same_id_when_the_first_dies()
    {
        var (client, peer) = await ConnectedAsync();
        Task<SearchResults> searching = client.SearchAsync("why");
        Search first = await peer.ReceiveAsync<Search>();

        using var successor = new ScriptedHost();
        EndpointFile.Write(home.Path, successor.Endpoint());
        peer.Dispose();
        var newTicket = Guid.NewGuid();
        ScriptedHost.Peer next = await successor.WelcomeAsync(newTicket);
        Search again = await next.ReceiveAsync<Search>();
        Assert.Equal(first.Header with { Ticket = newTicket }, again.Header);
        await next.SendAsync(Found(again, total: 2));
        Assert.Equal(2, (await searching).Total);
    }

    [Theory]
    [InlineData(FailureCode.Stopping)]
    [InlineData(FailureCode.Unauthorized)]
    public async Task A_host_that_no_longer_knows_us_gets_a_new_hello(FailureCode code)
    {
        var (client, peer) = await ConnectedAsync();
        Task<SearchResults> searching = client.SearchAsync("why");
        await peer.SendAsync(new Failure((await peer.ReceiveAsync<Search>()).Header.RequestId, code, "who?"));
        ScriptedHost.Peer next = await host.WelcomeAsync(Guid.NewGuid());
        await next.SendAsync(Found(await next.ReceiveAsync<Search>(), total: 3));
        Assert.Equal(3, (await searching).Total);
    }

    [Fact]
    public async Task Concurrent_calls_share_the_connection()
    {
        var (client, peer) = await ConnectedAsync();
        Task<SearchResults>[] searching = [.. Enumerable.Range(0, 20).Select(i => client.SearchAsync($"{i}"))];
        var asked = new List<Search>();
        foreach (var _ in searching)
        {
            asked.Add(await peer.ReceiveAsync<Search>());
        }

        foreach (Search search in asked.OrderByDescending(s => s.Query))
        {
            await peer.SendAsync(Found(search, total: int.Parse(search.Query)));
        }

        Assert.Equal(Enumerable.Range(0, 20), (await Task.WhenAll(searching)).Select(r => r.Total));
    }

    [Fact]
    public async Task Another_protocol_version_is_told_at_once()
    {
        Task<RecallClient> connecting = RecallClient.ConnectAsync(Options());
        ScriptedHost.Peer peer = await host.AcceptAsync();
        await peer.AssociateAsync();
        await peer.SendAsync(new Failure((await peer.ReceiveAsync<Hello>()).RequestId, FailureCode.UnsupportedVersion, "upgrade the client"));
        Assert.Equal(FailureCode.UnsupportedVersion, (await Assert.ThrowsAsync<RecallException>(() => connecting)).Code);
    }

    [Fact]
    public async Task No_answer_by_the_deadline_is_expired()
    {
        var (client, _) = await ConnectedAsync();
        var late = await Assert.ThrowsAsync<RecallException>(() => client.SearchAsync("why", timeout: TimeSpan.FromMilliseconds(1)));
        Assert.Equal(FailureCode.Expired, late.Code);
    }

    [Fact]
    public async Task The_callers_own_cancellation_stays_one()
    {
        var (client, peer) = await ConnectedAsync();
        using var cancellation = new CancellationTokenSource();
        Task<SearchResults> searching = client.SearchAsync("why", cancellation: cancellation.Token);
        await peer.ReceiveAsync<Search>();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => searching);
    }

    [Fact]
    public async Task A_host_is_told_when_the_caller_cancels()
    {
        var (client, peer) = await ConnectedAsync();
        using var cancellation = new CancellationTokenSource();
        Task<SearchResults> searching = client.SearchAsync("why", cancellation: cancellation.Token);
        Search search = await peer.ReceiveAsync<Search>();
        await cancellation.CancelAsync();
        Assert.Equal(new Cancel(search.Header.RequestId, Ticket), await peer.ReceiveAsync<Cancel>());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => searching);
    }

    [Fact]
    public async Task A_host_is_told_when_the_caller_has_waited_long_enough()
    {
        var (client, peer) = await ConnectedAsync();
        Task<SearchResults> searching = client.SearchAsync("why", timeout: TimeSpan.FromSeconds(3));
        Search search = await peer.ReceiveAsync<Search>();
        Assert.Equal(new Cancel(search.Header.RequestId, Ticket), await peer.ReceiveAsync<Cancel>());
        Assert.Equal(FailureCode.Expired, (await Assert.ThrowsAsync<RecallException>(() => searching)).Code);
    }

    [Fact]
    public async Task A_host_is_told_when_the_callers_progress_fails_and_nobody_else_is_disturbed()
    {
        var (client, peer) = await ConnectedAsync();
        Task<SearchResults> searching = client.SearchAsync("why");
        Search search = await peer.ReceiveAsync<Search>();
        Task<ImportFinished> importing = client.ImportAsync(["/memories"], progress: new FailingProgress());
        ImportPaths import = await peer.ReceiveAsync<ImportPaths>();
        await peer.SendAsync(new ImportProgress(import.Header.RequestId, new ImportCounts(1, 0, 0, 0, 0, 0, 0, 0), null));
        Assert.Equal(import.Header.RequestId, (await peer.ReceiveAsync<Cancel>()).RequestId);
        await Assert.ThrowsAsync<InvalidOperationException>(() => importing);
        await peer.SendAsync(Found(search, total: 1));
        Assert.Equal(1, (await searching).Total);
    }

    [Fact]
    public async Task A_busy_host_is_left_alone_for_as_long_as_it_says()
    {
        var (client, peer) = await ConnectedAsync();
        Task<SearchResults> searching = client.SearchAsync("why", timeout: TimeSpan.FromSeconds(3));
        Search search = await peer.ReceiveAsync<Search>();
        await peer.SendAsync(new Failure(search.Header.RequestId, FailureCode.Busy, "queue full", RetryAfterMs: 3_600_000));
        var late = await Assert.ThrowsAsync<RecallException>(() => searching);
        Assert.Equal(FailureCode.Expired, late.Code);
        Assert.Contains("queue full", late.Message);

        _ = client.StatusAsync();
        await peer.ReceiveAsync<GetStatus>(); // neither a repetition before it, nor a word about what is not open
    }

    [Fact]
    public async Task Calls_under_way_when_the_host_dies_are_all_asked_again_under_their_ids()
    {
        var (client, peer) = await ConnectedAsync();
        Task<SearchResults>[] searching = [.. Enumerable.Range(0, 10).Select(i => client.SearchAsync($"{i}"))];
        HashSet<(Guid, string)> asked = [];
        for (int generation = 0; generation < 3; generation++)
        {
            List<Search> received = [];
            foreach (var _ in searching)
            {
                received.Add(await peer.ReceiveAsync<Search>());
            }

            asked.UnionWith(received.Select(search => (search.Header.RequestId, search.Query)));
            Assert.Equal(searching.Length, asked.Count);
            if (generation == 2)
            {
                foreach (Search search in received)
                {
                    await peer.SendAsync(Found(search, int.Parse(search.Query)));
                }

                break;
            }

            peer.Dispose();
            peer = await host.WelcomeAsync(Guid.NewGuid());
        }

        Assert.Equal(Enumerable.Range(0, 10), (await Task.WhenAll(searching)).Select(r => r.Total));
    }

    [Fact]
    public async Task Calls_under_way_when_the_client_is_disposed_of_end_and_are_not_repeated()
    {
        var (client, peer) = await ConnectedAsync();
        Task<SearchResults> searching = client.SearchAsync("why");
        await peer.ReceiveAsync<Search>();
        await client.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => searching);
    }

    private sealed class FailingProgress : IProgress<ImportProgress>
    {
        public void Report(ImportProgress value) => throw new InvalidOperationException("The caller's own.");
    }

    [Fact]
    public async Task Long_content_is_fetched_piece_by_piece()
    {
        var (client, peer) = await ConnectedAsync();
        var summary = new MemorySummary(Guid.NewGuid(), "document", "s", [], "global", DateTimeOffset.UnixEpoch, null, null);
        string content = string.Concat(Enumerable.Range(0, 25).Select(i => (char)('a' + i)));
        Task<FoundMemory> getting = client.GetAsync(summary.Id);
        foreach (int expected in (int[])[0, 10, 20])
        {
            GetMemory get = await peer.ReceiveAsync<GetMemory>();
            Assert.Equal((summary.Id, expected), (get.Id, get.Offset));
            string part = content[expected..Math.Min(expected + 10, content.Length)];
            await peer.SendAsync(new MemoryFound(get.Header.RequestId, summary, part, expected, content.Length));
        }

        Assert.Equal(content, (await getting).Content);
    }

    [Fact]
    public async Task Lists_follow_the_cursor()
    {
        var (client, peer) = await ConnectedAsync();
        Task<List<MemorySummary>> listing = AllAsync(client.ListAsync());
        foreach (string? next in (string?[])["a", "b", null])
        {
            ListMemories list = await peer.ReceiveAsync<ListMemories>();
            var memory = new MemorySummary(Guid.NewGuid(), "episodic", list.Cursor ?? "first", [], "global", DateTimeOffset.UnixEpoch, null, null);
            await peer.SendAsync(new MemoryPage(list.Header.RequestId, [memory], 3, next));
        }

        Assert.Equal(["first", "a", "b"], (await listing).Select(m => m.Subject));
    }

    [Fact]
    public async Task Many_texts_are_embedded_in_several_requests()
    {
        var (client, peer) = await ConnectedAsync();
        string[] texts = [.. Enumerable.Range(0, WireLimits.MaxEmbedTexts + 5).Select(i => $"{i}")];
        Task<Embeddings> embedding = client.EmbedAsync(texts);
        foreach (int count in (int[])[WireLimits.MaxEmbedTexts, 5])
        {
            EmbedTexts request = await peer.ReceiveAsync<EmbedTexts>();
            Assert.Equal(count, request.Texts.Count);
            byte[] vectors = [.. request.Texts.SelectMany(t => (float[])[float.Parse(t), 0.5f]).SelectMany(BitConverter.GetBytes)];
            await peer.SendAsync(new TextsEmbedded(request.Header.RequestId, "m", 2, vectors, count * 3));
        }

        Embeddings embeddings = await embedding;
        Assert.Equal((texts.Length, "m", texts.Length * 3), (embeddings.Count, embeddings.ModelId, embeddings.Tokens));
        Assert.Equal([36f, 0.5f], embeddings[36].ToArray());
    }

    [Fact]
    public async Task An_endpoint_that_leads_nowhere_is_no_host()
    {
        host.Dispose();
        var none = await Assert.ThrowsAsync<RecallException>(() => RecallClient.ConnectAsync(Options()));
        Assert.Equal(FailureCode.HostUnavailable, none.Code);
        Assert.Contains(home.Path, none.Message);
    }

    [UnixFact]
    public async Task Stopping_waits_for_the_hosts_lock_not_for_a_process_that_has_its_id_and_starts_no_other()
    {
        using Process unrelated = Process.Start(new ProcessStartInfo("sleep", "600"))!;
        EndpointFile.Write(home.Path, host.Endpoint() with { Pid = unrelated.Id });
        FileStream hostLock = LockFile.TryTake(Path.Combine(home.Path, HostProcess.LockFile))!;
        await using var client = new RecallClient(Options() with { StartHost = true, Program = new HostProgram("/nowhere", []) });
        Task<bool> stopping = client.StopHostAsync();
        ScriptedHost.Peer peer = await host.WelcomeAsync(Ticket);
        StopHost stop = await peer.ReceiveAsync<StopHost>();
        await peer.SendAsync(new HostStopping(stop.Header.RequestId));
        host.Dispose();
        Assert.False(stopping.IsCompleted);
        hostLock.Dispose();
        Assert.True(await stopping);
        Assert.False(unrelated.HasExited);
        peer.Dispose();
        Assert.False(await client.StopHostAsync());
        unrelated.Kill();
    }

    [Fact]
    public async Task Stopping_ends_when_another_host_has_taken_the_place()
    {
        EndpointFile.Write(home.Path, host.Endpoint());
        using FileStream hostLock = LockFile.TryTake(Path.Combine(home.Path, HostProcess.LockFile))!;
        await using var client = new RecallClient(Options());
        Task<bool> stopping = client.StopHostAsync();
        using ScriptedHost.Peer peer = await host.WelcomeAsync(Ticket);
        StopHost stop = await peer.ReceiveAsync<StopHost>();
        await peer.SendAsync(new HostStopping(stop.Header.RequestId));
        EndpointFile.Write(home.Path, host.Endpoint() with { Token = "the next one's" });
        Assert.True(await stopping);
    }

    [Fact]
    public async Task A_host_that_is_stopping_is_waited_for_and_no_other_is_started_meanwhile()
    {
        EndpointFile.Write(home.Path, host.Endpoint());
        await using var client = new RecallClient(Options() with { StartHost = true, Program = new HostProgram("/nowhere", []) });
        Task<SearchResults> search = client.SearchAsync("q");
        using (ScriptedHost.Peer stopping = await host.AcceptAsync())
        {
            await stopping.AssociateAsync();
            Hello hello = await stopping.ReceiveAsync<Hello>();
            await stopping.SendAsync(new Failure(hello.RequestId, FailureCode.Stopping, "The host is stopping."));
        }

        using ScriptedHost.Peer next = await host.WelcomeAsync(Ticket);
        Search request = await next.ReceiveAsync<Search>();
        await next.SendAsync(Found(request, 7));
        Assert.Equal(7, (await search).Total);
    }

    private static SearchResults Found(Search search, int total) =>
        new(search.Header.RequestId, [], total, 0, null, new SearchTimings(0, 0, 0));

    private static async Task<List<T>> AllAsync<T>(IAsyncEnumerable<T> items)
    {
        var all = new List<T>();
        await foreach (T item in items)
        {
            all.Add(item);
        }

        return all;
    }

    private RecallClientOptions Options() => new() { Home = home.Path, ClientName = "test", StartHost = false };

    private async Task<(RecallClient, ScriptedHost.Peer)> ConnectedAsync()
    {
        Task<RecallClient> connecting = RecallClient.ConnectAsync(Options());
        ScriptedHost.Peer peer = await host.WelcomeAsync(Ticket);
        return (await connecting, peer);
    }
}
