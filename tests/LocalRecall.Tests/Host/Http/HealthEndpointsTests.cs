using Xunit;

namespace LocalRecall.Tests.Host.Http;

public sealed class HealthEndpointsTests : HttpTest
{
    [Fact]
    public async Task Alive_is_alive_and_ready_needs_a_model_that_can_be_used()
    {
        HttpAnswer[] before = [await GetAsync("/health"), await GetAsync("/ready", Ollama)];
        Model.OpenProblem = "scripted";
        HttpAnswer refused = await PostAsync("/api/embed", """{"model":"all-minilm","input":"text"}""");
        HttpAnswer[] after = [await GetAsync("/health"), await GetAsync("/ready")];

        Assert.All(before, answer => Assert.Equal((200, ""), (answer.Status, answer.Text)));
        Assert.Equal(503, refused.Status);
        Assert.Equal((200, 503), (after[0].Status, after[1].Status));
        Assert.Equal("""{"error":"The model is degraded."}""", after[1].Text);
    }

    [Fact]
    public async Task Metrics_are_Prometheus_text()
    {
        await PostAsync("/api/embed", """{"model":"all-minilm","input":"text"}""");

        HttpAnswer answer = await GetAsync("/metrics");

        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", answer.Message.Content.Headers.ContentType!.ToString());
        Assert.Contains("localrecall_embedding_requests_total{lane=\"query\",outcome=\"answered\"} 1\n", answer.Text);
        Assert.Contains("\nlocalrecall_request_duration_seconds_count{request=\"embed-texts-v1\",outcome=\"answered\"} 1\n", answer.Text);
    }
}
