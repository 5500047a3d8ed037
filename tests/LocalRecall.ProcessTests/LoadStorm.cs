using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using LocalRecall.Client;
using LocalRecall.Contracts.Messages;
using LocalRecall.ProcessTests.Processes;

namespace LocalRecall.ProcessTests;

/// <summary>
/// Short-lived clients, bursts of fifty of them, ten sessions and one import, all at once and all with one host, which may be killed meanwhile.
/// </summary>
/// <param name="kills">How often the host is killed. Without, nothing may fail.</param>
internal sealed class LoadStorm(TestHome home, LoadLedger ledger, string importFolder, int seed, int kills)
{
    public const int Sessions = 10;
    public const int Burst = 50;

    private const int Streams = 4;
    private const int EmbedTexts = 400;

    /// <summary>Of each call.</summary>
    private static readonly TimeSpan CallLimit = TimeSpan.FromMinutes(2);

    /// <summary>What a machine with other work may add to it.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan ImportLimit = TimeSpan.FromMinutes(20);

    private static readonly DateTimeOffset ProcessDay = new(2001, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>How long new work comes: with kills twice as long, as everything has to recover in between.</summary>
    private readonly TimeSpan _duration = TimeSpan.FromMinutes(kills == 0 ? 1 : 2);

    private readonly Stopwatch _clock = new();
    private readonly ConcurrentDictionary<string, ConcurrentBag<double>> _callMs = [];
    private readonly ConcurrentQueue<TimeSpan> _killedAt = [];
    private readonly ConcurrentDictionary<Guid, TimeSpan> _underWay = [];
    private readonly string[] _texts = [.. Enumerable.Range(0, EmbedTexts).Select(n => TextOf(new Random(seed - n), n))];
    private int _processesAlive;
    private int _failures;
    private int _midKill;
    private int _forgottenBefore;

    /// <summary>The most short-lived clients that were alive at once.</summary>
    public int PeakProcesses { get; private set; }

    /// <summary>The most clients and leases that a status has told of.</summary>
    public int PeakClients { get; private set; }

    public int PeakLeases { get; private set; }

    public int Kills => _killedAt.Count;

    /// <summary>What the import printed.</summary>
    public JsonObject? Import { get; private set; }

    private bool Over => _clock.Elapsed > _duration;

    /// <summary>Whether a text is embedded as a question.</summary>
    public static bool IsQuestion(string text) => text.EndsWith('?');

    public override string ToString()
    {
        IEnumerable<string> kinds = _callMs.OrderBy(kind => kind.Key, StringComparer.Ordinal).Select(kind =>
        {
            double[] times = [.. kind.Value.Order()];
            return $"{kind.Key} {times.Length} ({times[times.Length / 2]:0}/{times[times.Length * 99 / 100]:0} ms)";
        });
        return $"seed {seed}, {_duration.TotalSeconds:0} s: {string.Join(", ", kinds)} (p50/p99); {Kills} kills, {_midKill} calls under way at one, "
            + $"{_forgottenBefore} forgets acknowledged by what they left, {_failures} calls without result; at most {PeakProcesses} processes, {PeakClients} clients, {PeakLeases} leases";
    }

    /// <summary>Everything at once; ends when all of it has ended.</summary>
    public async Task RunAsync()
    {
        RecallClient[] sessions = [.. Enumerable.Range(0, Sessions).Select(n => home.NewClient($"session {n}", CallLimit))];
        await Task.WhenAll(sessions.Select(session => session.StatusAsync()));
        _clock.Start();
        using var over = new CancellationTokenSource();
        Task watch = WatchAsync(over.Token);
        Task import = ImportAsync();
        List<Task> work = [BurstsAsync(new Random(seed + 1)), KillAsync(new Random(seed + 2))];
        work.AddRange(Enumerable.Range(0, Streams).Select(n => StreamAsync(new Random(seed + 10 + n))));
        work.AddRange(sessions.Select((session, n) => WorkAsync(session, n, new Random(seed + 100 + n))));
        await Task.WhenAll(work);
        await import;
        await over.CancelAsync();
        await watch;
        foreach (RecallClient session in sessions)
        {
            await session.DisposeAsync();
        }
    }

    /// <summary>Searches for one memory's word, and what comes must be right.</summary>
    public async Task SearchAsync(RecallClient client, string query, Guid wanted)
    {
        IReadOnlySet<Guid> forgotten = ledger.ForgottenSoFar();
        if (await CallAsync("session search", () => client.SearchAsync(query)) is { } results)
        {
            CheckDegraded(query, results.Degraded);
            ledger.CheckSearch(query, wanted, [.. results.Hits.Select(hit => new Found(hit.Summary.Id, hit.Summary.Subject, hit.Content))], forgotten);
        }
    }

    private static string TextOf(Random random, int number)
    {
        string text = string.Join(' ', Enumerable.Range(0, 1 + random.Next(1, 4) * random.Next(2)).Select(_ => GeneratedMemories.Sentence(random, $"part {number}")));
        return number % 2 == 0 ? text : text[..^1] + "?";
    }

    private static string QueryOf(Note note, Random random) =>
        random.Next(3) switch { 0 => note.Word, 1 => note.Memory.Subject, _ => $"how long has the {note.Word} been known, since run {random.Next(1000)}" };

    private Task PauseAsync(Random random, int leastMs, int mostMs)
    {
        TimeSpan left = _duration - _clock.Elapsed;
        var pause = TimeSpan.FromMilliseconds(random.Next(leastMs, mostMs));
        return left > TimeSpan.Zero ? Task.Delay(pause < left ? pause : left) : Task.CompletedTask;
    }

    /// <summary>An agent's session: what it does goes on one after the other, and it knows what is there of its own.</summary>
    private async Task WorkAsync(RecallClient client, int number, Random random)
    {
        DateTimeOffset day = ProcessDay.AddDays(1 + number);
        var own = new List<Note>();
        while (!Over)
        {
            switch (random.Next(100))
            {
                case < 35:
                    if (own.Where(note => note.State == NoteState.Kept).Append(ledger.AnyLasting(random)).OfType<Note>().ToArray() is { Length: > 0 } known)
                    {
                        Note wanted = known[random.Next(known.Length)];
                        await SearchAsync(client, QueryOf(wanted, random), wanted.Id);
                    }

                    break;
                case < 65:
                    Note note = ledger.NewNote(random, day.AddSeconds(own.Count), isPassing: random.Next(3) == 0);
                    own.Add(note);
                    if (await CallAsync("session add", () => client.AddAsync(note.Memory)) is { } added)
                    {
                        ledger.Kept(note, added.Id, added.Duplicate);
                    }

                    break;
                case < 80:
                    if (own.LastOrDefault(note => note.State == NoteState.Kept) is { } last && await CallAsync("session get", () => client.GetAsync(last.Id)) is { } got)
                    {
                        ledger.CheckContent(last, got.Summary.Subject, got.Content);
                    }

                    break;
                case < 90:
                    await ListAsync(client, $"Session {number}", own, new MemoryFilter([], Since: day, Until: day.AddDays(1)));
                    break;
                default:
                    if (own.FirstOrDefault(note => note is { State: NoteState.Kept, IsPassing: true }) is { } passing)
                    {
                        await ForgetAsync(client, passing);
                    }

                    break;
            }

            await PauseAsync(random, 100, 1500);
        }

        await ListAsync(client, $"Session {number} at its end", own, new MemoryFilter([], Since: day, Until: day.AddDays(1)));
    }

    private async Task ListAsync(RecallClient client, string who, IReadOnlyCollection<Note> own, MemoryFilter filter)
    {
        var listed = new List<(Guid, string)>();
        string? cursor = null;
        do
        {
            if (await CallAsync("session list", () => client.ListPageAsync(filter, cursor, 25)) is not { } page)
            {
                return;
            }

            listed.AddRange(page.Memories.Select(memory => (memory.Id, memory.Subject)));
            cursor = page.NextCursor;
        }
        while (cursor is not null);

        ledger.CheckList(who, own, listed);
    }

    private async Task ForgetAsync(RecallClient client, Note note)
    {
        note.State = NoteState.Forgetting;
        TimeSpan began = _clock.Elapsed;
        MemoryForgotten? forgotten = await CallAsync("session forget", () => client.ForgetAsync(note.Id), e =>
        {
            // The host that has forgotten it was killed before it could say so, and the next one knows nothing of it any more.
            bool repeated = e.Code == FailureCode.NotFound && _killedAt.Any(at => at >= began);
            if (repeated)
            {
                Interlocked.Increment(ref _forgottenBefore);
                ledger.Forgotten(note);
            }

            return repeated;
        });
        if (forgotten is not null)
        {
            ledger.Forgotten(note);
        }
    }

    /// <summary>One call of a session.</summary>
    /// <param name="isResult">Whether a refusal is an answer as good as another.</param>
    /// <returns>Null: no result.</returns>
    private async Task<T?> CallAsync<T>(string kind, Func<Task<T>> call, Func<RecallException, bool>? isResult = null)
        where T : class
    {
        var id = Guid.NewGuid();
        TimeSpan began = _underWay[id] = _clock.Elapsed;
        try
        {
            T result = await call().WaitAsync(CallLimit + Grace);
            _callMs.GetOrAdd(kind, _ => []).Add((_clock.Elapsed - began).TotalMilliseconds);
            return result;
        }
        catch (RecallException e) when (isResult?.Invoke(e) == true)
        {
            return null;
        }
        catch (RecallException e)
        {
            Failed(kind, e.Code.ToName(), e.Message, _clock.Elapsed - began);
            return null;
        }
        catch (TimeoutException)
        {
            ledger.Problem($"A {kind} has hung.");
            return null;
        }
        finally
        {
            _underWay.TryRemove(id, out _);
        }
    }

    /// <summary>Short-lived clients, one after the other.</summary>
    private async Task StreamAsync(Random random)
    {
        while (!Over)
        {
            await (random.Next(100) switch
            {
                < 30 => SearchAsync(random),
                < 60 => AddAsync(random, null),
                < 80 => GetAsync(random),
                _ => EmbedAsync(random, null),
            });
        }
    }

    private async Task BurstsAsync(Random random)
    {
        while (!Over)
        {
            await PauseAsync(random, 2_000, 12_000);
            var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            Task[] held = [.. Enumerable.Range(0, Burst).Select(n => n % 2 == 0 ? AddAsync(random, gate.Task) : EmbedAsync(random, gate.Task))];
            Task[] others = [.. Enumerable.Range(0, 6).Select(n => n % 2 == 0 ? SearchAsync(random) : GetAsync(random))];
            PeakProcesses = Math.Max(PeakProcesses, Volatile.Read(ref _processesAlive));
            gate.SetResult();
            await Task.WhenAll([.. held, .. others]);
        }
    }

    private async Task SearchAsync(Random random)
    {
        if (ledger.AnyLasting(random) is { } note)
        {
            string query = QueryOf(note, random);
            IReadOnlySet<Guid> forgotten = ledger.ForgottenSoFar();
            if (await RecallAsync("search", null, null, query, "--json") is { } found)
            {
                CheckDegraded(query, (string?)found["degraded"]);
                ledger.CheckSearch(query, note.Id, [.. found["results"]!.AsArray().Select(hit => new Found((Guid)hit!["id"]!, (string)hit["subject"]!, (string)hit["content"]!))], forgotten);
            }
        }
    }

    /// <param name="gate">Opens when the content may be given.</param>
    private async Task AddAsync(Random random, Task? gate)
    {
        Note note = ledger.NewNote(random, ProcessDay, isPassing: false);
        string[] options = ["--subject", note.Memory.Subject, "--keyword", note.Word, "--keyword", "storm", "--at", ProcessDay.ToString("O"), "--json"];
        JsonObject? added = gate is null
            ? await RecallAsync("add", null, null, [note.Memory.Content, .. options])
            : await RecallAsync("add", gate, note.Memory.Content + '\n', ["-", .. options]);
        if (added is not null)
        {
            ledger.Kept(note, (Guid)added["id"]!, (bool)added["duplicate"]!);
        }
    }

    private async Task GetAsync(Random random)
    {
        if (ledger.AnyLasting(random) is { } note && await RecallAsync("get", null, null, note.Id.ToString(), "--json") is { } got)
        {
            ledger.CheckContent(note, (string)got["subject"]!, (string)got["content"]!);
        }
    }

    private async Task EmbedAsync(Random random, Task? gate)
    {
        bool asQuestions = random.Next(2) == 0;
        string[] texts = [.. Enumerable.Range(0, random.Next(1, 5)).Select(_ => _texts[(random.Next(EmbedTexts / 2) * 2) + (asQuestions ? 1 : 0)])];
        string[] options = asQuestions ? ["--query", "--json"] : ["--json"];
        JsonObject? embedded = gate is null
            ? await RecallAsync("embed", null, null, [.. texts, .. options])
            : await RecallAsync("embed", gate, string.Join('\n', texts), ["-", .. options]);
        if (embedded is not null)
        {
            ledger.CheckVectors(texts, embedded["embeddings"].Deserialize<float[][]>()!);
        }
    }

    /// <summary>One short-lived client.</summary>
    /// <returns>What it printed; null: it had no result.</returns>
    private async Task<JsonObject?> RecallAsync(string verb, Task? gate, string? input, params string[] arguments)
    {
        RecallProcess recall = home.StartRecall([verb, .. arguments, "--timeout", $"{CallLimit.TotalSeconds}"]);
        Interlocked.Increment(ref _processesAlive);
        var id = Guid.NewGuid();
        try
        {
            await (gate ?? Task.CompletedTask);
            TimeSpan began = _underWay[id] = _clock.Elapsed;
            if (input is not null)
            {
                await recall.WriteAsync(input);
            }

            RecallResult result = await recall.EndedAsync(CallLimit + CallLimit + Grace); // it connects, then it calls
            if (result.ExitCode == 0)
            {
                _callMs.GetOrAdd($"recall {verb}", _ => []).Add((_clock.Elapsed - began).TotalMilliseconds);
                return result.Json;
            }

            JsonNode? error = result.Output.Length > 0 ? result.Json["error"] : null;
            Failed($"recall {verb}", (string?)error?["code"] ?? $"exit code {result.ExitCode}", (string?)error?["message"] ?? result.ToString(), _clock.Elapsed - began);
            return null;
        }
        catch (TimeoutException)
        {
            ledger.Problem($"recall {verb} {string.Join(' ', arguments)} has hung.");
            return null;
        }
        catch (IOException e)
        {
            ledger.Problem($"recall {verb} has not read its input: {e.Message} {await recall.EndedAsync()}");
            return null;
        }
        finally
        {
            _underWay.TryRemove(id, out _);
            Interlocked.Decrement(ref _processesAlive);
        }
    }

    /// <summary>Only where the host is killed may a call have no result, and only when its time is up.</summary>
    private void Failed(string kind, string code, string message, TimeSpan took)
    {
        Interlocked.Increment(ref _failures);
        if (kills == 0 || code is not ("expired" or "host-unavailable") || took < CallLimit)
        {
            ledger.Problem($"A {kind} has failed after {took.TotalSeconds:0.0} s: {code}: {message}");
        }
    }

    private void CheckDegraded(string query, string? degraded)
    {
        if (degraded is not null)
        {
            ledger.Problem($"A search for '{query}' was degraded: {degraded}");
        }
    }

    private async Task ImportAsync()
    {
        RecallProcess import = home.StartRecall("import", importFolder, "--json");
        try
        {
            RecallResult imported = await import.EndedAsync(ImportLimit);
            Import = imported.Json;
            if (imported.ExitCode != 0)
            {
                ledger.Problem($"The import has failed: {imported}");
            }
        }
        catch (TimeoutException)
        {
            ledger.Problem("The import has hung.");
        }
    }

    /// <summary>Kills the host, again and again, at moments that only the seed knows; each once it has said that it is ready, so that they can be counted.</summary>
    private async Task KillAsync(Random random)
    {
        int last = 0;
        foreach (double part in Enumerable.Range(0, kills).Select(_ => 0.05 + (random.NextDouble() * 0.85)).Order().ToArray())
        {
            await Task.Delay((_duration * part) - _clock.Elapsed is var wait && wait > TimeSpan.Zero ? wait : TimeSpan.Zero);
            using var limit = new CancellationTokenSource(TestHome.Patience);
            using var polls = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
            int id;
            while (!home.HostIds().Contains(id = home.Endpoint?.Pid ?? 0) || id == last || home.StartedInTheBackground() < Kills)
            {
                await polls.WaitForNextTickAsync(limit.Token);
            }

            using var host = Process.GetProcessById(id);
            host.Kill();
            TimeSpan now = _clock.Elapsed;
            _killedAt.Enqueue(now);
            _midKill += _underWay.Count;
            last = id;
        }
    }

    /// <summary>Sees to it that there is one host at most, and the same one as long as nobody kills it.</summary>
    private async Task WatchAsync(CancellationToken over)
    {
        await using RecallClient client = new(new RecallClientOptions { Home = home.Home, ClientName = "watcher", StartHost = false, Timeout = CallLimit });
        using var looks = new PeriodicTimer(TimeSpan.FromMilliseconds(500));
        int? first = home.Endpoint?.Pid;
        try
        {
            while (await looks.WaitForNextTickAsync(over))
            {
                // They are looked at one after the other: only who is seen again after the others was there with them.
                IReadOnlyList<int> hosts = home.HostIds();
                if (hosts.Count > 1 && home.HostIds().Intersect(hosts).ToArray() is { Length: > 1 } several)
                {
                    ledger.Problem($"There were several hosts: {string.Join(", ", several)}.");
                }

                try
                {
                    HostStatus status = await client.StatusAsync();
                    PeakClients = Math.Max(PeakClients, status.Clients);
                    PeakLeases = Math.Max(PeakLeases, status.Leases.Count);
                    if (kills == 0 && (status.Pid != first || !hosts.SequenceEqual([status.Pid]) || status.Leases.Count != Sessions))
                    {
                        ledger.Problem($"Host {first} became {status.Pid} ({string.Join(", ", hosts)}) with {status.Leases.Count} leases.");
                    }
                }
                catch (RecallException e) when (kills > 0 && e.Code is FailureCode.HostUnavailable)
                {
                    // Between two hosts.
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The storm is over.
        }
        catch (Exception e)
        {
            ledger.Problem($"Nobody watched any more: {e}");
        }
    }
}
