using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Akka.Actor;

namespace LocalRecall.Conformance;

/// <summary>Protobuf by hand, so that no generated code can hide a wrong field number.</summary>
internal static class Proto
{
    public static byte[] Message(params byte[][] fields) => [.. fields.SelectMany(field => field)];

    public static byte[] Varint(int field, ulong value) => [.. Number((ulong)field << 3), .. Number(value)];

    public static byte[] Fixed64(int field, ulong value)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        return [.. Number(((ulong)field << 3) | 1), .. bytes];
    }

    public static byte[] Bytes(int field, params byte[][] parts)
    {
        var body = Message(parts);
        return [.. Number(((ulong)field << 3) | 2), .. Number((ulong)body.Length), .. body];
    }

    public static byte[] Text(int field, string text) => Bytes(field, Encoding.UTF8.GetBytes(text));

    /// <summary>The first value of a field, at the end of a path of nested messages; null if it is not there.</summary>
    public static object? Get(byte[] message, params int[] path)
    {
        object? value = message;
        foreach (var field in path)
        {
            if (value is not byte[] nested)
                return null;
            value = Parse(nested).FirstOrDefault(entry => entry.Field == field).Value;
        }
        return value;
    }

    /// <summary>A number that is 0 is not written.</summary>
    public static ulong GetNumber(byte[] message, params int[] path) => Get(message, path) as ulong? ?? 0;

    public static byte[] GetBytes(byte[] message, params int[] path) => Get(message, path) as byte[] ?? [];

    public static string GetText(byte[] message, params int[] path) => Encoding.UTF8.GetString(GetBytes(message, path));

    private static IEnumerable<(int Field, object Value)> Parse(byte[] message)
    {
        var at = 0;
        while (at < message.Length)
        {
            var tag = Read();
            switch (tag & 7)
            {
                case 0:
                    yield return ((int)(tag >> 3), Read());
                    break;
                case 1:
                    yield return ((int)(tag >> 3), BinaryPrimitives.ReadUInt64LittleEndian(message.AsSpan(at)));
                    at += 8;
                    break;
                case 2:
                    var length = (int)Read();
                    yield return ((int)(tag >> 3), message[at..(at + length)]);
                    at += length;
                    break;
                default:
                    throw new InvalidDataException($"wire type {tag & 7}");
            }
        }

        ulong Read()
        {
            ulong value = 0;
            for (var shift = 0; ; shift += 7)
            {
                value |= (ulong)(message[at] & 0x7f) << shift;
                if (message[at++] < 0x80)
                    return value;
            }
        }
    }

    private static List<byte> Number(ulong value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7)
            bytes.Add((byte)(value | 0x80));
        bytes.Add((byte)value);
        return bytes;
    }
}

/// <summary>One end of a raw Akka.Remote connection, at the level of frames.</summary>
internal sealed class RawPeer : IDisposable
{
    public const ulong NoSeq = ulong.MaxValue;
    public const int Port = 4001;

    private readonly TcpClient _tcp;
    private readonly NetworkStream _stream;

    private RawPeer(TcpClient tcp)
    {
        _tcp = tcp;
        _stream = tcp.GetStream();
    }

    public static RawPeer Connect(Address host) => new(new TcpClient(host.Host!, host.Port!.Value));

    public static async Task<RawPeer> AcceptAsync(TcpListener listener, CancellationToken cancellation) =>
        new(await listener.AcceptTcpClientAsync(cancellation));

    /// <summary>A listener at a free port of the loopback address.</summary>
    public static TcpListener Listen()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return listener;
    }

    public static string PathOf(string actor) => $"akka.tcp://raw@127.0.0.1:{Port}/{actor}";

    public static byte[] Associate(ulong uid, int port = Port, string system = "raw") => Proto.Bytes(2, Proto.Varint(1, 1), Proto.Bytes(2,
        Proto.Bytes(1, Proto.Text(1, system), Proto.Text(2, "127.0.0.1"), Proto.Varint(3, (ulong)port), Proto.Text(4, "tcp")),
        Proto.Fixed64(2, uid)));

    public static byte[] Control(int command) => Proto.Bytes(2, Proto.Varint(1, (ulong)command));

    /// <param name="sender">Empty for none.</param>
    public static byte[] Envelope(string recipient, string sender, byte[] message, int serializerId, string manifest, ulong seq = NoSeq) =>
        Proto.Bytes(1, Proto.Bytes(2,
            Proto.Bytes(1, Proto.Text(1, recipient)),
            Proto.Bytes(2, Proto.Bytes(1, message), Proto.Varint(2, (ulong)serializerId), manifest.Length == 0 ? [] : Proto.Text(3, manifest)),
            sender.Length == 0 ? [] : Proto.Bytes(4, Proto.Text(1, sender)),
            Proto.Fixed64(5, seq)));

    public static byte[] TextEnvelope(string recipient, string sender, string text) =>
        Envelope(recipient, sender, Encoding.UTF8.GetBytes(text), 17, "System.String, System.Private.CoreLib");

    public static byte[] Acknowledge(ulong cumulative) => Proto.Bytes(1, Proto.Bytes(1, Proto.Fixed64(1, cumulative)));

    public void Send(byte[] body)
    {
        var prefix = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(prefix, body.Length);
        SendRaw([.. prefix, .. body]);
    }

    public void SendRaw(byte[] bytes) => _stream.Write(bytes);

    /// <summary>The body of the next frame; null at the end of the connection.</summary>
    public async Task<byte[]?> ReceiveAsync()
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        try
        {
            var prefix = new byte[4];
            await _stream.ReadExactlyAsync(prefix, timeout.Token);
            var body = new byte[BinaryPrimitives.ReadInt32LittleEndian(prefix)];
            await _stream.ReadExactlyAsync(body, timeout.Token);
            return body;
        }
        catch (IOException) // the end of the stream, or a reset
        {
            return null;
        }
    }

    /// <summary>The next frame of which something holds; null at the end of the connection.</summary>
    public async Task<byte[]?> ReceiveAsync(Func<byte[], bool> wanted)
    {
        while (await ReceiveAsync() is { } frame)
        {
            if (wanted(frame))
                return frame;
        }
        return null;
    }

    /// <summary>The next envelope.</summary>
    public Task<byte[]> ReceiveEnvelopeAsync() => ReceivePartAsync(2, _ => true);

    /// <summary>The next acknowledgement.</summary>
    public Task<byte[]> ReceiveAckAsync() => ReceivePartAsync(1, _ => true);

    /// <summary>The next acknowledgement (1) or envelope (2) of which something holds.</summary>
    public async Task<byte[]> ReceivePartAsync(int part, Func<byte[], bool> wanted) =>
        Proto.GetBytes(await ReceiveAsync(frame => Proto.Get(frame, 1, part) is byte[] found && wanted(found)) ?? throw new IOException("the connection was closed"), 1, part);

    /// <summary>Associates as the one who asks, and returns the answer.</summary>
    public async Task<byte[]> HandshakeAsync(ulong uid, int port = Port)
    {
        Send(Associate(uid, port));
        return await ReceiveAsync() ?? throw new IOException("closed in the handshake");
    }

    /// <summary>True if the other side closes the connection before it sends anything but control messages.</summary>
    public async Task<bool> IsClosedAsync() => await ReceiveAsync(frame => Proto.Get(frame, 1) is not null) is null;

    public void Dispose() => _tcp.Dispose();
}
