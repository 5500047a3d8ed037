using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using LocalRecall.Client;
using LocalRecall.Contracts;
using LocalRecall.ProcessTests.Processes;
using Xunit;

namespace LocalRecall.ProcessTests;

public sealed class HttpTests : ProcessTest
{
    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static float[][] Vectors(JsonNode? embeddings) =>
        [.. embeddings!.AsArray().Select(vector => vector!.AsArray().Select(number => number!.GetValue<float>()).ToArray())];

    [Fact]
    public async Task A_host_answers_as_Ollama_does_on_the_port_that_it_was_started_with()
    {
        (int http, int ollama) = (FreePort(), FreePort());
        RecallResult started = await Home.RecallAsync("host", "start", "--http-port", $"{http}", "--ollama-port", $"{ollama}", "--json");
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{ollama}"), Timeout = TestHome.Patience };

        HttpResponseMessage answer = await client.PostAsJsonAsync("/api/embed", new { model = "all-minilm", input = "The sea is calm." });
        await using RecallClient recall = await Home.ConnectAsync();

        Assert.Equal(($"http://127.0.0.1:{http}", $"http://127.0.0.1:{ollama}"), ((string)started.Json["httpAddress"]!, (string)started.Json["ollamaAddress"]!));
        Assert.Equal((await recall.EmbedAsync(["The sea is calm."])).Values.ToArray(), Assert.Single(Vectors((await answer.Content.ReadFromJsonAsync<JsonNode>())!["embeddings"])));
        RecallResult status = await Home.RecallAsync("status", "--json");
        Assert.Equal([$"HTTP on port {http}", $"Ollama's endpoints on port {ollama}"], status.Json["leases"]!.AsArray().Select(lease => (string)lease!));
        Assert.Equal((string)started.Json["httpAddress"]!, (string)status.Json["httpAddress"]!);
        RecallResult another = await Home.RecallAsync("host", "start", "--http-port", $"{FreePort()}");
        Assert.Equal(1, another.ExitCode);
        Assert.Contains("recall host restart --http-port", another.Error);
    }

    [UnixFact]
    public async Task A_host_that_is_terminated_answers_the_HTTP_request_in_flight_and_takes_no_other()
    {
        HostRun host = await Home.StartHostAsync();
        await using RecallClient watcher = await Home.ConnectAsync();
        HostEndpoint endpoint = Home.Endpoint!;
        using var client = new HttpClient { BaseAddress = new Uri(endpoint.HttpAddress!), Timeout = TestHome.Patience };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", endpoint.Token);
        string[] texts = [.. Enumerable.Range(0, 200).Select(i => $"Text number {i} of a long request.")];
        Task<HttpResponseMessage> inFlight = client.PostAsJsonAsync("/api/embed", new { model = "all-minilm", input = texts });
        await UntilAsync(async () => (await watcher.StatusAsync()).Model.State != "unloaded", "the model is loading");

        host.Terminate();

        JsonNode answer = (await (await inFlight).EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonNode>())!;
        Assert.Equal(200, Vectors(answer["embeddings"]).Length);
        Assert.Equal(0, await host.ExitCodeAsync());
        Assert.DoesNotContain("fail:", host.Log);
        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync("/health"));
    }
}
