using Google.Protobuf;
using Google.Protobuf.Collections;
using LocalRecall.Contracts.Messages;

namespace LocalRecall.Contracts.Wire;

/// <summary>Values that occur in many messages.</summary>
internal static class Values
{
    public static ByteString ToWire(this Guid id) => UnsafeByteOperations.UnsafeWrap(id.ToByteArray(bigEndian: true));

    public static Guid ToGuid(this ByteString bytes) =>
        bytes.Length == 16 ? new Guid(bytes.Span, bigEndian: true) : throw new WireFormatException($"An id of {bytes.Length} bytes.");

    public static ulong ToWire(this DateTimeOffset time) => (ulong)time.UtcTicks;

    public static DateTimeOffset ToTime(this ulong ticks) =>
        ticks <= (ulong)DateTimeOffset.MaxValue.UtcTicks
            ? new DateTimeOffset((long)ticks, TimeSpan.Zero)
            : throw new WireFormatException("A time out of range.");

    public static T Required<T>(this T? part, string name) where T : class => part ?? throw new WireFormatException($"No {name}.");

    /// <summary>As a list of our own: the wire message and its buffers can be collected.</summary>
    public static IReadOnlyList<string> ToList(this RepeatedField<string> texts) => texts.Count == 0 ? [] : [.. texts];

    public static IReadOnlyList<TMessage> ToList<TWire, TMessage>(this RepeatedField<TWire> parts, Func<TWire, TMessage> fromWire)
    {
        if (parts.Count == 0)
        {
            return [];
        }

        var list = new TMessage[parts.Count];
        for (int i = 0; i < list.Length; i++)
        {
            list[i] = fromWire(parts[i]);
        }

        return list;
    }

    public static Header ToWire(this RequestHeader header) => new()
    {
        RequestId = header.RequestId.ToWire(), Ticket = header.Ticket.ToWire(), DeadlineTicks = header.Deadline.ToWire(),
    };

    public static RequestHeader ToHeader(this Header? header)
    {
        header = header.Required("header");
        return new(header.RequestId.ToGuid(), header.Ticket.ToGuid(), header.DeadlineTicks.ToTime());
    }
}
