using LocalRecall.Core.Memories;
using LocalRecall.Core.Ports;
using LocalRecall.Core.Ranking;
using LocalRecall.Infrastructure.Sqlite;
using Xunit;

namespace LocalRecall.Tests.Infrastructure.Sqlite;

/// <summary>What SQLite says it does for a statement: no table may be gone through from end to end.</summary>
public sealed class QueryPlanTests : IDisposable
{
    private static readonly Dictionary<long, MemoryPlace> Places = new() { [1] = new MemoryPlace(AppliesTo.Global, null), [2] = new MemoryPlace(AppliesTo.Parse("area:x"), "/p") };

    private readonly TestStore _store = new();
    private readonly StoreConnection _db;

    public QueryPlanTests() => _db = StoreConnection.Open(_store.File, writer: false, new SqliteStoreOptions(), new StoreHealth());

    public void Dispose()
    {
        _db.Dispose();
        _store.Dispose();
    }

    public static TheoryData<int> Filters => [0, 1, 2, 3, 4, 5];

    private static SearchFilter Filter(int number) => number switch
    {
        0 => new SearchFilter([MemoryKind.Thinking]),
        1 => new SearchFilter([MemoryKind.Thinking, MemoryKind.Document]),
        2 => new SearchFilter(Scope: Scope.Area("x")),
        3 => new SearchFilter(Project: "/p"),
        4 => new SearchFilter(Since: Given.Start),
        _ => new SearchFilter([MemoryKind.Episodic], Scope.Area("x"), "/p", Given.Start, Given.Start.AddDays(1)),
    };

    private List<string> Plan(string sql, List<object?> values) => _db.List(r => r.GetString(3), "EXPLAIN QUERY PLAN " + sql, [.. values]);

    private static void AssertNoScan(List<string> plan) => Assert.DoesNotContain(plan, step =>
        step.StartsWith("SCAN", StringComparison.Ordinal) && !step.Contains("VIRTUAL TABLE", StringComparison.Ordinal) && !step.Contains("CONSTANT ROW", StringComparison.Ordinal));

    [Theory]
    [MemberData(nameof(Filters))]
    public void A_filtered_list_is_read_from_an_index(int filter)
    {
        List<object?> values = [10];
        string sql = SqliteMemoryReader.ListSql(new FilterSql(Filter(filter), Places, values), "1.1", values);
        AssertNoScan(Plan(sql, values));
    }

    [Theory]
    [MemberData(nameof(Filters))]
    public void What_is_used_most_is_counted_in_an_index(int filter)
    {
        List<object?> values = [10];
        string sql = SqliteMemoryReader.MostUsedSql(new FilterSql(Filter(filter), Places, values));
        AssertNoScan(Plan(sql, values));
    }

    [Fact]
    public void What_a_session_knows_is_read_from_indexes() => AssertNoScan(Plan(SqliteMemoryReader.FindSessionChunksSql, ["a session"]));

    [Fact]
    public void What_ranking_looks_at_is_looked_up_chunk_by_chunk() =>
        Assert.DoesNotContain(Plan(SqliteMemoryReader.DescribeChunksSql, ["[1]"]), step => step.StartsWith("SCAN", StringComparison.Ordinal) && !step.Contains("json_each") && !step.Contains("wanted"));

    [Fact]
    public void A_list_without_a_filter_is_read_in_order_and_not_sorted()
    {
        List<object?> values = [10];
        List<string> plan = Plan(SqliteMemoryReader.ListSql(new FilterSql(SearchFilter.None, Places, values), null, values), values);
        Assert.Contains("memories_by_time", Assert.Single(plan));
    }

    [Theory]
    [MemberData(nameof(Filters))]
    public void A_filtered_keyword_search_starts_from_the_full_text(int filter)
    {
        List<object?> values = ["\"x\"", 10, 0];
        List<string> plan = Plan(KeywordSearch.Sql(new FilterSql(Filter(filter), Places, values)), values);
        AssertNoScan(plan);
        Assert.Contains("VIRTUAL TABLE", plan[0]);
        Assert.DoesNotContain(plan, step => step.Contains("TEMP B-TREE FOR ORDER BY", StringComparison.Ordinal));
    }

    [Fact]
    public void A_vector_is_found_by_indexes() => AssertNoScan(Plan(SqliteMemoryReader.FindVectorSql, ["m", new byte[32]]));

    [Fact]
    public void A_chunks_vector_is_found_without_its_text()
    {
        List<string> plan = Plan(SqliteMemoryReader.GetVectorSql, ["m", 1L]);
        AssertNoScan(plan);
        Assert.Contains(plan, step => step.StartsWith("SEARCH c USING COVERING INDEX chunks_in_order", StringComparison.Ordinal));
    }

    [Fact]
    public void All_chunks_are_listed_without_their_texts_and_without_sorting()
    {
        string step = Assert.Single(Plan(SqliteMemoryReader.ChunkIdsSql, []));
        Assert.Contains("COVERING INDEX chunks_in_order", step, StringComparison.Ordinal);
    }

    [Fact]
    public void Vectors_are_read_without_the_texts_and_without_sorting()
    {
        List<string> plan = Plan(SqliteMemoryReader.ReadVectorsSql, ["m"]);
        Assert.Contains(plan, step => step.Contains("COVERING INDEX chunks_in_order", StringComparison.Ordinal));
        Assert.DoesNotContain(plan, step => step.Contains("TEMP B-TREE", StringComparison.Ordinal));
    }
}
