using LocalRecall.Benchmarks;
using LocalRecall.Client;
using LocalRecall.Contracts.Messages;
using LocalRecall.Core.Formats;
using LocalRecall.Core.Memories;
using LocalRecall.Evaluation.Sets;

namespace LocalRecall.Evaluation;

/// <summary>A home with the texts of a set in its index. Gone when disposed, unless it is kept.</summary>
internal sealed class EvalHome : IDisposable
{
    private const string Configuration = "host.conf";
    private static readonly TimeSpan ImportPatience = TimeSpan.FromHours(12);

    private readonly string _root;
    private readonly bool _keep;

    /// <param name="keepAs">The folder it stays in, and is taken from the next time; null: a temporary one.</param>
    public EvalHome(string? keepAs)
    {
        _keep = keepAs is not null;
        _root = keepAs is null ? Directory.CreateTempSubdirectory("localrecall-eval-").FullName : Directory.CreateDirectory(keepAs).FullName;
        Home = Directory.CreateDirectory(Path.Combine(_root, "home")).FullName;
    }

    public string Home { get; }

    /// <summary>A host on it, with these settings.</summary>
    public async Task<RealHost> StartAsync(IEnumerable<Setting> settings)
    {
        await File.WriteAllLinesAsync(Path.Combine(Home, Configuration), settings.Select(setting => setting.ToString()));
        return await RealHost.StartAsync(existingHome: Home);
    }

    /// <summary>The project that a collection's memories belong to.</summary>
    public string ProjectOf(int collection) => Path.Combine(_root, "texts", collection.ToString(System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>Writes each document as a memory file, and has them imported.</summary>
    /// <exception cref="EvalException">One of them was not taken.</exception>
    public async Task ImportAsync(RecallClient client, RetrievalSet set, IProgress<ImportProgress> progress, CancellationToken stop)
    {
        List<FileFault> faults = [];
        long wanted = 0;
        for (int i = 0; i < set.Collections.Count; i++)
        {
            Collection collection = set.Collections[i];
            string project = ProjectOf(i);
            string folder = Path.Combine(project, "episodic-memory");
            Directory.CreateDirectory(folder);
            foreach (Document document in collection.Documents.Where(document => collection.Canonical[document.Id] == document.Id))
            {
                MemoryId id = IdOf(set, collection, document);
                string path = Path.Combine(folder, $"{id}.md");
                string text = MarkdownMemory.Write(new Memory(id, MemoryKind.Episodic, document.Subject, [], AppliesTo.Global, document.OccurredAt, null, document.Text));
                if (!File.Exists(path) || await File.ReadAllTextAsync(path, stop) != text)
                    await File.WriteAllTextAsync(path, text, stop);
            }

            ImportFinished finished = await client.ImportAsync([folder], project, progress: progress, timeout: ImportPatience, cancellation: stop);
            faults.AddRange(finished.Faults);
            wanted += collection.Documents.Count(document => collection.Canonical[document.Id] == document.Id);
        }

        // That a text is short or has no keywords is said of it, too, so it is what is there that counts.
        long there = (await client.StatusAsync(cancellation: stop)).Index.Memories.Sum(kind => kind.Count);
        if (there != wanted)
            throw new EvalException($"{there} of {wanted} memories are in the index. The faults begin with:\n{string.Join('\n', faults.Take(5).Select(fault => $"{fault.Path}: {fault.Reason}"))}");
    }

    public static Guid MemoryOf(RetrievalSet set, Collection collection, Document document) => IdOf(set, collection, document).Value;

    public void Dispose()
    {
        if (!_keep)
            Directory.Delete(_root, recursive: true);
    }

    private static MemoryId IdOf(RetrievalSet set, Collection collection, Document document) => MemoryId.Of($"{set.Kind}\n{collection.Name}\n{document.Id}");
}
