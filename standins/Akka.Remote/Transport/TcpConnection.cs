using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Threading.Channels;
using Google.Protobuf;

namespace Akka.Remote.Transport;

/// <summary>
/// One TCP connection of length-prefixed frames: 4 bytes little-endian length, then the body.
/// Writing never blocks: frames are queued without limit, as in Akka.NET's transport.
/// </summary>
internal sealed class TcpConnection
{
    private const int PrefixBytes = 4;
    private const int FlushThresholdBytes = 64 * 1024;
    private static readonly TimeSpan LingerTime = TimeSpan.FromMilliseconds(500);

    private readonly Socket _socket;
    private readonly PipeReader _reader;
    private readonly PipeWriter _writer;
    private readonly int _maximumFrameBytes;
    private readonly Channel<byte[]> _outgoing =
        Channel.CreateUnbounded<byte[]>(new UnboundedChannelOptions { SingleReader = true });
    private readonly TaskCompletionSource _readingEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _writing;
    private readonly Lock _closeLock = new();
    private Task? _closing;

    /// <param name="socket">A connected socket, owned by this connection from now on.</param>
    /// <param name="maximumFrameBytes">The longest frame accepted, its length prefix included.</param>
    public TcpConnection(Socket socket, int maximumFrameBytes)
    {
        _socket = socket;
        _maximumFrameBytes = maximumFrameBytes;
        var stream = new NetworkStream(socket, ownsSocket: true);
        _reader = PipeReader.Create(stream);
        _writer = PipeWriter.Create(stream);
        _writing = WriteFramesAsync();
    }

    /// <summary>Queues one frame; false if the connection is closed.</summary>
    public bool Write(IMessage body)
    {
        var length = body.CalculateSize();
        var frame = new byte[PrefixBytes + length];
        BinaryPrimitives.WriteInt32LittleEndian(frame, length);
        body.WriteTo(frame.AsSpan(PrefixBytes));
        return _outgoing.Writer.TryWrite(frame);
    }

    /// <summary>The body of the next frame that is not empty, or null at the end of the stream. One caller at a time.</summary>
    /// <exception cref="InvalidDataException">The frame is longer than allowed.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    public async ValueTask<byte[]?> ReadFrameAsync(CancellationToken cancellation = default)
    {
        try
        {
            while (true)
            {
                var result = await _reader.ReadAsync(cancellation).ConfigureAwait(false);
                var buffer = result.Buffer;
                var frame = TakeFrame(ref buffer);
                if (frame is not null)
                {
                    _reader.AdvanceTo(buffer.Start);
                    if (frame.Length > 0)
                        return frame;
                    continue;
                }
                _reader.AdvanceTo(buffer.Start, buffer.End);
                if (result.IsCompleted)
                {
                    _readingEnded.TrySetResult();
                    return null;
                }
            }
        }
        catch (Exception)
        {
            _readingEnded.TrySetResult();
            throw;
        }
    }

    /// <summary>
    /// Sends what is queued, waits a moment for the other side to close too, so that it gets to read all of it,
    /// and closes. Whoever reads may go on until the end of the stream.
    /// </summary>
    public Task CloseAsync()
    {
        lock (_closeLock)
            return _closing ??= CloseOnceAsync();
    }

    private async Task CloseOnceAsync()
    {
        _outgoing.Writer.TryComplete();
        await Task.WhenAny(Task.WhenAll(_writing, _readingEnded.Task), Task.Delay(LingerTime)).ConfigureAwait(false);
        _socket.Dispose();
    }

    private byte[]? TakeFrame(ref ReadOnlySequence<byte> buffer)
    {
        if (buffer.Length < PrefixBytes)
            return null;
        Span<byte> prefix = stackalloc byte[PrefixBytes];
        buffer.Slice(0, PrefixBytes).CopyTo(prefix);
        var length = BinaryPrimitives.ReadInt32LittleEndian(prefix);
        if (length < 0 || length > _maximumFrameBytes - PrefixBytes)
            throw new InvalidDataException($"Frame of {(uint)length} bytes exceeds maximum-frame-size {_maximumFrameBytes}");
        if (buffer.Length < PrefixBytes + length)
            return null;
        var frame = buffer.Slice(PrefixBytes, length).ToArray();
        buffer = buffer.Slice(PrefixBytes + length);
        return frame;
    }

    private async Task WriteFramesAsync()
    {
        try
        {
            while (await _outgoing.Reader.WaitToReadAsync().ConfigureAwait(false))
            {
                while (_outgoing.Reader.TryRead(out var frame))
                {
                    _writer.Write(frame);
                    if (_writer.UnflushedBytes >= FlushThresholdBytes)
                        await _writer.FlushAsync().ConfigureAwait(false);
                }
                await _writer.FlushAsync().ConfigureAwait(false);
            }
            _socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
        {
            // The reading side sees the same failure and reports it.
            _outgoing.Writer.TryComplete();
        }
    }
}
