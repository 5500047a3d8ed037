using System.Net;
using System.Net.Sockets;
using System.Text;
using LocalRecall.Cli.Doctor;
using LocalRecall.Cli.Output;
using LocalRecall.Contracts;
using LocalRecall.Tests.Client;
using Xunit;

namespace LocalRecall.Tests.Cli.Doctor;

public sealed class EndpointChecksTests : IDisposable
{
    private readonly TemporaryHome home = new();

    public void Dispose() => home.Dispose();

    [Fact]
    public async Task Without_an_endpoint_file_it_fails() => Assert.Equal(CheckState.Failed, Assert.Single(await ChecksAsync()).State);

    [Fact]
    public async Task Without_http_it_says_where_to_look()
    {
        Write(null);
        IReadOnlyList<Check> checks = await ChecksAsync();
        Assert.Equal([CheckState.Ok, CheckState.Warning], checks.Select(c => c.State));
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\n\r\n", "ok")]
    [InlineData("HTTP/1.1 503 Service Unavailable\r\n\r\n", "503")]
    [InlineData("", "answers")]
    public async Task Http_is_asked_whether_it_is_well(string answer, string expected)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        Write($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");
        Task serve = ServeAsync();
        Check http = (await ChecksAsync())[1];
        await serve;
        Assert.Equal(expected == "ok", http.State == CheckState.Ok);
        Assert.True(expected == "ok" || http.Detail.Contains(expected), http.Detail);

        async Task ServeAsync()
        {
            using TcpClient client = await listener.AcceptTcpClientAsync();
            using var reader = new StreamReader(client.GetStream(), Encoding.ASCII);
            Assert.Equal("GET /health HTTP/1.1", await reader.ReadLineAsync());
            while (await reader.ReadLineAsync() is { Length: > 0 })
            {
            }

            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(answer));
        }
    }

    [UnixFact, System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    public async Task A_token_that_others_can_read_is_a_failure()
    {
        Write(null);
        File.SetUnixFileMode(Path.Combine(home.Path, EndpointFile.Name), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        Check token = (await ChecksAsync())[0];
        Assert.Equal(CheckState.Failed, token.State);
        Assert.Contains("640", token.Detail);
    }

    private Task<IReadOnlyList<Check>> ChecksAsync() => EndpointChecks.OfAsync(home.Path, CancellationToken.None);

    private void Write(string? http) => EndpointFile.Write(home.Path, new HostEndpoint("akka.tcp://localrecall@127.0.0.1:1", "localrecall", "t", 1, "0.1.0", 1, http));
}
