using LocalRecall.Actors.Models;
using LocalRecall.Benchmarks.Load;
using LocalRecall.Benchmarks.Peers;
using LocalRecall.Core.Ports;
using LocalRecall.Infrastructure.Models;

namespace LocalRecall.Benchmarks;

/// <param name="Corpus">Folder of memories or documents.</param>
/// <param name="Quick">Less of everything.</param>
/// <param name="Chunks">Of the part <c>scan</c>.</param>
/// <param name="Bulk">Sizes of the part <c>bulk</c>.</param>
/// <param name="Load">Sizes of the part <c>load</c>.</param>
internal sealed record BenchOptions(IReadOnlyList<string> Parts, string Corpus, bool Quick, int Chunks, BulkSizes Bulk, LoadSizes Load)
{
    public static BenchOptions Parse(string[] args, IReadOnlyList<string> known)
    {
        List<string> parts = [];
        string corpus = BenchPaths.Samples;
        bool quick = false;
        int? chunks = null, files = null, largeKb = null;
        List<(string Option, int Value)> sizes = [];
        for (int i = 0; i < args.Length; i++)
        {
            if (args[i] == "--quick")
                quick = true;
            else if (args[i] == "--corpus" && i + 1 < args.Length)
                corpus = Path.GetFullPath(args[++i], Environment.GetEnvironmentVariable("CALLED_FROM") ?? Environment.CurrentDirectory);
            else if (args[i] == "--chunks" && i + 1 < args.Length && int.TryParse(args[i + 1], out int count) && count >= 1000)
                (chunks, i) = (count, i + 1);
            else if (args[i] == "--files" && i + 1 < args.Length && int.TryParse(args[i + 1], out int small) && small > 0)
                (files, i) = (small, i + 1);
            else if (args[i] == "--large-kb" && i + 1 < args.Length && int.TryParse(args[i + 1], out int kilobytes) && kilobytes > 0)
                (largeKb, i) = (kilobytes, i + 1);
            else if (args[i].StartsWith("--", StringComparison.Ordinal) && i + 1 < args.Length && int.TryParse(args[i + 1], out int value) && value > 0)
                sizes.Add((args[i++], value));
            else if (known.Contains(args[i]))
                parts.Add(args[i]);
            else
                throw new BenchException($"There is no part {args[i]}: it is {string.Join(", ", known)}.");
        }

        BulkSizes bulk = quick ? BulkSizes.Quick : BulkSizes.Full;
        return Directory.Exists(corpus)
            ? new BenchOptions(
                parts is [] ? [.. known.Where(name => name != PeersPart.Name)] : parts, corpus, quick, chunks ?? (quick ? 50_000 : 1_000_000),
                new BulkSizes(files ?? bulk.Files, largeKb ?? bulk.LargeKb),
                sizes.Aggregate(quick ? LoadSizes.Quick : LoadSizes.Full, (all, size) => all.With(size.Option, size.Value)))
            : throw new BenchException($"There is no folder {corpus}.");
    }
}

/// <summary>What the parts share: the model, the texts, generated stores, the report.</summary>
internal sealed class Bench(BenchOptions options) : IDisposable
{
    private readonly Lazy<Corpus> _corpus = new(() => Corpus.Read(options.Corpus));
    private readonly Lazy<string> _scratch = new(() => Directory.CreateTempSubdirectory("localrecall-bench-").FullName);
    private GeneratedStores? _stores;
    private string _part = "";

    public BenchOptions Options => options;

    public bool Quick => options.Quick;

    public ModelInForce Models { get; } = new(new ModelCatalog(BenchPaths.Models, new ModelProvisioner(ModelProvisioner.RootOr(BenchPaths.Models))));

    public IEmbedderFactory Model => Models.Embedder;

    public Corpus Corpus => _corpus.Value;

    public GeneratedStores Stores => _stores ??= new GeneratedStores(Corpus, Model);

    /// <summary>Gone when all parts have run.</summary>
    public string ScratchFolder => _scratch.Value;

    public Report Report { get; } = new(options);

    public void Begin(string part)
    {
        _part = part;
        Say(Machine.Load is { } load ? $"load average {Spread.Number(load)}" : "begins");
    }

    public void Say(string what) => Console.WriteLine($"{DateTime.UtcNow:HH:mm:ss} {_part}: {what}");

    public void Add(string what, string unit, IEnumerable<double> samples, Goal? goal = null, string? note = null)
    {
        var row = new Row(_part, what, unit, Spread.Of(samples), goal, note, Machine.Load);
        Report.Add(row);
        Say($"{what}: {row.Value.ToText(unit)}");
    }

    public void Dispose()
    {
        _stores?.Dispose();
        if (_scratch.IsValueCreated)
            Directory.Delete(ScratchFolder, recursive: true);
    }
}
