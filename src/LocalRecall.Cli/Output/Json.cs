using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using LocalRecall.Client;
using LocalRecall.Contracts;
using LocalRecall.Contracts.Messages;

namespace LocalRecall.Cli.Output;

/// <summary>Results for programs to read: one object on one line.</summary>
internal static class Json
{
    // Nothing of it ends up in a web page; letters of all languages stay readable. Control characters are escaped all the same.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    public static void Write(TextWriter writer, Action<Utf8JsonWriter> members)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }

        writer.Write(Encoding.UTF8.GetString(buffer.WrittenSpan) + "\n");
    }

    public static void Search(TextWriter writer, SearchResults results) => Write(writer, json =>
    {
        json.WriteStartArray("results");
        foreach (SearchHit hit in results.Hits)
        {
            json.WriteStartObject();
            json.WriteString("id", hit.Summary.Id);
            json.WriteString("kind", hit.Summary.Kind);
            json.WriteString("subject", hit.Summary.Subject);
            Number(json, "score", hit.Score, 4);
            json.WriteString("scope", hit.Summary.AppliesTo);
            json.WriteString("project", hit.Summary.Project);
            json.WriteString("occurredAt", Time(hit.Summary.OccurredAt));
            json.WriteString("content", hit.Content);
            Texts(json, "matched", hit.Matched);
            json.WriteString("path", hit.Summary.Path);
            if (hit.Confidence is { } confidence)
            {
                Number(json, "confidence", confidence, 4);
            }

            if (hit.Explanation is { } why)
            {
                Explanation(json, hit.Cosine, hit.Terms, why);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteNumber("total", results.Total);
        json.WriteNumber("tokensUsed", results.TokensUsed);
        json.WriteString("degraded", results.Degraded);
        json.WriteStartObject("timings");
        Number(json, "embedMs", results.Timings.EmbedMs, 3);
        Number(json, "searchMs", results.Timings.SearchMs, 3);
        Number(json, "totalMs", results.Timings.TotalMs, 3);
        json.WriteEndObject();
        json.WriteNumber("belowFloor", results.BelowFloor);
        if (results.Explanation is { } explanation)
        {
            Explanation(json, explanation);
        }
    });

    /// <summary>What a hit's score is made of.</summary>
    private static void Explanation(Utf8JsonWriter json, float? cosine, IReadOnlyList<string> terms, HitExplanation why)
    {
        json.WriteStartObject("explanation");
        OptionalNumber(json, "cosine", cosine);
        OptionalNumber(json, "vectorRank", why.VectorRank);
        Number(json, "vectorShare", why.VectorShare, 4);
        OptionalNumber(json, "bm25", why.Bm25);
        OptionalNumber(json, "keywordRank", why.KeywordRank);
        Number(json, "keywordShare", why.KeywordShare, 4);
        Texts(json, "terms", terms);
        Number(json, "termShare", why.TermShare, 4);
        json.WriteStartObject("boosts");
        foreach (ScoreBoost boost in why.Boosts)
        {
            Number(json, boost.Name, boost.Value, 4);
        }

        json.WriteEndObject();
        json.WriteNumber("parts", why.Chunks);
        json.WriteEndObject();
    }

    private static void Explanation(Utf8JsonWriter json, SearchExplanation why)
    {
        json.WriteStartObject("explanation");
        json.WriteStartObject("terms");
        foreach (QueryTerm term in why.Terms)
        {
            json.WriteNumber(term.Text, term.Chunks);
        }

        json.WriteEndObject();
        json.WriteStartObject("options");
        foreach (RankingOption option in why.Options)
        {
            json.WriteString(option.Name, option.Value);
        }

        json.WriteEndObject();
        Number(json, "minConfidence", why.MinConfidence, 4);
        json.WriteNumber("candidates", why.Candidates);
        json.WriteNumber("noise", why.Noise);
        json.WriteNumber("excluded", why.Excluded);
        Number(json, "cosineMean", why.CosineMean, 4);
        Number(json, "cosineDeviation", why.CosineDeviation, 4);
        json.WriteStartArray("fallen");
        foreach (FallenHit hit in why.Fallen)
        {
            json.WriteStartObject();
            json.WriteString("id", hit.Id);
            json.WriteString("kind", hit.Kind);
            json.WriteString("subject", hit.Subject);
            json.WriteString("reason", hit.Reason);
            Number(json, "score", hit.Score, 4);
            Number(json, "confidence", hit.Confidence, 4);
            Explanation(json, hit.Cosine, hit.Terms, hit.Explanation);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    public static void Memory(TextWriter writer, FoundMemory memory) => Write(writer, json =>
    {
        Summary(json, memory.Summary);
        json.WriteString("content", memory.Content);
    });

    public static void Added(TextWriter writer, MemoryAdded added) => Write(writer, json =>
    {
        json.WriteString("id", added.Id);
        json.WriteBoolean("duplicate", added.Duplicate);
        json.WriteBoolean("embeddingPending", added.EmbeddingPending);
    });

    public static void Updated(TextWriter writer, MemoryUpdated updated) => Write(writer, json =>
    {
        json.WriteString("id", updated.Id);
        json.WriteBoolean("embeddingPending", updated.EmbeddingPending);
    });

    public static void Redacted(TextWriter writer, StoredRedacted redacted, bool dryRun) => Write(writer, json =>
    {
        json.WriteBoolean("dryRun", dryRun);
        json.WriteNumber("memories", redacted.Memories);
        json.WriteNumber("changed", redacted.Changed);
        json.WriteStartArray("findings");
        foreach (SecretFinding finding in redacted.Findings)
        {
            json.WriteStartObject();
            json.WriteString("id", finding.Memory);
            json.WriteString("subject", finding.Subject);
            Texts(json, "kinds", finding.Kinds);
            json.WriteString("path", finding.Path);
            json.WriteBoolean("fileKept", finding.FileKept);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    public static void Forgotten(TextWriter writer, IEnumerable<MemoryForgotten> memories, IEnumerable<Guid> missing) => Write(writer, json =>
    {
        json.WriteStartArray("forgotten");
        foreach (MemoryForgotten forgotten in memories)
        {
            json.WriteStartObject();
            json.WriteString("id", forgotten.Id);
            json.WriteString("subject", forgotten.Subject);
            Texts(json, "deletedPaths", forgotten.DeletedPaths);
            Texts(json, "keptPaths", forgotten.KeptPaths);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        Texts(json, "notFound", missing.Select(id => id.ToString()));
    });

    public static void List(TextWriter writer, IEnumerable<MemorySummary> memories, long total) => Write(writer, json =>
    {
        json.WriteStartArray("memories");
        foreach (MemorySummary memory in memories)
        {
            json.WriteStartObject();
            Summary(json, memory);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteNumber("total", total);
    });

    public static void Embedded(TextWriter writer, Embeddings embeddings) => Write(writer, json =>
    {
        json.WriteString("model", embeddings.ModelId);
        json.WriteNumber("dimensions", embeddings.Dimensions);
        json.WriteNumber("tokens", embeddings.Tokens);
        json.WriteStartArray("embeddings");
        for (int i = 0; i < embeddings.Count; i++)
        {
            json.WriteStartArray();
            foreach (float value in embeddings[i].Span)
            {
                json.WriteNumberValue(value);
            }

            json.WriteEndArray();
        }

        json.WriteEndArray();
    });

    public static void Imported(TextWriter writer, ImportFinished finished) => Write(writer, json =>
    {
        ImportCounts counts = finished.Counts;
        json.WriteNumber("files", counts.Files);
        json.WriteNumber("stored", counts.Stored);
        json.WriteNumber("unchanged", counts.Unchanged);
        json.WriteNumber("duplicates", counts.Duplicates);
        json.WriteNumber("removed", counts.Removed);
        json.WriteNumber("failed", counts.Failed);
        json.WriteNumber("chunks", counts.Chunks);
        Faults(json, finished.Faults);
        json.WriteNumber("elapsedMs", finished.ElapsedMs);
    });

    public static void Models(TextWriter writer, ModelList list) => Write(writer, json =>
    {
        json.WriteStartArray("models");
        foreach (ModelEntry model in list.Models)
        {
            json.WriteStartObject();
            json.WriteString("id", model.Id);
            json.WriteString("name", model.Name);
            json.WriteNumber("dimensions", model.Dimensions);
            json.WriteNumber("sizeBytes", model.SizeBytes);
            json.WriteBoolean("provisioned", model.Provisioned);
            json.WriteString("role", model.Role);
            json.WriteNumber("vectors", model.Vectors);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteNumber("chunks", list.Chunks);
        Texts(json, "problems", list.Problems);
        if (list.Advice is { } advice)
        {
            json.WriteStartObject("advice");
            json.WriteString("use", advice.Name);
            json.WriteNumber("speedup", advice.Speedup);
            json.WriteEndObject();
        }
    });

    public static void ModelsChecked(TextWriter writer, ModelsChecked models) => Write(writer, json =>
    {
        json.WriteString("source", models.SourceId);
        json.WriteString("form", models.FormId);
        json.WriteNumber("texts", models.Texts);
        json.WriteNumber("sourceMs", models.SourceMs);
        json.WriteNumber("formMs", models.FormMs);
        json.WriteNumber("speedup", models.Speedup);
        json.WriteNumber("pairs", models.Pairs);
        json.WriteNumber("agreement", models.Agreement);
        json.WriteBoolean("approved", models.Approved);
        json.WriteBoolean("better", models.Better);
    });

    public static void ModelUsed(TextWriter writer, ModelUsed used, bool dryRun) => Write(writer, json =>
    {
        json.WriteBoolean("dryRun", dryRun);
        json.WriteString("model", used.ModelId);
        json.WriteString("previous", used.Previous);
        json.WriteBoolean("switched", used.Switched);
        json.WriteNumber("chunks", used.Chunks);
        json.WriteNumber("pending", used.Pending);
        json.WriteNumber("embedded", used.Embedded);
        json.WriteNumber("cut", used.Cut);
        json.WriteNumber("elapsedMs", used.ElapsedMs);
    });

    public static void Unwatched(TextWriter writer, WatchingStopped stopped) => Write(writer, json => Texts(json, "unwatched", stopped.Paths));

    public static void Status(TextWriter writer, HostStatus status, HostEndpoint endpoint) => Write(writer, json =>
    {
        Status(json, status);
        Http(json, endpoint);
    });

    /// <summary>Where the host serves HTTP.</summary>
    public static void Http(Utf8JsonWriter json, HostEndpoint endpoint)
    {
        json.WriteString("httpAddress", endpoint.HttpAddress);
        json.WriteString("ollamaAddress", endpoint.OllamaAddress);
    }

    /// <summary>One look at the host. Without one, only when that was and why.</summary>
    public static void Look(TextWriter writer, DateTimeOffset at, HostStatus? status, string? problem) => Write(writer, json =>
    {
        json.WriteString("time", Time(at));
        json.WriteBoolean("running", status is not null);
        if (status is not null)
        {
            Status(json, status);
        }
        else
        {
            json.WriteString("problem", problem);
        }
    });

    private static void Status(Utf8JsonWriter json, HostStatus status)
    {
        json.WriteString("hostVersion", status.HostVersion);
        json.WriteNumber("pid", status.Pid);
        json.WriteString("home", status.Home);
        json.WriteNumber("uptimeMs", status.UptimeMs);
        json.WriteNumber("workingSetBytes", status.WorkingSetBytes);
        json.WriteNumber("peakWorkingSetBytes", status.PeakWorkingSetBytes);
        json.WriteNumber("processorTimeMs", status.ProcessorTimeMs);
        json.WriteNumber("clients", status.Clients);

        ModelStatus model = status.Model;
        json.WriteStartObject("model");
        json.WriteString("id", model.Id);
        json.WriteString("state", model.State);
        json.WriteString("problem", model.Problem);
        json.WriteNumber("queuedQueries", model.QueuedQueries);
        json.WriteNumber("queuedIngest", model.QueuedIngest);
        json.WriteNumber("runs", model.Runs);
        json.WriteNumber("texts", model.Texts);
        json.WriteNumber("tokens", model.Tokens);
        if (model.Activity is { } activity)
        {
            Activity(json, activity);
        }

        json.WriteEndObject();

        IndexStatus index = status.Index;
        json.WriteStartObject("index");
        json.WriteString("state", index.State);
        json.WriteString("problem", index.Problem);
        json.WriteStartObject("memories");
        foreach (KindCount kind in index.Memories)
        {
            json.WriteNumber(kind.Kind, kind.Count);
        }

        json.WriteEndObject();
        json.WriteNumber("chunks", index.Chunks);
        json.WriteNumber("vectors", index.Vectors);
        json.WriteNumber("pendingChunks", index.PendingChunks);
        json.WriteNumber("sources", index.Sources);
        json.WriteNumber("faults", index.Faults);
        json.WriteNumber("fileBytes", index.FileBytes);
        json.WriteEndObject();

        Texts(json, "watched", status.Watched);
        Texts(json, "leases", status.Leases);
        Faults(json, status.Faults);
    }

    public static void Checks(TextWriter writer, IReadOnlyList<Check> checks) => Write(writer, json =>
    {
        json.WriteBoolean("ok", checks.All(c => c.State != CheckState.Failed));
        json.WriteStartArray("checks");
        foreach (Check check in checks)
        {
            json.WriteStartObject();
            json.WriteString("name", check.Name);
            json.WriteString("state", check.State switch { CheckState.Ok => "ok", CheckState.Warning => "warning", _ => "failed" });
            json.WriteString("detail", check.Detail);
            json.WriteString("advice", check.Advice);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    private static void Activity(Utf8JsonWriter json, ModelActivity activity)
    {
        json.WriteNumber("maxRunTokens", activity.MaxRunTokens);
        json.WriteStartObject("lanes");
        Lane(json, "query", activity.Queries, activity.QueryWaitMs);
        Lane(json, "ingest", activity.Ingest, activity.IngestWaitMs);
        json.WriteEndObject();
        Run(json, "running", activity.Running);
        Run(json, "lastRun", activity.LastRun);
        Quantiles(json, "runMs", activity.RunMs);
        json.WriteStartObject("rates");
        Rates(json, "last10Seconds", activity.Last10Seconds);
        Rates(json, "lastMinute", activity.LastMinute);
        json.WriteEndObject();
        json.WriteStartObject("outcomes");
        json.WriteNumber("answered", activity.Outcomes.Answered);
        json.WriteNumber("expired", activity.Outcomes.Expired);
        json.WriteNumber("busy", activity.Outcomes.Busy);
        json.WriteNumber("cancelled", activity.Outcomes.Cancelled);
        json.WriteNumber("failed", activity.Outcomes.Failed);
        json.WriteNumber("unavailable", activity.Outcomes.Unavailable);
        json.WriteEndObject();
        json.WriteNumber("restarts", activity.Restarts);
        json.WriteNumber("recreatedSessions", activity.RecreatedSessions);
        json.WriteStartArray("failures");
        foreach (ModelFailure failure in activity.Failures)
        {
            json.WriteStartObject();
            json.WriteString("time", Time(failure.At));
            json.WriteString("reason", failure.Reason);
            json.WriteNumber("times", failure.Times);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Lane(Utf8JsonWriter json, string name, LaneStatus lane, QuantilesStatus waits)
    {
        json.WriteStartObject(name);
        json.WriteNumber("texts", lane.Texts);
        json.WriteNumber("tokens", lane.Tokens);
        Number(json, "oldestWaitMs", lane.OldestWaitMs, 3);
        Quantiles(json, "waitMs", waits);
        json.WriteEndObject();
    }

    private static void Run(Utf8JsonWriter json, string name, RunStatus? run)
    {
        if (run is null)
        {
            json.WriteNull(name);
            return;
        }

        json.WriteStartObject(name);
        json.WriteNumber("texts", run.Texts);
        json.WriteNumber("tokens", run.Tokens);
        json.WriteNumber("paddedTokens", run.PaddedTokens);
        Number(json, "elapsedMs", run.ElapsedMs, 3);
        json.WriteEndObject();
    }

    private static void Quantiles(Utf8JsonWriter json, string name, QuantilesStatus times)
    {
        json.WriteStartObject(name);
        json.WriteNumber("count", times.Count);
        Number(json, "p50", times.P50, 3);
        Number(json, "p95", times.P95, 3);
        Number(json, "p99", times.P99, 3);
        json.WriteEndObject();
    }

    private static void Rates(Utf8JsonWriter json, string name, RatesStatus rates)
    {
        json.WriteStartObject(name);
        Number(json, "requests", rates.Requests, 3);
        Number(json, "runs", rates.Runs, 3);
        Number(json, "texts", rates.Texts, 3);
        Number(json, "tokens", rates.Tokens, 3);
        json.WriteEndObject();
    }

    private static void Summary(Utf8JsonWriter json, MemorySummary memory)
    {
        json.WriteString("id", memory.Id);
        json.WriteString("kind", memory.Kind);
        json.WriteString("subject", memory.Subject);
        Texts(json, "keywords", memory.Keywords);
        json.WriteString("scope", memory.AppliesTo);
        json.WriteString("project", memory.Project);
        json.WriteString("occurredAt", Time(memory.OccurredAt));
        json.WriteString("path", memory.Path);
    }

    private static void Faults(Utf8JsonWriter json, IEnumerable<FileFault> faults)
    {
        json.WriteStartArray("faults");
        foreach (FileFault fault in faults)
        {
            json.WriteStartObject();
            json.WriteString("path", fault.Path);
            json.WriteString("reason", fault.Reason);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Texts(Utf8JsonWriter json, string name, IEnumerable<string> texts)
    {
        json.WriteStartArray(name);
        foreach (string text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }

    /// <summary>JSON has no NaN.</summary>
    private static void OptionalNumber(Utf8JsonWriter json, string name, double? value)
    {
        if (value is { } number)
        {
            Number(json, name, number, 4);
        }
        else
        {
            json.WriteNull(name);
        }
    }

    private static void Number(Utf8JsonWriter json, string name, double value, int decimals) =>
        json.WriteNumber(name, double.IsFinite(value) ? Math.Round(value, decimals) : 0);

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
}
