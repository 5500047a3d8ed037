using System.Net;
using Akka.Configuration;
using LocalRecall.Host;
using LocalRecall.Host.Http;
using LocalRecall.Infrastructure.Models;
using LocalRecall.Tests.Actors;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace LocalRecall.Tests.Host.Http;

public sealed class HttpSettingsTests
{
    private static HttpSettings Settings(string over = "", params string[] arguments) => HttpSettings.From(
        HostArguments.Parse(arguments, out _)!.Over(ConfigurationFactory.ParseString(over).WithFallback(TestConfiguration.Shipped)).GetConfig("localrecall"));

    private static HttpSockets Open(HttpSettings settings) => new(settings, NullLogger<HttpSockets>.Instance);

    [Fact]
    public void As_shipped_any_port_is_used_and_nothing_is_open_without_a_token()
    {
        HttpSettings settings = Settings();

        Assert.Equal((true, 0, 0, ""), (settings.Enabled, settings.Port, settings.OllamaPort, settings.Token));
        Assert.Empty(settings.Leases);
        Assert.Equal((0, 768), (settings.ModelWidths["all-minilm"], settings.ModelWidths["nomic-embed-text"]));
    }

    [Fact]
    public void A_port_of_ones_own_keeps_the_host_and_the_command_line_wins()
    {
        HttpSettings settings = Settings("localrecall.http { enabled = off, port = 7001 }", "--ollama-port", "11434", "--http-port", "7002");

        Assert.Equal((true, 7002, 11434), (settings.Enabled, settings.Port, settings.OllamaPort));
        Assert.Equal(["HTTP on port 7002", "Ollama's endpoints on port 11434"], settings.Leases);
        Assert.Empty(Settings("localrecall.http { enabled = off, port = 7001 }").Leases);
    }

    [Fact]
    public void Names_of_the_model_can_be_added()
    {
        IReadOnlyDictionary<string, int> widths = Settings("""
            localrecall.http.models { "bge-m3:567m" { dimensions = 1024 } }
            localrecall.http.models { "nomic-embed-text" { dimensions = 512 } }
            """).ModelWidths;

        Assert.Equal((1024, 512, 0), (widths["bge-m3:567m"], widths["nomic-embed-text"], widths["all-minilm"]));
    }

    [Theory]
    [InlineData("--http-port")]
    [InlineData("--http-port", "x")]
    [InlineData("--http-port", "-1")]
    [InlineData("--ollama-port", "65536")]
    [InlineData("--ollama")]
    [InlineData("--successor", "1")]
    public void What_can_not_be_understood_is_a_mistake(params string[] arguments)
    {
        Assert.Null(HostArguments.Parse(arguments, out string? mistake));
        Assert.NotNull(mistake);
    }

    [Fact]
    public void A_port_that_is_taken_is_no_obstacle()
    {
        using HttpSockets first = Open(Settings());
        using HttpSockets second = Open(Settings("", "--http-port", $"{first.Main!.Port}", "--ollama-port", $"{first.Main.Port}"));

        Assert.NotEqual(first.Main.Port, second.Main!.Port);
        Assert.Null(second.Ollama);
        Assert.Equal((IPAddress.Loopback, $"http://127.0.0.1:{second.Main.Port}"), (second.Main.Address, second.Address));
    }

    [Fact]
    public void Nothing_is_opened_when_it_is_off()
    {
        using HttpSockets sockets = Open(Settings("localrecall.http { enabled = off, ollama-port = 1 }"));

        Assert.Null(sockets.Address);
        Assert.Null(sockets.OllamaAddress);
    }

    [Theory]
    [InlineData("nomic-embed-text", "nomic-embed-text")]
    [InlineData("nomic-embed-text:latest", "nomic-embed-text")]
    [InlineData("NOMIC-embed-text", "nomic-embed-text")]
    [InlineData("nomic-embed-text:v1.5", null)]
    [InlineData("all-minilm:22m", "all-minilm:22m")]
    [InlineData("all-MiniLM-L6-v2-q4", "all-MiniLM-L6-v2-q4")]
    [InlineData("all-minilm:l12", null)]
    [InlineData("", null)]
    public void A_name_without_a_tag_means_the_latest(string name, string? found) =>
        Assert.Equal(found, new HttpModels(() => ModelManifest.BuiltIn, _ => "", Settings().ModelWidths).Find(name)?.Name);

    [Fact]
    public void Vectors_are_padded_with_zeros_or_cut_and_made_unit_vectors_again()
    {
        float[] vector = [0.6f, 0, 0.8f];

        Assert.Equal([0.6f, 0, 0.8f, 0, 0], new HttpModel("wide", 5).Fit(vector));
        Assert.Equal([0.6f, 0, 0.8f, 0], new HttpModel("wide", 5).Fit(vector, 4));
        Assert.Equal([1f, 0], new HttpModel("own", 3).Fit(vector, 2));
        Assert.Equal(vector, new HttpModel("own", 3).Fit(vector, 99));
        Assert.Equal([0f], new HttpModel("own", 3).Fit([0, 1, 0], 1));
    }
}
