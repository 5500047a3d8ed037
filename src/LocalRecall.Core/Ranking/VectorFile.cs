using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using LocalRecall.Core.Memories;

namespace LocalRecall.Core.Ranking;

/// <summary>
/// A model's vectors as a file: a head (what it is, which model, the places), then the live rows as they lie in memory, so that reading
/// it is one pass over the file into the arrays that are scanned. Head and segments carry checksums.
/// </summary>
/// <remarks>
/// Head: magic (8 bytes), dimensions, rows, length of the text part, CRC-32C of all that; the text part: model id, then for each place
/// its kind, applies_to and project. Segment: ids, scales, places, times, components, CRC-32C. Little-endian.
/// </remarks>
public static class VectorFile
{
    private const int HeadBytes = 24;
    private const int MaxTextBytes = 1 << 28;

    private static ReadOnlySpan<byte> Magic => "LRecVec1"u8;

    /// <summary>Writes what a scan could find, and nothing that was removed.</summary>
    /// <exception cref="OperationCanceledException">The file is half written.</exception>
    public static void Write(VectorSnapshot snapshot, string modelId, Stream file, CancellationToken cancellation)
    {
        int[] places = WriteHead(snapshot, modelId, file);
        var segment = new VectorSegment(snapshot.Dimensions);
        int filled = 0;
        foreach (VectorSnapshot.Part part in snapshot.Parts)
        {
            for (int row = 0; row < part.Count; row++)
            {
                if (part.Removed[row]) continue;
                segment.CopyRow(filled++, part.Segment, row, places[part.Segment.Places[row]]);
                if (filled == VectorSegment.Rows) Flush();
            }
        }
        if (filled > 0) Flush();

        void Flush()
        {
            cancellation.ThrowIfCancellationRequested();
            uint checksum = 0;
            for (int column = 0; column < VectorSegment.Columns; column++)
            {
                ReadOnlySpan<byte> bytes = segment.Column(column, filled);
                file.Write(bytes);
                checksum = Checksum(bytes, checksum);
            }
            Span<byte> end = stackalloc byte[sizeof(uint)];
            BinaryPrimitives.WriteUInt32LittleEndian(end, checksum);
            file.Write(end);
            filled = 0;
        }
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="InvalidDataException">It is damaged, or of another model or version.</exception>
    /// <exception cref="IOException">It can't be read, or ends too early.</exception>
    public static VectorIndex Read(Stream file, string modelId, int dimensions)
    {
        int rows = ReadHead(file, modelId, dimensions, out FactTable facts, out int places);
        var parts = new List<VectorSnapshot.Part>((rows + VectorSegment.Rows - 1) / VectorSegment.Rows);
        Span<byte> end = stackalloc byte[sizeof(uint)];
        for (int left = rows; left > 0; left -= VectorSegment.Rows)
        {
            int count = Math.Min(left, VectorSegment.Rows);
            var segment = new VectorSegment(dimensions);
            uint checksum = 0;
            for (int column = 0; column < VectorSegment.Columns; column++)
            {
                Span<byte> bytes = segment.Column(column, count);
                file.ReadExactly(bytes);
                checksum = Checksum(bytes, checksum);
            }
            file.ReadExactly(end);
            if (checksum != BinaryPrimitives.ReadUInt32LittleEndian(end) || segment.Places.AsSpan(0, count).ContainsAnyExceptInRange(0, places - 1))
                throw new InvalidDataException("The file of vectors is damaged.");
            segment.Filled(count);
            parts.Add(new VectorSnapshot.Part(segment, count, default));
        }
        return new VectorIndex(dimensions, parts, facts);
    }

    /// <returns>The number that each place has in the file.</returns>
    private static int[] WriteHead(VectorSnapshot snapshot, string modelId, Stream file)
    {
        var numbers = new int[snapshot.Places.Count];
        var used = new List<Place>();
        foreach (VectorSnapshot.Part part in snapshot.Parts)
        {
            for (int row = 0; row < part.Count; row++)
            {
                int place = part.Segment.Places[row];
                if (part.Removed[row] || numbers[place] > 0) continue;
                used.Add(snapshot.Places[place]!);
                numbers[place] = used.Count;
            }
        }

        using var text = new MemoryStream();
        using (var writer = new BinaryWriter(text, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(modelId);
            writer.Write(used.Count);
            foreach (Place place in used)
            {
                writer.Write((int)place.Kind);
                writer.Write(place.AppliesTo.Text);
                writer.Write(place.Project is not null);
                writer.Write(place.Project ?? "");
            }
        }

        Span<byte> head = stackalloc byte[HeadBytes];
        Magic.CopyTo(head);
        BinaryPrimitives.WriteInt32LittleEndian(head[8..], snapshot.Dimensions);
        BinaryPrimitives.WriteInt32LittleEndian(head[12..], snapshot.Count);
        BinaryPrimitives.WriteInt32LittleEndian(head[16..], (int)text.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(head[20..], Checksum(text.GetBuffer().AsSpan(0, (int)text.Length), Checksum(head[..20])));
        file.Write(head);
        file.Write(text.GetBuffer().AsSpan(0, (int)text.Length));
        return Array.ConvertAll(numbers, number => number - 1);
    }

    private static int ReadHead(Stream file, string modelId, int dimensions, out FactTable facts, out int places)
    {
        Span<byte> head = stackalloc byte[HeadBytes];
        file.ReadExactly(head);
        int rows = BinaryPrimitives.ReadInt32LittleEndian(head[12..]);
        int textBytes = BinaryPrimitives.ReadInt32LittleEndian(head[16..]);
        // What lies in memory little-endian is read as it is.
        if (!BitConverter.IsLittleEndian || !head.StartsWith(Magic) || rows < 0 || textBytes is < 0 or > MaxTextBytes)
            throw new InvalidDataException("It is no file of vectors that this version knows.");
        var text = new byte[textBytes];
        file.ReadExactly(text);
        if (BinaryPrimitives.ReadUInt32LittleEndian(head[20..]) != Checksum(text, Checksum(head[..20])))
            throw new InvalidDataException("The head of the file of vectors is damaged.");

        using var reader = new BinaryReader(new MemoryStream(text), Encoding.UTF8);
        if (reader.ReadString() != modelId || BinaryPrimitives.ReadInt32LittleEndian(head[8..]) != dimensions)
            throw new InvalidDataException("The file has the vectors of another model.");
        facts = new FactTable();
        places = reader.ReadInt32();
        for (int i = 0; i < places; i++)
        {
            var kind = (MemoryKind)reader.ReadInt32();
            AppliesTo appliesTo = AppliesTo.Parse(reader.ReadString());
            bool hasProject = reader.ReadBoolean();
            string project = reader.ReadString();
            facts.IdOf(kind, appliesTo, hasProject ? project : null);
        }
        return rows;
    }

    private static uint Checksum(ReadOnlySpan<byte> bytes, uint checksum = 0)
    {
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..]) checksum = BitOperations.Crc32C(checksum, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        foreach (byte b in bytes) checksum = BitOperations.Crc32C(checksum, b);
        return checksum;
    }
}
