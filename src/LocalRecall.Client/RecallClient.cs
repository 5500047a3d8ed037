using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using LocalRecall.Client.Wire;
using LocalRecall.Contracts;
using LocalRecall.Contracts.Messages;

namespace LocalRecall.Client;

/// <summary>
/// Talks to the host of one home folder, starting it when needed. Any number of calls may be under way at once.
/// When the host restarts or is busy, a call is repeated under the same request id until its deadline.
/// Every call throws <see cref="RecallException"/> when it gets no result.
/// </summary>
public sealed class RecallClient : IAsyncDisposable
{
    public static string Version { get; } = typeof(RecallClient).Assembly.GetName().Version?.ToString(3) ?? "";

    /// <summary>The host answers by the deadline; its answer still has to arrive.</summary>
    private static readonly TimeSpan ReplyGrace = TimeSpan.FromMilliseconds(500);

    /// <summary>What a call must have left to wait for a hand-over: an old host that drains, a new one that starts.</summary>
    private static readonly TimeSpan UpgradeTime = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan MaxTimeout = TimeSpan.FromDays(7);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private readonly RecallClientOptions options;
    private readonly HostLauncher launcher;
    private readonly HostUpgrade upgrade;
    private readonly SemaphoreSlim opening = new(1, 1);
    private string? lastRefusal;
    private HostSession? session;
    private volatile bool disposed;

    /// <summary>Connects at its first call.</summary>
    public RecallClient(RecallClientOptions options)
    {
        this.options = options with { Home = Path.GetFullPath(options.Home) };
        launcher = new HostLauncher(this.options.Home, options.Program);
        upgrade = new HostUpgrade(this.options.Home, options.Version, launcher);
    }

    /// <summary>The living host's endpoint, as of the last connection.</summary>
    public HostEndpoint? Endpoint => session?.Endpoint;

    /// <summary>Why a host that is older than this client has not been replaced; null: none was met.</summary>
    public string? UpgradeObstacle => upgrade.Obstacle;

    /// <summary>Connects to the host, and starts it first if need be.</summary>
    public static async Task<RecallClient> ConnectAsync(RecallClientOptions options, CancellationToken cancellation = default)
    {
        var client = new RecallClient(options);
        await client.OpenAsync(cancellation: cancellation).ConfigureAwait(false);
        return client;
    }

    /// <summary>Connects, and starts a host if need be; at once when connected. What is called next is sent before what is called after that.</summary>
    public async Task OpenAsync(TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        DateTimeOffset deadline = DeadlineOf(timeout);
        using CancellationTokenSource limit = LimitOf(deadline, cancellation);
        try
        {
            await SessionAsync(options.StartHost, deadline, limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw NoHost();
        }
    }

    /// <summary>
    /// Holds the lease until cancelled: whenever the connection breaks, connects again as soon as there is a host. It starts none,
    /// as that may have been stopped on purpose; the next call does.
    /// </summary>
    public async Task StayAsync(CancellationToken cancellation)
    {
        var backoff = new Backoff(FirstPause, LongestPause);
        while (true)
        {
            try
            {
                HostSession current = await SessionAsync(startHost: false, DateTimeOffset.MinValue, cancellation).ConfigureAwait(false);
                backoff = new Backoff(FirstPause, LongestPause);
                await current.Connection.Closed.WaitAsync(cancellation).ConfigureAwait(false);
            }
            catch (RecallException)
            {
                // No host, or none for this version: both may change.
            }

            await Task.Delay(backoff.Next(), cancellation).ConfigureAwait(false);
        }
    }

    /// <param name="limit">Hits at most, 1 to 100.</param>
    /// <param name="maxTokens">Tokens of content at most, over all hits.</param>
    /// <param name="explain">Also say how each hit came to its place, and why others are not there.</param>
    /// <param name="minConfidence">Leave out what is less likely to fit the question, 0 to 1; null: the host's setting. 0: nothing is left out.</param>
    public Task<SearchResults> SearchAsync(
        string query, MemoryFilter? filter = null, int limit = 10, int maxTokens = 2000, bool explain = false, double? minConfidence = null,
        TimeSpan? timeout = null, CancellationToken cancellation = default) =>
        CallAsync<SearchResults>(
            header => new Search(header, query, filter ?? MemoryFilter.None, limit, maxTokens, Explain: explain, MinConfidence: minConfidence), timeout, cancellation);

    /// <summary>Keeps a memory; returns once it is on disk.</summary>
    public Task<MemoryAdded> AddAsync(NewMemory memory, TimeSpan? timeout = null, CancellationToken cancellation = default) =>
        CallAsync<MemoryAdded>(
            header => new AddMemory(
                header, memory.Kind, memory.Subject, memory.Keywords, memory.AppliesTo, memory.OccurredAt, memory.Project, memory.Content),
            timeout, cancellation);

    /// <summary>A memory with all its content.</summary>
    /// <exception cref="RecallException"><see cref="FailureCode.NotFound"/></exception>
    public async Task<FoundMemory> GetAsync(Guid id, TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        var content = new StringBuilder();
        while (true)
        {
            int offset = content.Length;
            MemoryFound part = await CallAsync<MemoryFound>(header => new GetMemory(header, id, offset), timeout, cancellation).ConfigureAwait(false);
            content.Append(part.Content);
            if (content.Length >= part.TotalLength || part.Content.Length == 0)
            {
                return new FoundMemory(part.Summary, content.ToString());
            }
        }
    }

    /// <summary>Removes a memory for good.</summary>
    /// <exception cref="RecallException"><see cref="FailureCode.NotFound"/></exception>
    public Task<MemoryForgotten> ForgetAsync(Guid id, TimeSpan? timeout = null, CancellationToken cancellation = default) =>
        CallAsync<MemoryForgotten>(header => new ForgetMemory(header, id), timeout, cancellation);

    /// <summary>Changes a memory that lies in the home folder, under the same id; what is null stays as it is. Returns once it is on disk.</summary>
    /// <exception cref="RecallException"><see cref="FailureCode.NotFound"/>; <see cref="FailureCode.BadRequest"/> with the reason.</exception>
    public Task<MemoryUpdated> UpdateAsync(
        Guid id, string? subject = null, IReadOnlyList<string>? keywords = null, string? appliesTo = null, string? content = null,
        TimeSpan? timeout = null, CancellationToken cancellation = default) =>
        CallAsync<MemoryUpdated>(header => new UpdateMemory(header, id, subject, keywords, appliesTo, content), timeout, cancellation);

    /// <summary>Looks for secrets in everything that is stored, and removes them for good.</summary>
    /// <param name="dryRun">Only says what it would do.</param>
    public Task<StoredRedacted> RedactAsync(bool dryRun, TimeSpan? timeout = null, CancellationToken cancellation = default) =>
        CallAsync<StoredRedacted>(header => new RedactStored(header, dryRun), timeout, cancellation);

    /// <summary>All memories that pass, newest first, fetched page by page.</summary>
    public async IAsyncEnumerable<MemorySummary> ListAsync(
        MemoryFilter? filter = null, TimeSpan? timeout = null, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        string? cursor = null;
        do
        {
            MemoryPage page = await ListPageAsync(filter, cursor, 100, timeout, cancellation).ConfigureAwait(false);
            foreach (MemorySummary memory in page.Memories)
            {
                yield return memory;
            }

            cursor = page.NextCursor;
        }
        while (cursor is not null);
    }

    /// <param name="cursor">From the page before; null for the first.</param>
    public Task<MemoryPage> ListPageAsync(
        MemoryFilter? filter, string? cursor, int limit, TimeSpan? timeout = null, CancellationToken cancellation = default) =>
        CallAsync<MemoryPage>(header => new ListMemories(header, filter ?? MemoryFilter.None, cursor, limit), timeout, cancellation);

    /// <summary>Embeds any number of texts, in as many requests as it takes.</summary>
    /// <exception cref="RecallException"><see cref="FailureCode.TooLarge"/>: one of the texts alone is.</exception>
    public async Task<Embeddings> EmbedAsync(
        IReadOnlyList<string> texts, bool isQuery = false, TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        var vectors = new List<float>();
        var (model, dimensions, tokens) = ("", 0, 0);
        foreach (IReadOnlyList<string> batch in EmbedBatches.Of(texts))
        {
            TextsEmbedded reply = await CallAsync<TextsEmbedded>(header => new EmbedTexts(header, batch, isQuery), timeout, cancellation).ConfigureAwait(false);
            ReadOnlySpan<float> values = MemoryMarshal.Cast<byte, float>(reply.Vectors.Span);
            if (values.Length != batch.Count * reply.Dimensions)
            {
                throw new RecallException(FailureCode.Internal, $"{batch.Count} texts came back as {values.Length} numbers, not {reply.Dimensions} each.");
            }

            vectors.AddRange(values);
            (model, dimensions, tokens) = (reply.ModelId, reply.Dimensions, tokens + reply.Tokens);
        }

        return new Embeddings(model, dimensions, vectors.ToArray(), tokens);
    }

    /// <summary>Imports files and folders; returns once all is on disk.</summary>
    /// <param name="watch">Also follow later changes, until <see cref="StopWatchingAsync"/>.</param>
    /// <param name="progress">Must be quick: it holds up the connection.</param>
    public Task<ImportFinished> ImportAsync(
        IEnumerable<string> paths, string? project = null, bool watch = false, IProgress<ImportProgress>? progress = null,
        TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        string[] absolute = [.. paths.Select(Path.GetFullPath)];
        return CallAsync<ImportFinished>(header => new ImportPaths(header, absolute, project, watch), timeout, cancellation, Report(progress));
    }

    /// <summary>Which models there are, and how many vectors of each.</summary>
    public Task<ModelList> ListModelsAsync(TimeSpan? timeout = null, CancellationToken cancellation = default) =>
        CallAsync<ModelList>(header => new ListModels(header), timeout, cancellation);

    /// <summary>Puts a model in force, once all that is stored has been embedded with it; what was broken off is gone on with.</summary>
    /// <param name="progress">Must be quick: it holds up the connection.</param>
    /// <exception cref="RecallException"><see cref="FailureCode.NotFound"/> with the names of those there are.</exception>
    public Task<ModelUsed> UseModelAsync(
        string name, bool dryRun = false, IProgress<ModelProgress>? progress = null, TimeSpan? timeout = null, CancellationToken cancellation = default) =>
        CallAsync<ModelUsed>(header => new UseModel(header, name, Rollback: false, dryRun), timeout, cancellation, Report(progress));

    /// <summary>Puts the model in force again that was before, at once.</summary>
    /// <exception cref="RecallException"><see cref="FailureCode.NotFound"/>: there is none.</exception>
    public Task<ModelUsed> RollBackModelAsync(
        bool dryRun = false, IProgress<ModelProgress>? progress = null, TimeSpan? timeout = null, CancellationToken cancellation = default) =>
        CallAsync<ModelUsed>(header => new UseModel(header, "", Rollback: true, dryRun), timeout, cancellation, Report(progress));

    /// <summary>Tries the form of the model that can be made on this machine against the model: seconds of work.</summary>
    /// <exception cref="RecallException"><see cref="FailureCode.NotFound"/>: there is none.</exception>
    public Task<ModelsChecked> CheckModelsAsync(TimeSpan? timeout = null, CancellationToken cancellation = default) =>
        CallAsync<ModelsChecked>(header => new CheckModels(header), timeout, cancellation);

    public Task<WatchingStopped> StopWatchingAsync(IEnumerable<string> paths, TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        string[] absolute = [.. paths.Select(Path.GetFullPath)];
        return CallAsync<WatchingStopped>(header => new StopWatching(header, absolute), timeout, cancellation);
    }

    /// <summary>Hands one JSON-RPC message of an agent's MCP session to the host.</summary>
    /// <param name="session">Chosen by the caller.</param>
    /// <param name="opening">The session's <c>initialize</c> request as it was sent; empty where there was none.</param>
    /// <param name="project">The git repository around the agent's folder, or null.</param>
    /// <returns>The JSON-RPC response; empty where there is none.</returns>
    public async Task<string> McpAsync(
        Guid session, string opening, string? project, string json, TimeSpan? timeout = null, CancellationToken cancellation = default) =>
        (await CallAsync<McpAnswered>(header => new McpLine(header, session, opening, project, json), timeout, cancellation).ConfigureAwait(false)).Json;

    public Task<HostStatus> StatusAsync(TimeSpan? timeout = null, CancellationToken cancellation = default) =>
        CallAsync<HostStatus>(header => new GetStatus(header), timeout, cancellation);

    /// <summary>What an agent should know now.</summary>
    public Task<ContextFound> FindContextAsync(HookInput hook, TimeSpan? timeout = null, CancellationToken cancellation = default) =>
        CallAsync<ContextFound>(header => new FindContext(header, hook), timeout, cancellation);

    /// <summary>Tells the host that there is something in the spool folder.</summary>
    public Task<SpoolNoted> NoteSpoolAsync(TimeSpan? timeout = null, CancellationToken cancellation = default) =>
        CallAsync<SpoolNoted>(header => new NoteSpool(header), timeout, cancellation);

    /// <summary>Checks the index file in full; may take seconds.</summary>
    public Task<IntegrityReport> CheckIntegrityAsync(TimeSpan? timeout = null, CancellationToken cancellation = default) =>
        CallAsync<IntegrityReport>(header => new CheckIntegrity(header), timeout, cancellation);

    /// <summary>Stops the host, if there is one; returns once it has ended. Its lock decides: the process id in the endpoint file may be another's by now.</summary>
    /// <returns>False: there was none.</returns>
    public async Task<bool> StopHostAsync(TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        using CancellationTokenSource limit = LimitOf(DeadlineOf(timeout), cancellation);
        var backoff = new Backoff(TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(100));
        string hostLock = Path.Combine(options.Home, HostProcess.LockFile);
        HostEndpoint? stopped = null;
        bool wasRunning = false;
        try
        {
            while (LockFile.IsHeld(hostLock) && (stopped is null || (EndpointFile.TryRead(options.Home) ?? stopped) == stopped))
            {
                wasRunning = true;
                stopped ??= await AskToStopAsync(timeout, limit.Token).ConfigureAwait(false);
                await Task.Delay(backoff.Next(), limit.Token).ConfigureAwait(false);
            }

            return wasRunning;
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw new RecallException(FailureCode.Expired, "The host has not ended in time.", e);
        }
    }

    /// <summary>Starts a host in the background for whoever comes next, unless one lives or just ends; waits for nothing.</summary>
    public void BeginHost()
    {
        if (!LockFile.IsHeld(Path.Combine(options.Home, HostProcess.LockFile)))
        {
            _ = launcher.Start();
        }
    }

    /// <summary>Closes the connection. Calls under way end with <see cref="ObjectDisposedException"/>.</summary>
    public async ValueTask DisposeAsync()
    {
        disposed = true;
        if (session is { } current)
        {
            await current.Connection.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <returns>Null: it does not listen yet, or no longer.</returns>
    private async Task<HostEndpoint?> AskToStopAsync(TimeSpan? timeout, CancellationToken cancellation)
    {
        try
        {
            HostEndpoint endpoint = (await SessionAsync(startHost: false, DateTimeOffset.MinValue, cancellation).ConfigureAwait(false)).Endpoint;
            await CallAsync<HostStopping>(header => new StopHost(header), timeout, cancellation, startHost: false).ConfigureAwait(false);
            return endpoint;
        }
        catch (RecallException e) when (e.Code == FailureCode.HostUnavailable)
        {
            return null;
        }
    }

    private static Action<IProgressReply>? Report<T>(IProgress<T>? progress)
        where T : IProgressReply =>
        progress is null ? null : reply =>
        {
            if (reply is T word)
            {
                progress.Report(word);
            }
        };

    private async Task<TReply> CallAsync<TReply>(
        Func<RequestHeader, IRequest> request, TimeSpan? timeout, CancellationToken cancellation,
        Action<IProgressReply>? progress = null, bool? startHost = null)
        where TReply : class, IReply
    {
        DateTimeOffset deadline = DeadlineOf(timeout);
        using CancellationTokenSource limit = LimitOf(deadline + ReplyGrace, cancellation);
        var id = Guid.NewGuid();
        var backoff = new Backoff(TimeSpan.FromMilliseconds(25), TimeSpan.FromSeconds(1));
        string obstacle = "The host has not answered in time.";
        try
        {
            while (true)
            {
                HostSession current = await SessionAsync(startHost ?? options.StartHost, deadline, limit.Token).ConfigureAwait(false);
                TimeSpan pause = TimeSpan.Zero;
                try
                {
                    IReply reply = await current.AskAsync(request(new RequestHeader(id, current.Ticket, deadline)), progress, limit.Token).ConfigureAwait(false);
                    switch (reply)
                    {
                        case TReply result:
                            return result;
                        case Failure { Code: FailureCode.Busy } busy:
                            obstacle = $"The host is busy: {busy.Message}";
                            pause = TimeSpan.FromMilliseconds(busy.RetryAfterMs ?? 0);
                            break;
                        case Failure { Code: FailureCode.Stopping or FailureCode.Unauthorized } refused:
                            obstacle = refused.Message;
                            await DropAsync(current).ConfigureAwait(false);
                            break;
                        case Failure failure:
                            throw new RecallException(failure.Code, failure.Message);
                        default:
                            throw new RecallException(FailureCode.Internal, $"The host answered with {reply.GetType().Name}.");
                    }
                }
                catch (ConnectionLostException e)
                {
                    obstacle = e.Message;
                    await DropAsync(current).ConfigureAwait(false);
                }

                await Task.Delay(pause + backoff.Next(), limit.Token).ConfigureAwait(false);
            }
        }
        catch (MessageTooLargeException e)
        {
            throw new RecallException(
                FailureCode.TooLarge, $"The request would take {e.SizeBytes} bytes, and a message holds {WireLimits.MaxMessageBytes}: send less at once.", e);
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw session is null ? NoHost() : new RecallException(FailureCode.Expired, obstacle, e);
        }
    }

    private async Task<HostSession> SessionAsync(bool startHost, DateTimeOffset deadline, CancellationToken cancellation)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        if (session is { Connection.Closed.IsCompleted: false } current)
        {
            return current;
        }

        await opening.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            if (session is not { Connection.Closed.IsCompleted: false })
            {
                session = null;
                session = await OpenAsync(startHost, deadline, cancellation).ConfigureAwait(false);
            }

            return session;
        }
        finally
        {
            opening.Release();
        }
    }

    /// <summary>Tries until there is a host; an endpoint file that leads nowhere is the same as none.</summary>
    private async Task<HostSession> OpenAsync(bool startHost, DateTimeOffset deadline, CancellationToken cancellation)
    {
        var backoff = new Backoff(TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(500));
        using var start = new HostStart(launcher);
        while (true)
        {
            bool ending = false;
            if (EndpointFile.TryRead(options.Home) is { } endpoint && endpoint != start.Leaving)
            {
                try
                {
                    if (startHost && start.Leaving is null && MayUpgrade(endpoint, deadline)
                        && await upgrade.BeginAsync(endpoint, cancellation).ConfigureAwait(false) is { } succession)
                    {
                        start.Follow(succession);
                        continue;
                    }

                    return await HostSession.OpenAsync(endpoint, options.ClientName, options.Version, options.Lease, cancellation).ConfigureAwait(false);
                }
                catch (ConnectionLostException e)
                {
                    // Perhaps left behind by a host that was killed; perhaps the next one is about to replace it.
                    lastRefusal = e.Message;
                }
                catch (RecallException e) when (e.Code == FailureCode.Stopping)
                {
                    lastRefusal = e.Message;
                    ending = true; // no other one can start before it has ended
                }
                catch (RecallException e) when (e.Code == FailureCode.UnsupportedVersion && upgrade.Obstacle is { } obstacle)
                {
                    throw new RecallException(e.Code, $"{e.Message} {obstacle}", e);
                }
            }

            if (!startHost)
            {
                throw new RecallException(FailureCode.HostUnavailable, $"No host is running for {options.Home}.");
            }

            await start.GoOnAsync(mayStart: !ending).ConfigureAwait(false);
            await Task.Delay(backoff.Next(), cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>A call in a hurry leaves it to another one to replace an old host, unless that host can't serve it at all.</summary>
    private static bool MayUpgrade(HostEndpoint endpoint, DateTimeOffset deadline) =>
        deadline - TimeProvider.System.GetUtcNow() >= UpgradeTime || endpoint.ProtocolVersion < WireLimits.OldestProtocolVersion;

    private async Task DropAsync(HostSession dropped)
    {
        Interlocked.CompareExchange(ref session, null, dropped);
        await dropped.Connection.DisposeAsync().ConfigureAwait(false);
    }

    private RecallException NoHost() =>
        new(FailureCode.HostUnavailable, $"No host has answered in time. {(lastRefusal is null ? "" : $"The last try: {lastRefusal} ")}{launcher.LogTail()}");

    private DateTimeOffset DeadlineOf(TimeSpan? timeout)
    {
        TimeSpan wait = timeout ?? options.Timeout;
        return TimeProvider.System.GetUtcNow() + (wait < MaxTimeout ? wait : MaxTimeout);
    }

    private static CancellationTokenSource LimitOf(DateTimeOffset deadline, CancellationToken cancellation)
    {
        TimeSpan left = deadline - TimeProvider.System.GetUtcNow();
        var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(left > TimeSpan.Zero ? left : TimeSpan.Zero);
        return limit;
    }
}
