using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using AkkaRemote.Wire;
using LocalRecall.Client.Wire;
using LocalRecall.Contracts;
using LocalRecall.Contracts.Messages;
using Xunit;

namespace LocalRecall.Tests.Client;

/// <summary>The far end of a connection, played by the test frame by frame.</summary>
internal sealed class ScriptedHost : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);

    /// <summary>A peer that no test holds any more would be collected, and its connection closed with it.</summary>
    private readonly List<TcpClient> accepted = [];

    public ScriptedHost() => listener.Start();

    public AkkaAddress Address => new("localrecall", IPAddress.Loopback, ((IPEndPoint)listener.LocalEndpoint).Port);

    public HostEndpoint Endpoint(string token = "secret") =>
        new(Address.ToString(), "localrecall", token, Environment.ProcessId, "0.1.0", WireLimits.ProtocolVersion);

    public async Task<Peer> AcceptAsync()
    {
        TcpClient client = await listener.AcceptTcpClientAsync();
        lock (accepted)
        {
            accepted.Add(client);
        }

        return new Peer(Address, client.GetStream());
    }

    /// <summary>Accepts, shakes hands, and welcomes.</summary>
    public async Task<Peer> WelcomeAsync(Guid ticket)
    {
        Peer peer = await AcceptAsync();
        await peer.AssociateAsync();
        Hello hello = Assert.IsType<Hello>(await peer.ReceiveAsync());
        await peer.SendAsync(new Welcome(hello.RequestId, ticket, WireLimits.ProtocolVersion, "0.1.0"));
        return peer;
    }

    /// <summary>Accepts nobody any more; who is connected stays so.</summary>
    public void Dispose() => listener.Dispose();

    internal sealed class Peer(AkkaAddress own, NetworkStream stream) : IDisposable
    {
        private string client = "";

        public async Task<AkkaProtocolMessage> ReceiveFrameAsync()
        {
            byte[] prefix = new byte[4];
            await stream.ReadExactlyAsync(prefix);
            byte[] body = new byte[BinaryPrimitives.ReadInt32LittleEndian(prefix)];
            await stream.ReadExactlyAsync(body);
            return AkkaProtocolMessage.Parser.ParseFrom(body);
        }

        public async Task AssociateAsync()
        {
            AkkaProtocolMessage associate = await ReceiveFrameAsync();
            Assert.Equal(CommandType.Associate, associate.Instruction.CommandType);
            await SendAsync(Frames.Associate(own, 42));
        }

        public async Task<IWireMessage> ReceiveAsync()
        {
            AkkaProtocolMessage frame = await ReceiveFrameAsync();
            RemoteEnvelope envelope = AckAndEnvelopeContainer.Parser.ParseFrom(frame.Payload).Envelope;
            client = envelope.Sender.Path;
            Assert.Equal($"{own}{ActorPaths.Gateway}", envelope.Recipient.Path);
            return Frames.MessageIn(frame.Payload)!;
        }

        public async Task<T> ReceiveAsync<T>() where T : IWireMessage => Assert.IsType<T>(await ReceiveAsync());

        public Task SendAsync(IWireMessage message) => SendAsync(Frames.Message(client, $"{own}{ActorPaths.Gateway}", message));

        public async Task SendAsync(byte[] bytes)
        {
            await stream.WriteAsync(bytes);
            await stream.FlushAsync();
        }

        public void Dispose() => stream.Dispose();
    }
}
