using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Text.Json;
using LocalRecall.Core.Memories;
using LocalRecall.Core.Ports;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace LocalRecall.Infrastructure.Sqlite;

/// <summary>How values of the domain are written in columns.</summary>
internal static class Rows
{
    public const string MemoryColumns = "m.memory_key, m.id, m.kind, m.subject, m.keywords, p.applies_to, p.project, m.occurred_ticks, m.body";

    public static long Ticks(DateTimeOffset time) => time.UtcTicks;

    public static DateTimeOffset Time(long ticks) => new(ticks, TimeSpan.Zero);

    public static string Keywords(IReadOnlyList<string> keywords) => JsonSerializer.Serialize(keywords);

    /// <summary>Reads <see cref="MemoryColumns"/>.</summary>
    public static Memory ReadMemory(SqliteDataReader row, Places places)
    {
        MemoryPlace place = places.Of(row.GetString(5), row.GetString(6));
        return new Memory(
            Id(row.GetString(1)), (MemoryKind)row.GetInt32(2), row.GetString(3), JsonSerializer.Deserialize<string[]>(row.GetString(4))!,
            place.AppliesTo, Time(row.GetInt64(7)), place.Project, row.GetString(8));
    }

    public static MemoryId Id(string text) => new(Guid.ParseExact(text, "D"));

    public static byte[] Hash(TextHash hash)
    {
        var bytes = new byte[32];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, hash.High);
        BinaryPrimitives.WriteUInt128BigEndian(bytes.AsSpan(16), hash.Low);
        return bytes;
    }

    public static TextHash ReadHash(SqliteDataReader row, int column)
    {
        ReadOnlySpan<byte> bytes = raw.sqlite3_column_blob(row.Handle!, column);
        return new TextHash(BinaryPrimitives.ReadUInt128BigEndian(bytes), BinaryPrimitives.ReadUInt128BigEndian(bytes[16..]));
    }

    /// <summary>Little-endian floats, one after another.</summary>
    public static byte[] Vector(float[] vector)
    {
        var bytes = new byte[vector.Length * sizeof(float)];
        if (BitConverter.IsLittleEndian) MemoryMarshal.AsBytes<float>(vector).CopyTo(bytes);
        else for (int i = 0; i < vector.Length; i++) BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i * sizeof(float)), vector[i]);
        return bytes;
    }

    public static float[] ReadVector(SqliteDataReader row, int column)
    {
        ReadOnlySpan<byte> bytes = raw.sqlite3_column_blob(row.Handle!, column);
        var vector = new float[bytes.Length / sizeof(float)];
        if (BitConverter.IsLittleEndian) bytes.CopyTo(MemoryMarshal.AsBytes(vector.AsSpan()));
        else for (int i = 0; i < vector.Length; i++) vector[i] = BinaryPrimitives.ReadSingleLittleEndian(bytes[(i * sizeof(float))..]);
        return vector;
    }
}

/// <summary>Where memories apply: scope and project together.</summary>
internal sealed record MemoryPlace(AppliesTo AppliesTo, string? Project);

/// <summary>One instance of each place for all connections, so that a hundred thousand chunks share a few strings.</summary>
internal sealed class Places
{
    private readonly ConcurrentDictionary<string, AppliesTo> _scopes = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(string AppliesTo, string Project), MemoryPlace> _places = new();

    /// <param name="project">Empty for none.</param>
    public MemoryPlace Of(string appliesTo, string project) => _places.GetOrAdd((appliesTo, project), static (key, self) =>
        new MemoryPlace(self._scopes.GetOrAdd(key.AppliesTo, AppliesTo.Parse), key.Project.Length == 0 ? null : string.Intern(key.Project)), this);
}
