using System.Net.Sockets;
using LocalRecall.Core.Ports;

namespace LocalRecall.Benchmarks.Alternatives;

/// <summary>
/// A small process has one permit and gives it over a socket to one client after the other, in the order in which they came; the client loads and runs
/// the model itself while it has the permit, and keeps the model for its next use. A client that ends, however it ends, gives the permit back.
/// </summary>
internal sealed class SemaphoreServer(Surroundings here) : Alternative
{
    private const int Backlog = 1024;

    private IEmbedder? _embedder;

    public override void Use(Action<IEmbedder> work)
    {
        using Socket permit = Connect(here.Folder);
        if (permit.Receive(new byte[1]) == 0)
            throw new BenchException("The semaphore server has gone.");
        work(_embedder ??= here.Open());
    }

    public override void Dispose() => _embedder?.Dispose();

    /// <param name="stop">The server ends soon after this file is there.</param>
    public static async Task ServeAsync(string folder, string stop)
    {
        using Socket listener = NewSocket();
        listener.Bind(new UnixDomainSocketEndPoint(PathIn(folder)));
        listener.Listen(Backlog);
        while (!File.Exists(stop))
        {
            using var pause = new CancellationTokenSource(TimeSpan.FromMilliseconds(500));
            try
            {
                using Socket client = await listener.AcceptAsync(pause.Token);
                await client.SendAsync(new byte[1]);
                await client.ReceiveAsync(new byte[1]); // until it has gone
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException)
            {
                // Nobody came, or who came has died.
            }
        }
    }

    private static Socket Connect(string folder)
    {
        while (true)
        {
            Socket socket = NewSocket();
            try
            {
                socket.Connect(new UnixDomainSocketEndPoint(PathIn(folder)));
                return socket;
            }
            catch (SocketException)
            {
                // The server is not there yet.
                socket.Dispose();
                Thread.Sleep(20);
            }
        }
    }

    private static string PathIn(string folder) => Path.Combine(folder, "permit");

    private static Socket NewSocket() => new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
}
