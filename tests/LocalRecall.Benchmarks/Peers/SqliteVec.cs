using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;

namespace LocalRecall.Benchmarks.Peers;

/// <summary>Vectors in a vec0 table of sqlite-vec, all of it in memory.</summary>
internal sealed class SqliteVec : IDisposable
{
    private readonly SqliteConnection _connection = new("Data Source=:memory:");
    private readonly SqliteCommand _search;

    /// <param name="type"><c>float</c> or <c>int8</c>.</param>
    public SqliteVec(string extension, string type, IReadOnlyList<float[]> vectors)
    {
        _connection.Open();
        _connection.LoadExtension(extension);
        Execute($"CREATE VIRTUAL TABLE v USING vec0(e {type}[{vectors[0].Length}] distance_metric=cosine)");
        Execute("BEGIN");
        string value = type == "int8" ? "vec_quantize_int8($e, 'unit')" : "$e";
        using SqliteCommand insert = Command($"INSERT INTO v(rowid, e) VALUES($id, {value})");
        SqliteParameter id = insert.Parameters.Add("$id", SqliteType.Integer), vector = insert.Parameters.Add("$e", SqliteType.Blob);
        for (int i = 0; i < vectors.Count; i++)
        {
            (id.Value, vector.Value) = (i, Bytes(vectors[i]));
            insert.ExecuteNonQuery();
        }

        Execute("COMMIT");
        _search = Command($"SELECT rowid FROM v WHERE e MATCH {value} AND k = 10");
        _search.Parameters.Add("$e", SqliteType.Blob);
    }

    /// <summary>The ten nearest.</summary>
    public List<long> Search(float[] query)
    {
        _search.Parameters["$e"].Value = Bytes(query);
        using SqliteDataReader rows = _search.ExecuteReader();
        List<long> nearest = [];
        while (rows.Read())
            nearest.Add(rows.GetInt64(0));
        return nearest;
    }

    public void Dispose()
    {
        _search.Dispose();
        _connection.Dispose();
    }

    private static byte[] Bytes(float[] vector) => MemoryMarshal.AsBytes(vector.AsSpan()).ToArray();

    private void Execute(string sql)
    {
        using SqliteCommand command = Command(sql);
        command.ExecuteNonQuery();
    }

    private SqliteCommand Command(string sql)
    {
        SqliteCommand command = _connection.CreateCommand();
        command.CommandText = sql;
        return command;
    }
}
