using System.Net;
using System.Net.Sockets;
using System.Text;
using Akka.Configuration;
using LocalRecall.Host.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace LocalRecall.Tests.Host.Http;

public sealed class HttpGuardTests() : HttpTest(ConfigurationFactory.ParseString("localrecall.http.max-body = 1kB"))
{
    private async Task<HttpAnswer> SendAsync(HttpMethod method, string path, params (string Name, string Value)[] headers)
    {
        using var client = new HttpClient { BaseAddress = Client.BaseAddress };
        using var request = new HttpRequestMessage(method, path);
        foreach ((string name, string value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await HttpAnswer.OfAsync(await client.SendAsync(request));
    }

    private static readonly (string host, int status)[] Hosts =
    [
        ("127.0.0.1", 200),
        ("127.0.0.1:1", 200),
        ("localhost:99", 200),
        ("LOCALHOST", 200),
        ("[::1]:80", 200),
        ("evil.example", 403),
        ("localhost.evil.example", 403),
        ("127.0.0.1.evil.example:80", 403),
        ("0.0.0.0", 403),
        ("127.0.0.2", 403),
    ];

    [Fact]
    public async Task Only_who_names_this_machine_is_answered()
    {
        foreach ((string host, int status) in Hosts)
        {
            Assert.Equal(status, (await SendAsync(HttpMethod.Get, "/health", ("Host", host))).Status);
        }
    }

    private static readonly (string origin, int status)[] Origins =
    [
        ("http://localhost:3000", 200),
        ("https://127.0.0.1", 200),
        ("http://[::1]:5000", 200),
        ("http://evil.example", 403),
        ("http://localhost.evil.example", 403),
        ("http://localhost@evil.example", 403),
        ("null", 403),
        ("file://localhost", 403),
        ("chrome-extension://localhost", 403),
    ];

    [Fact]
    public async Task Pages_of_elsewhere_are_refused_whatever_token_they_show()
    {
        foreach ((string origin, int status) in Origins)
        {
            Assert.Equal(status, (await SendAsync(HttpMethod.Get, "/metrics", ("Origin", origin), ("Authorization", $"Bearer {Token}"))).Status);
        }
    }

    private static readonly (string authorization, int status)[] Authorizations =
    [
        ("Bearer " + Token, 200),
        ("bearer " + Token, 200),
        ("Bearer " + StayingToken, 200),
        ("Bearer wrong", 401),
        ("Bearer secre", 401),
        ("Bearer secrets", 401),
        ("Bearer ", 401),
        ("Basic c2VjcmV0", 401),
        (Token, 401),
        ("", 401),
    ];

    [Fact]
    public async Task A_token_is_needed()
    {
        foreach ((string authorization, int status) in Authorizations)
        {
            HttpAnswer answer = await SendAsync(HttpMethod.Get, "/metrics", ("Authorization", authorization));

            Assert.Equal(status, answer.Status);
            Assert.Equal(status == 401, answer.Message.Headers.WwwAuthenticate.Count == 1);
        }
    }

    [Fact]
    public async Task A_token_that_is_not_set_is_none()
    {
        var guard = new HttpGuard([Token, ""], ollamaPort: null, new HttpTraffic(), NullLogger.Instance);
        var context = new DefaultHttpContext { Request = { Host = new HostString("localhost"), Headers = { Authorization = "Bearer " } } };

        await guard.HandleAsync(context, _ => throw new InvalidOperationException("came through"));

        Assert.Equal(401, context.Response.StatusCode);
    }

    private static readonly (string method, string path, bool served)[] Paths =
    [
        ("GET", "/", true),
        ("GET", "/api/tags", true),
        ("HEAD", "/api/tags", true),
        ("GET", "/api/version", true),
        ("GET", "/api/ps", true),
        ("POST", "/api/show", true),
        ("POST", "/api/embed", true),
        ("POST", "/api/embeddings", true),
        ("GET", "/health", true),
        ("GET", "/ready", true),
        ("GET", "/metrics", false),
        ("POST", "/v1/embeddings", false),
        ("GET", "/v1/models", false),
        ("POST", "/embed", false),
        ("GET", "/info", false),
        ("GET", "/nowhere", false),
    ];

    [Fact]
    public async Task Without_a_token_the_Ollama_port_serves_Ollamas_endpoints_and_no_other()
    {
        foreach ((string method, string path, bool served) in Paths)
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), path);
            HttpResponseMessage answer = await Ollama.SendAsync(request);

            Assert.Equal(served, answer.StatusCode != HttpStatusCode.Unauthorized);
            bool isOpenToAll = path is "/health" or "/ready";
            Assert.Equal(isOpenToAll ? 200 : 401, (int)(await SendAsync(new HttpMethod(method), path)).Status);
        }
    }

    private static readonly (string path, string begins)[] Shapes =
    [
        ("/api/embed", """{"error":"Request body too large."""),
        ("/v1/embeddings", """{"error":{"message":"Request body too large."""),
        ("/embed", """{"error":"Request body too large."""),
    ];

    [Fact]
    public async Task A_giant_body_is_refused_in_the_endpoints_shape()
    {
        // Waits for the answer before it sends the body; else the server closes while the client still writes.
        using var handler = new SocketsHttpHandler { Expect100ContinueTimeout = TimeSpan.FromMinutes(1) };
        using var client = new HttpClient(handler) { BaseAddress = Client.BaseAddress, DefaultRequestHeaders = { Authorization = Client.DefaultRequestHeaders.Authorization, ExpectContinue = true } };
        foreach ((string path, string begins) in Shapes)
        {
            HttpAnswer answer = await PostAsync(path, $$"""{"model":"all-minilm","input":"{{new string('x', 2_100_000)}}"}""", client);

            Assert.Equal(413, answer.Status);
            Assert.StartsWith(begins, answer.Text);
        }
    }

    [Fact]
    public async Task What_is_not_there_or_not_served_so_is_said_to_be_so()
    {
        HttpAnswer nowhere = await GetAsync("/nowhere");

        Assert.Equal((404, """{"error":"There is no /nowhere."}"""), (nowhere.Status, nowhere.Text));
        Assert.Equal(405, (await GetAsync("/api/embed")).Status);
        Assert.False(nowhere.Message.Headers.Contains("Server"));
    }

    [Fact]
    public async Task Whatever_goes_wrong_behind_it_becomes_an_answer()
    {
        var guard = new HttpGuard([Token], ollamaPort: null, new HttpTraffic(), NullLogger.Instance);
        var context = new DefaultHttpContext { Request = { Host = new HostString("localhost"), Headers = { Authorization = $"Bearer {Token}" } }, Response = { Body = new MemoryStream() } };
        context.SetEndpoint(new Endpoint(null, new EndpointMetadataCollection(OpenAiErrors.Instance), "fails"));

        await guard.HandleAsync(context, _ => throw new InvalidOperationException("a secret detail"));

        Assert.Equal(500, context.Response.StatusCode);
        string text = Encoding.UTF8.GetString(((MemoryStream)context.Response.Body).ToArray());
        Assert.Equal("""{"error":{"message":"The host met something it did not expect; its log says more.","type":"server_error","param":null,"code":null}}""", text);
    }

    [Fact]
    public async Task A_client_that_does_not_send_on_is_in_nobodys_way()
    {
        using var slow = new TcpClient();
        await slow.ConnectAsync(Address);
        await slow.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
            $"POST /api/embed HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {Token}\r\nContent-Length: 500\r\n\r\n{{\"model\":"));

        HttpAnswer[] answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => PostAsync("/api/embed", """{"model":"all-minilm","input":"text"}""")));

        Assert.All(answers, answer => Assert.Equal(200, answer.Status));
    }
}
