using LocalRecall.Cli;
using LocalRecall.Contracts;
using Xunit;

namespace LocalRecall.Tests.Cli;

public sealed class HostPortsTests
{
    private static HostEndpoint Host(string? http, string? ollama) => new("akka.tcp://localrecall@127.0.0.1:1", "localrecall", "t", 1, "1.0.0", 1, http, ollama);

    [Fact]
    public void A_host_that_serves_what_is_wanted_or_more_is_fine()
    {
        HostEndpoint host = Host("http://127.0.0.1:7373", "http://127.0.0.1:11434");

        Assert.Null(new HostPorts(7373, 11434).Mismatch(host));
        Assert.Null(new HostPorts(null, null).Mismatch(host));
        Assert.Null(new HostPorts(0, 0).Mismatch(host));
        Assert.Null(new HostPorts(null, null).Mismatch(Host(null, null)));
    }

    [Fact]
    public void One_that_does_not_is_told_of_with_what_to_do()
    {
        Assert.Contains("recall host restart --ollama-port 11434.", new HostPorts(null, 11434).Mismatch(Host("http://127.0.0.1:7373", null)));
        Assert.Contains("recall host restart --http-port 80 --ollama-port 81.", new HostPorts(80, 81).Mismatch(Host("http://127.0.0.1:7373", "http://127.0.0.1:81")));
    }
}
