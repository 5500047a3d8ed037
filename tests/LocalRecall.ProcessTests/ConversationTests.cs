using Akka.Actor;
using LocalRecall.Client;
using LocalRecall.Contracts;
using LocalRecall.Contracts.Messages;
using LocalRecall.ProcessTests.Processes;
using Xunit;

namespace LocalRecall.ProcessTests;

/// <summary>A full Akka.Remote actor system is the same to the host as the client library.</summary>
public sealed class ConversationTests : ProcessTest
{
    private const string Content = "Both of them are told the same thing.";

    private async Task<Visitor> VisitAsync()
    {
        await Home.StartHostAsync();
        return new Visitor(Home.Endpoint!);
    }

    [Fact]
    public async Task The_client_library_and_an_actor_system_get_the_same_answers()
    {
        await using Visitor visitor = await VisitAsync();
        await using RecallClient client = await Home.ConnectAsync();
        Func<RequestHeader> header = await visitor.EnterAsync();

        Guid id = (await client.AddAsync(new NewMemory("Sameness", Content, ["same"]))).Id;
        var added = (MemoryAdded)await visitor.AskAsync(new AddMemory(header(), "episodic", "Sameness", ["same"], "global", null, null, Content));
        Assert.Equal((id, true), (added.Id, added.Duplicate));

        var results = (SearchResults)await visitor.AskAsync(new Search(header(), "told the same", MemoryFilter.None, 10, 2000));
        Assert.Equal(Content, Assert.Single(results.Hits).Content);
        AssertSame(await client.SearchAsync("told the same"), results, r => r with { RequestId = default, Timings = new SearchTimings(0, 0, 0) });

        var found = (MemoryFound)await visitor.AskAsync(new GetMemory(header(), id, 0));
        FoundMemory got = await client.GetAsync(id);
        AssertSame(new MemoryFound(default, got.Summary, got.Content, 0, got.Content.Length), found, f => f with { RequestId = default });

        AssertSame(await client.ListPageAsync(null, null, 10), (MemoryPage)await visitor.AskAsync(new ListMemories(header(), MemoryFilter.None, null, 10)), p => p with { RequestId = default });

        var embedded = (TextsEmbedded)await visitor.AskAsync(new EmbedTexts(header(), ["the same text"], false));
        Embeddings embeddings = await client.EmbedAsync(["the same text"]);
        Assert.Equal(embeddings.Values.ToArray(), System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(embedded.Vectors.Span).ToArray());

        HostStatus ours = await client.StatusAsync();
        Assert.Equal(2, ours.Clients);
        AssertSame(ours, (HostStatus)await visitor.AskAsync(new GetStatus(header())), WithoutWhatChanges);

        var unknown = (Failure)await visitor.AskAsync(new GetMemory(header(), Guid.Empty, 0));
        RecallException refused = await Assert.ThrowsAsync<RecallException>(() => client.GetAsync(Guid.Empty));
        Assert.Equal((FailureCode.NotFound, refused.Message), (unknown.Code, unknown.Message));
    }

    [Fact]
    public async Task A_wrong_token_is_refused()
    {
        await using Visitor visitor = await VisitAsync();

        var refused = (Failure)await visitor.AskAsync(visitor.Hello with { Token = new string('0', 64) });

        Assert.Equal(FailureCode.Unauthorized, refused.Code);
    }

    [Fact]
    public async Task A_request_without_hello_or_with_anothers_ticket_is_refused()
    {
        await using Visitor visitor = await VisitAsync();
        await using var other = new Visitor(Home.Endpoint!);
        RequestHeader others = (await other.EnterAsync())();

        var without = (Failure)await visitor.AskAsync(new GetStatus(Visitor.Header(Guid.Empty)));
        var stolen = (Failure)await visitor.AskAsync(new GetStatus(others));

        Assert.Equal((FailureCode.Unauthorized, FailureCode.Unauthorized), (without.Code, stolen.Code));
    }

    [Fact]
    public async Task No_selection_but_the_gateways_reaches_anybody()
    {
        await using Visitor visitor = await VisitAsync();
        Func<RequestHeader> header = await visitor.EnterAsync();
        string[] inner = ["/user/index", "/user/ingest", "/user/query", "/user/embedding", "/user/lifecycle", "/user/*", "/system", "/user/gateway/.."];

        Task<bool>[] answers = [.. inner.SelectMany(path => (object[])[new Identify(path), new GetStatus(header()), new StopHost(header())], (path, message) => AnswersAsync(visitor.Select(path), message))];

        Assert.All(await Task.WhenAll(answers), Assert.False);
        Assert.NotNull((await visitor.Select(ActorPaths.Gateway).Ask<ActorIdentity>(new Identify(1), TestHome.Patience)).Subject);
        Assert.IsType<HostStatus>(await visitor.AskAsync(new GetStatus(header())));
    }

    private static HostStatus WithoutWhatChanges(HostStatus status) => status with
    {
        RequestId = default, UptimeMs = 0, WorkingSetBytes = 0, PeakWorkingSetBytes = 0, ProcessorTimeMs = 0,
        Model = status.Model with { Activity = null }, Index = status.Index with { FileBytes = 0 },
    };

    private static async Task<bool> AnswersAsync(ActorSelection selection, object message)
    {
        try
        {
            await selection.Ask<object>(message, TimeSpan.FromSeconds(2));
            return true;
        }
        catch (AskTimeoutException)
        {
            return false;
        }
    }

    private static void AssertSame<TReply>(TReply one, TReply other, Func<TReply, TReply> comparable)
        where TReply : IReply =>
        Assert.Equal(MessageCodec.Encode(comparable(one)), MessageCodec.Encode(comparable(other)));
}
