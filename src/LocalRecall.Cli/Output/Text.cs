using System.Globalization;
using LocalRecall.Client;
using LocalRecall.Contracts;
using LocalRecall.Contracts.Messages;

namespace LocalRecall.Cli.Output;

/// <summary>Results for people to read.</summary>
internal sealed class Text(TextWriter writer, bool colour)
{
    public void Search(SearchResults results)
    {
        int number = 0;
        foreach (SearchHit hit in results.Hits)
        {
            string why = string.Join('+', hit.Matched.Select(Clean.Line));
            string confidence = hit.Confidence is { } share ? $", confidence {Number(share, "0.00")}" : "";
            Write($"{++number}. {Strong(Clean.Line(hit.Summary.Subject))}  {Number(hit.Score, "0.00")} {why}{confidence}");
            Write(Faint($"   {About(hit.Summary)}"));
            string heading = Clean.Line(hit.Heading);
            if (heading.Length > 0 && heading != Clean.Line(hit.Summary.Subject))
            {
                Write(Faint($"   {heading}"));
            }

            Indented(hit.Content + (hit.Shortened ? " …" : ""));
            if (hit.Explanation is { } explanation)
            {
                Write(Faint($"   {Explained.Score(hit.Score, hit.Cosine, hit.Terms, explanation)}"));
            }

            Write("");
        }

        if (results.Explanation is { } whole)
        {
            foreach (string line in Explained.Search(whole))
            {
                Write(line);
            }

            Write("");
        }

        if (results.Hits.Count == 0)
        {
            Write(results.BelowFloor == 0 ? "Nothing found." : $"Nothing fits. {Weaker(results.BelowFloor)}");
        }

        Write(Faint(Invariant(
            $"{results.Hits.Count} of {results.Total} memories, {results.TokensUsed} tokens, {results.Timings.TotalMs:0.0} ms (embedding {results.Timings.EmbedMs:0.0})")));
        if (results.Hits.Count > 0 && results.BelowFloor > 0)
        {
            Write(Faint(Weaker(results.BelowFloor)));
        }

        if (results.Degraded is { } degraded)
        {
            Write($"Degraded: {Clean.Line(degraded)}");
        }
    }

    private static string Weaker(int count) => count == 1 ? "1 weaker memory: --all shows it." : Invariant($"{count} weaker memories: --all shows them.");

    public void Memory(FoundMemory memory)
    {
        Write(Strong(Clean.Line(memory.Summary.Subject)));
        Write(Faint(About(memory.Summary)));
        if (memory.Summary.Keywords.Count > 0)
        {
            Write(Faint($"keywords: {Clean.Line(string.Join(", ", memory.Summary.Keywords))}"));
        }

        if (memory.Summary.Path is { } path)
        {
            Write(Faint($"file: {Clean.Line(path)}"));
        }

        Write("");
        Write(Clean.Lines(memory.Content));
    }

    public void Added(MemoryAdded added) => Write(
        (added.Duplicate ? $"{added.Id} was there already" : $"{added.Id} kept") +
        (added.EmbeddingPending ? "; found by keywords now, by meaning once the model is back" : ""));

    public void Forgotten(MemoryForgotten forgotten)
    {
        Write($"{forgotten.Id} forgotten: {Clean.Line(forgotten.Subject)}");
        foreach (string path in forgotten.DeletedPaths)
        {
            Write($"  deleted {Clean.Line(path)}");
        }

        foreach (string path in forgotten.KeptPaths)
        {
            Write($"  still in {Clean.Line(path)}, but not imported from there again");
        }
    }

    public void Updated(MemoryUpdated updated) =>
        Write($"{updated.Id} changed" + (updated.EmbeddingPending ? "; found by keywords now, by meaning once the model is back" : ""));

    public void Redacted(StoredRedacted redacted, bool dryRun)
    {
        foreach (SecretFinding finding in redacted.Findings)
        {
            Write($"{finding.Memory}  {Clean.Line(string.Join(", ", finding.Kinds))}  {Clean.Line(finding.Subject)}");
            if (finding is { FileKept: true, Path: { } path })
            {
                Write($"  still in {Clean.Line(path)}: it is not ours to change");
            }
        }

        Write(Faint($"{redacted.Changed} of {redacted.Memories} memories {(dryRun ? "hold a secret; nothing was changed" : "held a secret; it is gone from the index and from our files")}"));
    }

    public void List(IReadOnlyList<MemorySummary> memories, long total)
    {
        foreach (MemorySummary memory in memories)
        {
            Write($"{Faint(Invariant($"{memory.Id}  {memory.OccurredAt.UtcDateTime:yyyy-MM-dd}  {Clean.Line(memory.Kind),-8}"))}  {Clean.Line(memory.Subject)}");
        }

        Write(Faint($"{memories.Count} of {total} memories"));
    }

    public void Imported(ImportFinished finished)
    {
        ImportCounts counts = finished.Counts;
        Write(Invariant(
            $"{counts.Files} files in {finished.ElapsedMs / 1000.0:0.0} s: {counts.Stored} memories stored, {counts.Unchanged} files unchanged, {counts.Duplicates} duplicates, {counts.Removed} removed, {counts.Failed} failed, {counts.Chunks} chunks"));
        Faults(finished.Faults, counts.Failed);
    }

    public static string Advice(ModelAdvice advice) =>
        Invariant($"{Clean.Line(advice.Name)} is {advice.Speedup:0.0} times as fast on this machine: recall model use {Clean.Line(advice.Name)}");

    public void Models(ModelList list)
    {
        int width = list.Models.Select(model => NameOf(model).Length).Append(0).Max();
        foreach (ModelEntry model in list.Models)
        {
            string role = model.Role switch { "in-force" => "in force", "building" => "begun", var other => Clean.Line(other) };
            string size = model.Name.Length == 0 ? "no manifest" : Invariant($"{model.Dimensions} dimensions, {model.SizeBytes / 1048576.0:0.0} MB") + (model.Provisioned ? "" : ", not fetched");
            Write(Invariant($"{(model.Role == "in-force" ? "*" : " ")} {NameOf(model).PadRight(width)}  {role,-8}  {model.Vectors} vectors  ") + Faint($"{size}  {Clean.Line(model.Id)}"));
        }

        Write(Faint(Invariant($"{list.Chunks} chunks are stored")));
        foreach (string problem in list.Problems)
        {
            Write(Clean.Line(problem));
        }

        if (list.Advice is { } advice)
        {
            Write(Advice(advice));
        }

        static string NameOf(ModelEntry model) => Clean.Line(model.Name.Length > 0 ? model.Name : "(gone)");
    }

    public void ModelsChecked(ModelsChecked models)
    {
        Write(Invariant($"{Clean.Line(models.SourceId)}  {models.SourceMs:0.00} ms a text"));
        Write(Invariant($"{Clean.Line(models.FormId)}  {models.FormMs:0.00} ms a text, {models.Speedup:0.0} times as fast (median of {models.Texts} texts by turns)"));
        Write(Invariant($"rank correlation of their cosines {models.Agreement:0.0000} ({models.Pairs} pairs)"));
        Write(models.Better
            ? $"{Clean.Line(models.FormName)} is the better one on this machine: recall model use {Clean.Line(models.FormName)}"
            : $"{Clean.Line(models.FormName)} is not better on this machine" + (models.Approved ? "" : ": the evaluation has not shown that nothing is lost"));
    }

    public void ModelUsed(ModelUsed used, bool dryRun, bool isRollback)
    {
        string missing = Invariant($"{used.Pending} of {used.Chunks} chunks");
        Write((dryRun, used.Switched) switch
        {
            (true, _) when isRollback => $"{Clean.Line(used.ModelId)} would be in force at once; {missing} would get a vector of it afterwards",
            (true, _) => $"{missing} would be embedded with {Clean.Line(used.ModelId)}; until then {Clean.Line(used.Previous)} stays in force",
            (_, false) => $"{Clean.Line(used.ModelId)} is in force already",
            _ when isRollback => $"{Clean.Line(used.ModelId)} is in force again" + (used.Pending > 0 ? $"; {missing} are found by keywords now, by meaning once they have a vector of it" : ""),
            _ => Invariant($"{Clean.Line(used.ModelId)} is in force, {used.Embedded} chunks were embedded in {used.ElapsedMs / 1000.0:0.0} s; recall model rollback goes back to {Clean.Line(used.Previous)}"),
        });
        if (used.Cut > 0)
        {
            Write(Invariant($"{used.Cut} chunks are as long as this model reads or longer; what lies behind is found by keywords only"));
        }
    }

    public void Embedded(Embeddings embeddings)
    {
        for (int i = 0; i < embeddings.Count; i++)
        {
            ReadOnlySpan<float> vector = embeddings[i].Span;
            Write($"[{string.Join(", ", vector[..Math.Min(6, vector.Length)].ToArray().Select(v => Number(v, "0.0000")))}, …]");
        }

        Write(Faint($"{embeddings.Count} vectors of {embeddings.Dimensions}, {embeddings.Tokens} tokens, {Clean.Line(embeddings.ModelId)}"));
    }

    public void Status(HostStatus status)
    {
        foreach (string line in StatusLines.Of(status))
        {
            Write(line);
        }

        foreach (string path in status.Watched)
        {
            Write($"watch   {Clean.Line(path)}");
        }

        foreach (string lease in status.Leases)
        {
            Write($"lease   {Clean.Line(lease)}");
        }

        Faults(status.Faults, status.Index.Faults);
    }

    /// <summary>Where the host serves HTTP.</summary>
    public void Http(HostEndpoint endpoint)
    {
        if (endpoint.HttpAddress is { } address)
        {
            Write($"http    {Clean.Line(address)}");
        }

        if (endpoint.OllamaAddress is { } ollama)
        {
            Write($"ollama  {Clean.Line(ollama)}");
        }
    }

    public void Checks(IEnumerable<Check> checks)
    {
        foreach (Check check in checks)
        {
            string mark = check.State switch { CheckState.Ok => "ok  ", CheckState.Warning => "warn", _ => "FAIL" };
            Write($"{(check.State == CheckState.Ok ? mark : Strong(mark))}  {check.Name}: {Clean.Lines(check.Detail)}");
            if (check.Advice is { } advice)
            {
                Write($"      {Clean.Lines(advice)}");
            }
        }
    }

    public void Write(string line) => writer.Write(line + "\n");

    private static string About(MemorySummary memory) => Clean.Line(Invariant(
        $"{memory.Id} · {memory.Kind} · {memory.AppliesTo} · {memory.OccurredAt.UtcDateTime:yyyy-MM-dd}{(memory.Project is { } project ? $" · {project}" : "")}"));

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    private void Faults(IReadOnlyList<FileFault> faults, long total)
    {
        foreach (FileFault fault in faults)
        {
            Write($"fault   {Clean.Line(fault.Path)}: {Clean.Line(fault.Reason)}");
        }

        if (total > faults.Count)
        {
            Write($"        and {total - faults.Count} more");
        }
    }

    private void Indented(string content)
    {
        foreach (string line in Clean.Lines(content).TrimEnd().Split('\n'))
        {
            Write($"   {line}");
        }
    }

    private string Strong(string text) => colour ? $"\u001b[1m{text}\u001b[0m" : text;

    private string Faint(string text) => colour ? $"\u001b[2m{text}\u001b[0m" : text;
}
