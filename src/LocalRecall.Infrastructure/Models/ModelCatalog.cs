using System.Runtime.InteropServices;
using System.Text.Json;
using LocalRecall.Contracts;
using LocalRecall.Core.Embedding;
using LocalRecall.Core.Ports;
using LocalRecall.Infrastructure.Onnx;

namespace LocalRecall.Infrastructure.Models;

/// <summary>
/// The built-in models, and those whose manifests lie in <c>{home}/models/*.json</c>: looked for anew each time. Which of them is in force
/// stands in <c>{home}/model.json</c>; without that, the first built-in one. The last check of a form is in <c>{home}/model-check.json</c>.
/// </summary>
public sealed class ModelCatalog : IModelCatalog
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    private readonly string _manifests;
    private readonly string _record;
    private readonly string _check;
    private readonly ModelProvisioner _provisioner;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly List<string> _problems = [];
    private readonly string? _recordProblem;
    private ModelGenerations _generations;

    public ModelCatalog(string home, ModelProvisioner provisioner)
    {
        _manifests = Path.Combine(home, "models");
        _record = Path.Combine(home, "model.json");
        _check = Path.Combine(home, "model-check.json");
        _provisioner = provisioner;
        Refresh();
        _generations = ReadRecord(out _recordProblem);
    }

    public IReadOnlyList<string> Problems
    {
        get
        {
            lock (_lock)
            {
                return _recordProblem is null ? [.. _problems] : [_recordProblem, .. _problems];
            }
        }
    }

    public ModelGenerations Generations
    {
        get
        {
            lock (_lock)
            {
                return _generations;
            }
        }
    }

    /// <summary>The manifest of the model in force.</summary>
    public ModelManifest InForce
    {
        get
        {
            lock (_lock)
            {
                return _entries[_generations.InForce].Manifest;
            }
        }
    }

    public IReadOnlyList<CatalogModel> List()
    {
        lock (_lock)
        {
            Refresh();
            return [.. _entries.Values.Select(entry => entry.Manifest).OrderBy(manifest => manifest.Files.Id, StringComparer.Ordinal).Select(manifest =>
                new CatalogModel(manifest.Files.Id, manifest.Info, manifest.Files.FilesHere.Sum(file => file.Bytes), IsThere(manifest), manifest.Int8Of?.Info.Id, manifest.Approved))];
        }
    }

    public IEmbedderFactory? Find(string nameOrId)
    {
        lock (_lock)
        {
            if (!_entries.ContainsKey(nameOrId)) Refresh();
            return _entries.GetValueOrDefault(nameOrId)?.Factory ?? _entries.Values.FirstOrDefault(entry => entry.Manifest.Files.Id == nameOrId)?.Factory;
        }
    }

    public async Task ProvisionAsync(string modelId, IProgress<ProvisionProgress>? progress, CancellationToken cancel)
    {
        ModelManifest manifest;
        lock (_lock)
        {
            manifest = _entries[modelId].Manifest;
        }

        try
        {
            await _provisioner.EnsureAsync(manifest, progress: progress is null ? null : new Passing(progress), cancel: cancel).ConfigureAwait(false);
        }
        catch (PinnedDownloadException e)
        {
            throw new EmbeddingException(e.Message, e);
        }
    }

    public void Record(Func<ModelGenerations, ModelGenerations> change)
    {
        lock (_lock)
        {
            ModelGenerations changed = change(_generations);
            if (changed == _generations) return;
            DurableFile.Replace(_record, JsonSerializer.SerializeToUtf8Bytes(changed, Json));
            _generations = changed;
        }
    }

    public bool IsStandard => !File.Exists(_record);

    public FormCheck? LastCheck
    {
        get
        {
            try
            {
                return File.Exists(_check) && JsonSerializer.Deserialize<RecordedCheck>(File.ReadAllBytes(_check), Json) is { } last && last.On == Here ? last.Check : null;
            }
            catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
            {
                return null; // it is made again
            }
        }
    }

    /// <summary>What a check is good for: this version on this machine.</summary>
    private static string Here { get; } =
        $"{typeof(ModelCatalog).Assembly.GetName().Version} {Environment.MachineName} {RuntimeInformation.ProcessArchitecture} {Environment.ProcessorCount}";

    public void Record(FormCheck check) => DurableFile.Replace(_check, JsonSerializer.SerializeToUtf8Bytes(new RecordedCheck(Here, check), Json));

    public string FolderOf(ModelManifest model) => _provisioner.FolderOf(model);

    private bool IsThere(ModelManifest manifest) =>
        manifest.Files.FilesHere.All(file => new FileInfo(Path.Combine(FolderOf(manifest), file.Path)) is { Exists: true } there && there.Length == file.Bytes);

    /// <summary>What was known stays as it was: there is one instance of each model.</summary>
    private void Refresh()
    {
        _problems.Clear();
        foreach (ModelManifest builtIn in ModelManifest.AllBuiltIn) Add(builtIn);
        if (!Directory.Exists(_manifests)) return;
        foreach (string path in Directory.EnumerateFiles(_manifests, "*.json").Order(StringComparer.Ordinal))
        {
            try
            {
                ModelManifest manifest = ModelManifest.Read(path);
                if (!Add(manifest)) _problems.Add($"{path} is not used: there is another model '{manifest.Files.Id}'. Give it another id.");
            }
            catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
            {
                _problems.Add($"{path} is not used: {e.Message}");
            }
        }
    }

    /// <summary>False: its name means another model.</summary>
    private bool Add(ModelManifest manifest)
    {
        if (_entries.ContainsKey(manifest.Info.Id)) return true;
        if (_entries.Values.Any(entry => entry.Manifest.Files.Id == manifest.Files.Id)) return false;
        _entries.Add(manifest.Info.Id, new Entry(manifest, new OnnxEmbedderFactory(manifest, FolderOf(manifest))));
        return true;
    }

    private ModelGenerations ReadRecord(out string? problem)
    {
        string standard = ModelManifest.BuiltIn.Info.Id;
        problem = null;
        if (!File.Exists(_record)) return new ModelGenerations(standard);
        try
        {
            if (JsonSerializer.Deserialize<ModelGenerations>(File.ReadAllBytes(_record), Json) is not { InForce: not null } recorded)
                throw new JsonException("It does not say which model is in force.");
            if (_entries.ContainsKey(recorded.InForce)) return recorded;
            problem = $"The model in force was {recorded.InForce}, whose manifest is no longer there; {standard} takes its place. Put the manifest back and roll back, or use another model.";
            return recorded.InForce.StartsWith(ModelManifest.BuiltIn.Files.Id + "@", StringComparison.Ordinal) ? new ModelGenerations(standard) : recorded.Flip(standard);
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            problem = $"{_record} can't be read: {e.Message} {standard} is in force; use the model that is wanted.";
            return new ModelGenerations(standard);
        }
    }

    private sealed record RecordedCheck(string On, FormCheck Check);

    private sealed record Entry(ModelManifest Manifest, OnnxEmbedderFactory Factory);

    private sealed class Passing(IProgress<ProvisionProgress> to) : IProgress<DownloadProgress>
    {
        public void Report(DownloadProgress value) => to.Report(new ProvisionProgress(value.Step, value.DoneBytes, value.TotalBytes));
    }
}
