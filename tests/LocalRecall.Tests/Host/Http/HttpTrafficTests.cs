using Akka.Configuration;
using Xunit;

namespace LocalRecall.Tests.Host.Http;

public sealed class HttpTrafficTests() : HttpTest(ConfigurationFactory.ParseString("localrecall.embedding.max-queued-texts = 8"))
{
    private const string Request = """{"model":"all-minilm","input":"held at the gate"}""";

    [Fact]
    public async Task When_the_host_ends_what_is_in_flight_is_answered_and_nothing_new_is_taken()
    {
        Model.Gate = new SemaphoreSlim(0);
        Task<HttpAnswer> inFlight = PostAsync("/api/embed", Request);
        await AwaitAssertAsync(() => Assert.Equal(1, Model.Waiting));

        Task drained = Traffic.DrainAsync(TimeSpan.FromMinutes(1));
        HttpAnswer[] late = [await PostAsync("/api/embed", Request), await PostAsync("/v1/embeddings", Request), await PostAsync("/embed", """{"inputs":"x"}""")];

        Assert.All(late, answer => Assert.Equal((503, "1", true), (answer.Status, answer.Message.Headers.RetryAfter!.ToString(), answer.Message.Headers.ConnectionClose)));
        Assert.Equal("server_error", (string)late[1].Json["error"]!["type"]!);
        Assert.Equal("Unhealthy", (string)late[2].Json["error_type"]!);
        Assert.False(drained.IsCompleted);

        Model.Gate.Release();

        Assert.Equal(200, (await inFlight).Status);
        await drained;
    }

    [Fact]
    public async Task Nothing_in_flight_is_drained_at_once_and_what_does_not_end_is_not_waited_for_longer_than_asked()
    {
        Model.Gate = new SemaphoreSlim(0);
        Task<HttpAnswer> inFlight = PostAsync("/api/embed", Request);
        await AwaitAssertAsync(() => Assert.Equal(1, Model.Waiting));

        await Traffic.DrainAsync(TimeSpan.FromMilliseconds(1));

        Assert.False(inFlight.IsCompleted);
        Model.Gate.Release();
        await inFlight;
        await Traffic.DrainAsync(TimeSpan.FromMinutes(10));
    }

    [Fact]
    public async Task Past_the_models_limits_clients_are_told_to_come_again_in_the_endpoints_shape()
    {
        Model.Gate = new SemaphoreSlim(0);
        Task<HttpAnswer> running = PostAsync("/api/embed", Request);
        await AwaitAssertAsync(() => Assert.Equal(1, Model.Waiting));
        Task<HttpAnswer> queued = PostAsync("/api/embed", """{"model":"all-minilm","input":["1","2","3","4","5","6"]}""", null, ("X-LocalRecall-Lane", "query"));
        await AwaitAssertAsync(() => Assert.Contains("6 lane=query", Meters.Heard("localrecall.embedding.queue.texts")));
        const string texts = "\"7\",\"8\",\"9\"";

        HttpAnswer ollama = await PostAsync("/api/embed", $$"""{"model":"all-minilm","input":[{{texts}}]}""");
        HttpAnswer openAi = await PostAsync("/v1/embeddings", $$"""{"model":"all-minilm","input":[{{texts}}]}""");
        HttpAnswer tei = await PostAsync("/embed", $$"""{"inputs":[{{texts}}]}""");

        Assert.Equal((503, 503, 429), (ollama.Status, openAi.Status, tei.Status));
        Assert.All([ollama, openAi, tei], answer => Assert.InRange(answer.Message.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60));
        Assert.NotEmpty((string)ollama.Json["error"]!);
        Assert.Equal("server_error", (string)openAi.Json["error"]!["type"]!);
        Assert.Equal("""{"error":"Model is overloaded","error_type":"Overloaded"}""", tei.Text);
        Model.Gate.Release(100);
        Assert.Equal((200, 200), ((await running).Status, (await queued).Status));
    }

    [Fact]
    public async Task What_a_client_no_longer_waits_for_is_cancelled()
    {
        Model.Gate = new SemaphoreSlim(0);
        Task<HttpAnswer> running = PostAsync("/api/embed", Request);
        await AwaitAssertAsync(() => Assert.Equal(1, Model.Waiting));
        using var impatient = new CancellationTokenSource();
        using var content = new StringContent("""{"model":"all-minilm","input":"nobody waits for this"}""");
        Task<HttpResponseMessage> abandoned = Client.PostAsync("/api/embed", content, impatient.Token);
        await AwaitAssertAsync(() => Assert.Contains("1 lane=query", Meters.Heard("localrecall.embedding.queue.texts")));

        await impatient.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => abandoned);
        await AwaitAssertAsync(() => Assert.Contains(Meters.Heard("localrecall.request.duration"), line => line.EndsWith("request=embed-texts-v1 outcome=cancelled", StringComparison.Ordinal)));
        Model.Gate.Release();
        Assert.Equal(200, (await running).Status);
    }
}
