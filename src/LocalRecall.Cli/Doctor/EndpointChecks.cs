using System.Net;
using System.Net.Sockets;
using System.Text;
using LocalRecall.Cli.Output;
using LocalRecall.Contracts;

namespace LocalRecall.Cli.Doctor;

/// <summary>What the running host has written down for its clients, and whether it answers there.</summary>
internal static class EndpointChecks
{
    private const UnixFileMode Others =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public static async Task<IReadOnlyList<Check>> OfAsync(string home, CancellationToken cancellation)
    {
        string path = Path.Combine(home, EndpointFile.Name);
        if (EndpointFile.TryRead(home) is not { } endpoint)
        {
            return [new Check("token", CheckState.Failed, $"{path} can't be read", "recall host restart writes it again.")];
        }

        return [Token(path), await HttpAsync(endpoint, cancellation).ConfigureAwait(false)];
    }

    private static Check Token(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return new Check("token", CheckState.Ok, path);
        }

        UnixFileMode mode = File.GetUnixFileMode(path);
        return (mode & Others) == 0
            ? new Check("token", CheckState.Ok, $"{path}, readable by you alone")
            : new Check("token", CheckState.Failed, $"{path} has mode {Convert.ToString((int)mode, 8)}: others on this machine can read it.", "recall host restart makes a new token in a new file.");
    }

    /// <summary>By hand, since an HTTP client would make this program a good deal larger.</summary>
    private static async Task<Check> HttpAsync(HostEndpoint endpoint, CancellationToken cancellation)
    {
        if (endpoint.HttpAddress is not { } address || !Uri.TryCreate(address, UriKind.Absolute, out Uri? uri))
        {
            return new Check("http", CheckState.Warning, "The host serves no HTTP.", "localrecall.http in host.conf has it off, or its port is taken: host.log says which. Hooks and MCP over stdio need none.");
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Patience);
        try
        {
            using var client = new TcpClient(AddressFamily.InterNetwork);
            await client.ConnectAsync(IPAddress.Loopback, uri.Port, limit.Token).ConfigureAwait(false);
            NetworkStream stream = client.GetStream();
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"GET /health HTTP/1.1\r\nHost: {uri.Authority}\r\nConnection: close\r\n\r\n"), limit.Token).ConfigureAwait(false);
            using var reader = new StreamReader(stream, Encoding.ASCII);
            string? line = await reader.ReadLineAsync(limit.Token).ConfigureAwait(false);
            return line?.Split(' ') is [_, "200", ..]
                ? new Check("http", CheckState.Ok, address)
                : new Check("http", CheckState.Failed, $"{address} answers '{line}'", "recall host restart.");
        }
        catch (Exception e) when (e is SocketException or IOException || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            return new Check("http", CheckState.Failed, $"{address} does not answer: {e.Message}", "recall host restart.");
        }
    }
}
