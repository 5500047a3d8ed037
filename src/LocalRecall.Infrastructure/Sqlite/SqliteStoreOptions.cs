namespace LocalRecall.Infrastructure.Sqlite;

/// <param name="BusyTimeoutMs">How long a statement waits for another process before it fails with <see cref="Core.Ports.StoreFault.Busy"/>.</param>
/// <param name="PageCacheKiB">SQLite's page cache, per connection.</param>
/// <param name="SpareVectors">Vectors of texts no chunk holds any more that are kept for when they come back (a moved file, an undone edit).</param>
/// <param name="RememberedVectors">Vectors of texts that are no chunk (queries, what clients had embedded): at most so many, the last used ones. 0: none.</param>
public sealed record SqliteStoreOptions(int BusyTimeoutMs = 5000, int PageCacheKiB = 8192, int SpareVectors = 10_000, int RememberedVectors = 20_000);
