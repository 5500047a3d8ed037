using System.Diagnostics.Metrics;
using LocalRecall.Actors.Embedding;
using LocalRecall.Actors.Metrics;
using Xunit;

namespace LocalRecall.Tests.Actors.Metrics;

/// <summary>docs/metrics.md names exactly the instruments there are.</summary>
public sealed class MetricsDocumentTests
{
    [Fact]
    public void The_document_lists_every_instrument_with_its_kind_and_unit()
    {
        using var meters = new TestMeters();
        _ = new EmbeddingMetrics(meters);
        _ = new HostMetrics(meters);
        string[] instruments = [.. meters.Instruments.Select(i => $"{i.Meter.Name}: {i.Name} {Kind(i)} {i.Unit}".TrimEnd()).Order()];

        var documented = new List<string>();
        string meter = "";
        foreach (string line in File.ReadLines(Path.Combine(AppContext.BaseDirectory, "docs", "metrics.md")))
        {
            if (line.StartsWith("## Meter `", StringComparison.Ordinal))
            {
                meter = line.Split('`')[1];
            }
            else if (line.StartsWith("| `", StringComparison.Ordinal))
            {
                string[] cells = [.. line.Split('|').Select(cell => cell.Trim().Trim('`'))];
                documented.Add($"{meter}: {cells[1]} {cells[2]} {cells[3]}".TrimEnd());
            }
        }

        Assert.Equal(instruments, documented.Order());
        Assert.All(meters.Instruments, i => Assert.NotEmpty(i.Description!));
    }

    private static string Kind(Instrument instrument) => instrument.GetType().Name switch
    {
        var name when name.StartsWith("Observable", StringComparison.Ordinal) => name["Observable".Length..^2].ToLowerInvariant(),
        var name => name[..^2].ToLowerInvariant(),
    };
}
