using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using LocalRecall.Core.Requests;

namespace LocalRecall.Core.Memories;

/// <summary>A memory's identity: a UUID, written in lower case with hyphens.</summary>
public readonly record struct MemoryId(Guid Value)
{
    public static MemoryId New() => new(Guid.NewGuid());

    /// <summary>Always the same for one request, so that doing it again changes nothing; in the shape of a random id, as memory files must have.</summary>
    public static MemoryId Of(RequestKey request)
    {
        Span<byte> bytes = stackalloc byte[32];
        request.RequestId.TryWriteBytes(bytes, bigEndian: true, out _);
        BinaryPrimitives.WriteUInt128BigEndian(bytes[16..], request.Content);
        return OfHash(bytes);
    }

    /// <summary>Always the same for one content in one place (<see cref="DedupKey"/>), whoever finds it and when.</summary>
    public static MemoryId Of(string dedupKey) => OfHash(Encoding.UTF8.GetBytes(dedupKey));

    public static bool TryParse(string? text, out MemoryId id)
    {
        bool ok = Guid.TryParseExact(text, "D", out Guid value);
        id = new MemoryId(value);
        return ok;
    }

    private static MemoryId OfHash(ReadOnlySpan<byte> content)
    {
        Span<byte> bytes = stackalloc byte[32];
        SHA256.HashData(content, bytes);
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new MemoryId(new Guid(bytes[..16], bigEndian: true));
    }

    /// <summary>A random UUID of RFC 9562, as memory files must have.</summary>
    public bool IsVersion4 => Value is { Version: 4, Variant: >= 8 and <= 11 };

    public override string ToString() => Value.ToString("D");
}
