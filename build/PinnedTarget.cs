using System.Text.Json;
using LocalRecall.Infrastructure.Models;

namespace LocalRecall.Build;

/// <summary>A set that the build needs, and where it wants it.</summary>
/// <param name="StandIn">The package in whose place the set is used, or null if it is needed always.</param>
internal sealed record PinnedTarget(PinnedSet Set, string Folder, string? StandIn)
{
    /// <summary>Reads <c>build/downloads.json</c>; its paths are relative to <paramref name="projectRoot"/>.</summary>
    public static IReadOnlyList<PinnedTarget> ReadAll(string projectRoot)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(projectRoot, "build", "downloads.json")));
        return
        [
            .. json.RootElement.GetProperty("downloads").EnumerateArray().Select(item => new PinnedTarget(
                PinnedSet.Read(Path.Combine(projectRoot, item.GetProperty("set").GetString()!)),
                Path.Combine(projectRoot, item.GetProperty("folder").GetString()!),
                item.TryGetProperty("standIn", out var standIn) ? standIn.GetString() : null)),
        ];
    }
}
