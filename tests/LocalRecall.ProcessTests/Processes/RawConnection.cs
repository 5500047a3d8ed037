using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using AkkaRemote.Wire;
using Google.Protobuf;
using LocalRecall.Client.Wire;
using LocalRecall.Contracts;
using LocalRecall.Contracts.Messages;

namespace LocalRecall.ProcessTests.Processes;

/// <summary>An association on which anything can be sent.</summary>
internal sealed class RawConnection : IAsyncDisposable
{
    private readonly TcpClient _client = new();
    private readonly AkkaAddress _host;
    private readonly AkkaAddress _own;
    private readonly CancellationTokenSource _limit = new(TestHome.Patience);

    private RawConnection(AkkaAddress host) => (_host, _own) = (host, new AkkaAddress($"raw-{Guid.NewGuid():n}", IPAddress.Loopback, 4));

    public static async Task<RawConnection> OpenAsync(HostEndpoint endpoint)
    {
        var connection = new RawConnection(AkkaAddress.TryParse(endpoint.Address)!);
        await connection._client.ConnectAsync(connection._host.Host, connection._host.Port);
        await connection.SendAsync(Frames.Associate(connection._own, 1));
        AkkaProtocolMessage answer = await ReadAsync(connection._client.GetStream(), connection._limit.Token);
        return answer.Instruction.CommandType == CommandType.Associate ? connection : throw new InvalidDataException(answer.ToString());
    }

    public async Task SendAsync(byte[] bytes) => await _client.GetStream().WriteAsync(bytes, _limit.Token);

    /// <summary>A message in whatever serialization to whatever actor.</summary>
    public Task SendAsync(string path, int serializerId, string manifest, byte[] message)
    {
        var envelope = new RemoteEnvelope
        {
            Recipient = new ActorRefData { Path = $"{_host}{path}" },
            Sender = new ActorRefData { Path = $"{_own}/temp/raw" },
            Seq = ulong.MaxValue,
            Message = new Payload { SerializerId = serializerId, MessageManifest = ByteString.CopyFromUtf8(manifest), Message = ByteString.CopyFrom(message) },
        };
        byte[] body = new AkkaProtocolMessage { Payload = new AckAndEnvelopeContainer { Envelope = envelope }.ToByteString() }.ToByteArray();
        byte[] frame = new byte[Frames.PrefixBytes + body.Length];
        BinaryPrimitives.WriteInt32LittleEndian(frame, body.Length);
        body.CopyTo(frame, Frames.PrefixBytes);
        return SendAsync(frame);
    }

    public Task SendAsync(string path, IWireMessage message) =>
        SendAsync(path, MessageCodec.SerializerId, MessageCodec.ManifestOf(message), MessageCodec.Encode(message));

    /// <summary>The next of our messages that comes.</summary>
    public async Task<IWireMessage> ReceiveAsync()
    {
        while (true)
        {
            AkkaProtocolMessage message = await ReadAsync(_client.GetStream(), _limit.Token);
            if (!message.Payload.IsEmpty && Frames.MessageIn(message.Payload) is { } ours)
            {
                return ours;
            }
        }
    }

    /// <summary>Reads until the host hangs up.</summary>
    public async Task ClosedAsync()
    {
        try
        {
            while (true)
            {
                await ReadAsync(_client.GetStream(), _limit.Token);
            }
        }
        catch (IOException)
        {
            // Closed or reset.
        }
    }

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        _limit.Dispose();
        return ValueTask.CompletedTask;
    }

    private static async Task<AkkaProtocolMessage> ReadAsync(NetworkStream stream, CancellationToken cancellation)
    {
        byte[] prefix = new byte[Frames.PrefixBytes];
        await stream.ReadExactlyAsync(prefix, cancellation);
        byte[] body = new byte[BinaryPrimitives.ReadInt32LittleEndian(prefix)];
        await stream.ReadExactlyAsync(body, cancellation);
        return AkkaProtocolMessage.Parser.ParseFrom(body);
    }
}
