using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Threading.Channels;
using Akka.Actor;
using Akka.Remote;
using LocalRecall.Actors.Requests;
using LocalRecall.Contracts;
using LocalRecall.Contracts.Messages;
using LocalRecall.Tests.Actors.Embedding;
using LocalRecall.Tests.Infrastructure;
using Xunit;

namespace LocalRecall.Tests.Actors.Schedules;

/// <summary>
/// One random schedule: clients add, search, get, list, embed, import, forget, cancel, ask again, vanish and come back; the model fails,
/// hangs, refuses texts or does not open; actors are killed, the host ends and is started anew. Checks each answer against what is known
/// to be true then, and at the end that everything is answered, there, and in order. What is drawn is the same for the same seed; how
/// threads interleave is not.
/// </summary>
internal sealed class HostSchedule : IAsyncDisposable
{
    private static readonly TimeSpan CallTime = TimeSpan.FromMinutes(3);

    private readonly int _seed;
    private readonly bool _restarts;
    private readonly Random _random;
    private readonly TempFolder _home = new();
    private readonly ScriptedEmbedder _model = new();
    private readonly Channel<(Attempt? Attempt, IReply Reply)> _heard = Channel.CreateUnbounded<(Attempt?, IReply)>();
    private readonly ScheduledClient[] _clients = [new(0), new(1), new(2)];
    private readonly List<KnownContent> _contents = [];
    private readonly List<ScheduledCall> _calls = [];
    private readonly List<(string What, int Times)> _log = [];
    private readonly ScheduledHost _host;
    private int _words;
    private int _replyRefs;
    private bool _hurt;
    private bool _poisoned;

    /// <summary>What a killed actor had begun to write may come later than what was done instead: a second file of the same memory.</summary>
    private bool _ingestKilled;

    /// <param name="restarts">The whole host is ended and started anew, too.</param>
    public HostSchedule(int seed, bool restarts)
    {
        (_seed, _restarts, _random) = (seed, restarts, new Random(seed));
        _host = new ScheduledHost(_home.Path, _model);
    }

    /// <summary>What was done, for whoever looks into a failure; what was done several times in a row is one line.</summary>
    public IEnumerable<string> Log => _log.Select(note => note.Times == 1 ? note.What : $"{note.What} x {note.Times}");

    public async Task PlayAsync()
    {
        _host.Start();
        int steps = 20 + _random.Next(41);
        for (int step = 0; step < steps; step++)
        {
            await StepAsync();
            await RestartIfWantedAsync();
            while (_heard.Reader.TryRead(out (Attempt? Attempt, IReply Reply) heard))
            {
                OnHeard(heard.Attempt, heard.Reply);
            }
        }

        await SettleAsync();
        await CheckEverythingAsync();
        if (_restarts)
        {
            await RestartAsync(inOrder: _random.Next(2) == 0);
            await SettleAsync();
            await CheckEverythingAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        ReleaseModel();
        await EndOf(_host.BeginCrash());
        _host.Dispose();
        _home.Dispose();
    }

    private async Task StepAsync()
    {
        switch (_random.Next(100))
        {
            case < 22: await SendAddAsync(); break;
            case < 32: await SendAsync(SearchCall()); break;
            case < 40: await SendAsync(GetCall()); break;
            case < 43: await SendAsync(ListCall()); break;
            case < 50: await SendAsync(EmbedCall()); break;
            case < 56: await SendForgetAsync(); break;
            case < 60: await SendAsync(ImportCall()); break;
            case < 66: await RepeatOneAsync(); break;
            case < 69: Cancel(); break;
            case < 72: await LoseConnectionAsync(); break;
            case < 82: await HearUntilQuietAsync(); break;
            case < 87: Advance(TimeSpan.FromMilliseconds(_random.Next(1, 20_000))); break;
            case < 93: DisturbModel(); break;
            case < 97: Kill(); break;
            default: await (_restarts ? RestartAsync(inOrder: _random.Next(2) == 0) : SendAsync(StatusCall())); break;
        }
    }

    private T Pick<T>(params IReadOnlyList<T> values) => values[_random.Next(values.Count)];

    private void Note(string what)
    {
        if (_log.Count > 0 && _log[^1].What == what)
        {
            _log[^1] = (what, _log[^1].Times + 1);
        }
        else
        {
            _log.Add((what, 1));
        }
    }

    private void Advance(TimeSpan time)
    {
        Note($"advance {time}");
        _host.Advance(time);
    }

    // Clients

    private string NewWord() => $"qu{string.Concat((_seed * 100L + ++_words).ToString().Select(digit => (char)('a' + (digit - '0'))))}x";

    private ScheduledCall Call(
        string name, Func<RequestHeader, IRequest> request, Func<Action<IReply>> expect,
        Action? onGivenUp = null, Action? onAnswered = null, Func<bool>? reopen = null) =>
        new(name, new Guid(_random.Next(), (short)_calls.Count, 0, new byte[8]), Pick(_clients), request)
        {
            Expect = expect, OnGivenUp = onGivenUp ?? (() => { }), OnAnswered = onAnswered ?? (() => { }), Reopen = reopen ?? (() => false),
        };

    private async Task SendAddAsync()
    {
        KnownContent[] again = [.. _contents.Where(content => content.MayBeAdded)];
        KnownContent content;
        if (again.Length > 0 && _random.Next(3) == 0)
        {
            content = Pick(again);
        }
        else
        {
            _contents.Add(content = new KnownContent(NewWord(), null));
        }

        Guid? added = null;
        content.OpenAdds++;
        content.Enter(content.Presence == Presence.Present ? Presence.Present : Presence.Unclear);
        await SendAsync(Call(
            $"add {content.Word}",
            header => new AddMemory(header, "episodic", content.Word, ["note"], "global", null, null, content.Text),
            () => reply =>
            {
                var memory = Assert.IsType<MemoryAdded>(reply);
                Assert.True(added is null || added == memory.Id, $"acknowledged as {added} and as {memory.Id}");
                Assert.True(content.Id is null || content.Id == memory.Id, $"is memory {content.Id} and memory {memory.Id}");
                content.Id = added = memory.Id;
                content.Enter(Presence.Present);
            },
            () => content.IsLittered = true,
            () => content.OpenAdds--,
            () =>
            {
                if (added is null || added != content.Id || content.Presence != Presence.Present)
                {
                    return false;
                }

                content.OpenAdds++;
                return true;
            }));
    }

    private async Task SendForgetAsync()
    {
        KnownContent[] candidates = [.. _contents.Where(content => content.MayBeForgotten)];
        if (candidates.Length == 0)
        {
            return;
        }

        KnownContent content = Pick(candidates);
        Guid id = content.Id!.Value;
        content.IsBeingForgotten = true;
        content.Enter(Presence.Unclear);
        ScheduledCall? call = null;
        call = Call(
            $"forget {content.Word}",
            header => new ForgetMemory(header, id),
            () => reply =>
            {
                Assert.True(reply is MemoryForgotten || (reply is Failure { Code: FailureCode.NotFound } && call!.Attempts > 1), $"forget is answered by {reply}");
                content.IsBeingForgotten = false;
                content.Id = content.DocumentPath is null ? null : id;
                content.Enter(Presence.Absent);
            },
            () => content.IsLittered = true);
        await SendAsync(call);
    }

    private ScheduledCall SearchCall()
    {
        string word = _contents.Count == 0 ? "nothing" : Pick(_contents).Word;
        return Call($"search {word}", header => new Search(header, word, MemoryFilter.None, 100, 25_000), () =>
        {
            List<(KnownContent Content, Presence Presence, int Epoch)> known = [.. _contents.Where(c => c.Word == word).Select(c => (c, c.Presence, c.Epoch))];
            return reply =>
            {
                var results = Assert.IsType<SearchResults>(reply);
                CheckMemories(results.Hits.Select(hit => hit.Summary));
                foreach (SearchHit hit in results.Hits)
                {
                    Assert.Contains(ContentOf(hit.Summary).Word, hit.Content);
                    NoteDocument(hit.Summary);
                }

                foreach ((KnownContent content, Presence presence, int epoch) in known.Where(k => k.Epoch == k.Content.Epoch))
                {
                    SearchHit? hit = results.Hits.FirstOrDefault(h => h.Summary.Subject == content.Word);
                    Assert.True(presence != Presence.Present || hit?.Matched.Contains("keyword") == true, $"{word} was acknowledged and is not found: {results}");
                    Assert.True(presence != Presence.Absent || hit is null, $"{word} was forgotten and is found");
                }
            };
        });
    }

    private ScheduledCall GetCall()
    {
        KnownContent[] known = [.. _contents.Where(content => content.Id is not null)];
        if (known.Length == 0)
        {
            return Call("get a stranger", header => new GetMemory(header, Guid.NewGuid(), 0), () => IsNotFound);
        }

        KnownContent content = Pick(known);
        Guid id = content.Id!.Value;
        return Call($"get {content.Word}", header => new GetMemory(header, id, 0), () =>
        {
            (Presence presence, int epoch) = (id == content.Id ? content.Presence : Presence.Unclear, content.Epoch);
            return reply =>
            {
                if (reply is MemoryFound found)
                {
                    Assert.Equal(content.Word, found.Summary.Subject);
                    Assert.Contains(content.Word, found.Content);
                    Assert.True(presence != Presence.Absent || epoch != content.Epoch, "what was forgotten is there");
                    Assert.True(presence != Presence.Present || epoch != content.Epoch || File.Exists(found.Summary.Path), $"there is no file {found.Summary.Path}");
                }
                else
                {
                    IsNotFound(reply);
                    Assert.True(presence != Presence.Present || epoch != content.Epoch, "what was acknowledged is not there");
                }
            };
        });
    }

    private ScheduledCall ListCall() => Call("list", header => new ListMemories(header, MemoryFilter.None, null, 500), () =>
    {
        List<(KnownContent Content, Presence Presence, int Epoch)> known = [.. _contents.Select(c => (c, c.Presence, c.Epoch))];
        return reply =>
        {
            var page = Assert.IsType<MemoryPage>(reply);
            CheckMemories(page.Memories);
            foreach ((KnownContent content, Presence presence, int epoch) in known.Where(k => k.Epoch == k.Content.Epoch))
            {
                bool listed = page.Memories.Any(memory => memory.Subject == content.Word);
                Assert.True(presence != Presence.Present || listed, $"{content.Word} was acknowledged and is not listed");
                Assert.True(presence != Presence.Absent || !listed, $"{content.Word} was forgotten and is listed");
            }
        };
    });

    private ScheduledCall EmbedCall()
    {
        string[] texts = [.. Enumerable.Range(0, 1 + _random.Next(3)).Select(_ => _random.Next(3) == 0 && _contents.Count > 0 ? Pick(_contents).Word : NewWord())];
        bool isQuery = _random.Next(2) == 0;
        return Call($"embed {string.Join(' ', texts)}", header => new EmbedTexts(header, texts, isQuery), () => reply =>
        {
            var embedded = Assert.IsType<TextsEmbedded>(reply);
            float[] expected = [.. texts.SelectMany(ScriptedEmbedder.VectorOf)];
            Assert.Equal(expected, MemoryMarshal.Cast<byte, float>(embedded.Vectors.Span).ToArray());
        });
    }

    private ScheduledCall ImportCall()
    {
        string folder = _home["outside", $"import{_calls.Count}"];
        List<KnownContent> documents = [];
        for (int i = _random.Next(1, 6); i > 0; i--)
        {
            string word = NewWord();
            var document = new KnownContent(word, Path.Combine(folder, $"{word}.md"));
            _home.Write(Path.GetRelativePath(_home.Path, document.DocumentPath!), $"# {word}\n\n{document.Text}\n");
            document.Enter(Presence.Unclear);
            documents.Add(document);
        }

        _contents.AddRange(documents);
        bool watch = _random.Next(2) == 0;
        return Call(
            $"import {folder}",
            header => new ImportPaths(header, [folder], null, watch),
            () =>
            {
                List<(KnownContent Document, int Epoch)> known = [.. documents.Select(d => (d, d.Epoch))];
                return reply =>
                {
                    Assert.IsType<ImportFinished>(reply);
                    foreach ((KnownContent document, int epoch) in known.Where(k => k.Epoch == k.Document.Epoch))
                    {
                        document.Enter(Presence.Present);
                    }
                };
            });
    }

    private ScheduledCall StatusCall() => Call("status", header => new GetStatus(header), () => reply => Assert.IsType<HostStatus>(reply));

    private static void IsNotFound(IReply reply) => Assert.Equal(FailureCode.NotFound, Assert.IsType<Failure>(reply).Code);

    private KnownContent ContentOf(MemorySummary memory) =>
        _contents.FirstOrDefault(content => content.Word == memory.Subject) ?? throw new InvalidOperationException($"Nobody ever sent {memory}");

    private void CheckMemories(IEnumerable<MemorySummary> memories)
    {
        MemorySummary[] all = [.. memories];
        Assert.All(all, memory => ContentOf(memory));
        Assert.True(all.Select(m => m.Subject).Distinct().Count() == all.Length, $"one content is two memories: {string.Join(", ", all.Select(m => $"{m.Subject} {m.Id}"))}");
    }

    private void NoteDocument(MemorySummary memory)
    {
        if (ContentOf(memory) is { DocumentPath: not null } document)
        {
            document.Id = memory.Id;
        }
    }

    // Connections

    private async Task SendAsync(ScheduledCall call)
    {
        _calls.Add(call);
        await AttemptAsync(call);
    }

    private async Task AttemptAsync(ScheduledCall call)
    {
        Note($"{(call.Attempts == 0 ? "send" : "repeat")} {call.Name} as client {call.Client.Number}");
        call.Attempts++;
        call.IsToRepeat = false;
        var attempt = new Attempt(call, call.Check ??= call.Expect());
        call.Last = attempt;
        Guid ticket = await TicketOf(call.Client);
        if (ticket == Guid.Empty)
        {
            call.IsToRepeat = true;
            call.LastRefusal = "no hello";
            return;
        }

        IActorRef replyTo = NewRef(call.Client, reply => _heard.Writer.TryWrite((attempt, (IReply)reply)));
        _host.Tree.Gateway.Tell(call.RequestWith(new RequestHeader(call.Id, ticket, _host.Now + CallTime)), replyTo);
    }

    private ReplyRef NewRef(ScheduledClient client, Action<object> heard) =>
        new(new RootActorPath(client.Address) / "temp" / $"{++_replyRefs}", ((ExtendedActorSystem)_host.System).Provider, heard);

    /// <summary>Empty: the host is ending.</summary>
    private async Task<Guid> TicketOf(ScheduledClient client)
    {
        if (client.Ticket is null)
        {
            var welcome = new TaskCompletionSource<object>(TaskCreationOptions.RunContinuationsAsynchronously);
            _host.Tree.Gateway.Tell(
                new Hello(Guid.NewGuid(), WireLimits.ProtocolVersion, "schedule", "1.0", ScheduledHost.Token), NewRef(client, reply => welcome.TrySetResult(reply)));
            object reply = await welcome.Task.WaitAsync(ScheduledHost.Patience);
            client.Ticket = (reply as Welcome)?.Ticket;
        }

        return client.Ticket ?? Guid.Empty;
    }

    /// <summary>As a client whose reply is late, was a refusal, or was lost.</summary>
    private async Task RepeatOneAsync()
    {
        ScheduledCall[] candidates = [.. _calls.Where(call => !call.IsAbandoned)];
        if (candidates.Length > 0 && Pick(candidates) is var call && (call.IsOpen || call.Reopen()))
        {
            call.IsAnswered = false;
            await AttemptAsync(call);
        }
    }

    private void Cancel()
    {
        ScheduledCall[] open = [.. _calls.Where(call => call.IsOpen && call.Client.Ticket is not null)];
        if (open.Length > 0)
        {
            ScheduledCall call = Pick(open);
            Note($"cancel {call.Name}");
            Abandon(call);
            _host.Tree.Gateway.Tell(new Cancel(call.Id, call.Client.Ticket!.Value), NewRef(call.Client, _ => { }));
        }
    }

    private static void Abandon(ScheduledCall call)
    {
        call.IsAbandoned = true;
        call.OnGivenUp();
    }

    /// <summary>The client comes back on another connection; asks again for what it still wants there, or is another one by now.</summary>
    private async Task LoseConnectionAsync()
    {
        ScheduledClient client = Pick(_clients);
        bool asksAgain = _random.Next(3) > 0;
        Note($"client {client.Number} loses its connection{(asksAgain ? " and asks again" : "")}");
        _host.System.EventStream.Publish(new DisassociatedEvent(((ExtendedActorSystem)_host.System).Provider.DefaultAddress, client.Address, true));
        client.Reconnect();
        foreach (ScheduledCall call in _calls.Where(call => call.IsOpen && call.Client == client).ToList())
        {
            if (asksAgain)
            {
                await AttemptAsync(call);
            }
            else
            {
                Abandon(call);
            }
        }
    }

    private void OnHeard(Attempt? attempt, IReply reply)
    {
        if (attempt is null || reply is ImportProgress)
        {
            return;
        }

        ScheduledCall call = attempt.Call;
        Note($"{call.Name}: {(reply is Failure failed ? failed : reply.GetType().Name)}");
        try
        {
            Assert.Equal(call.Id, reply.RequestId);
            attempt.Answers++;
            Assert.True(attempt.Answers == 1, "answered twice");
            if (RefusalOf(reply) is { } refusal)
            {
                call.LastRefusal = refusal;
                if (reply is Failure { Code: FailureCode.Expired })
                {
                    call.OnGivenUp();
                }

                call.IsToRepeat |= call.IsOpen && attempt == call.Last;
            }
            else
            {
                attempt.Check(reply);
                if (attempt == call.Last)
                {
                    call.IsAnswered = true;
                    call.OnAnswered();
                }
            }
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"{call}: {e.Message}", e);
        }
    }

    /// <summary>Why a client is to ask again; null: this is its answer.</summary>
    private string? RefusalOf(IReply reply)
    {
        switch (reply)
        {
            case Failure { Code: FailureCode.Unauthorized } refused:
                foreach (ScheduledClient client in _clients)
                {
                    client.Ticket = null;
                }

                return refused.Message;
            case Failure { Code: FailureCode.Busy or FailureCode.Stopping or FailureCode.Expired or FailureCode.ModelUnavailable } refused:
                return refused.Message;
            case Failure { Code: FailureCode.Internal or FailureCode.StoreUnavailable } refused when _hurt || _poisoned:
                return refused.Message;
            case Failure { Code: FailureCode.BadRequest } refused when refused.Message.Contains("could not be embedded", StringComparison.Ordinal):
                return refused.Message;
            case ImportFinished { Counts.Failed: > 0 } finished when _hurt || _poisoned:
                return finished.Faults[0].Reason;
            case HostStatus { Index.Problem: { } problem }:
                return problem;
            case SearchResults { Degraded: { } degraded } when degraded.Contains("deadline", StringComparison.Ordinal):
                return degraded;
            default:
                return null;
        }
    }

    /// <summary>True: something was heard in time.</summary>
    private async Task<bool> HearAsync(TimeSpan patience)
    {
        using var limit = new CancellationTokenSource(patience);
        try
        {
            (Attempt? attempt, IReply reply) = await _heard.Reader.ReadAsync(limit.Token);
            OnHeard(attempt, reply);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    // What befalls the host

    private void DisturbModel()
    {
        int kind = _random.Next(7);
        Note($"disturb the model: {kind}");
        switch (kind)
        {
            case 0:
                _poisoned = true;
                _model.FailNext = _random.Next(1, 5);
                break;
            case 1 or 2 when _contents.Count > 0:
                string word = Pick(_contents).Word;
                _poisoned = true;
                _model.IsPoison = ids => ScriptedEmbedder.TextOf(ids).Contains(word, StringComparison.Ordinal);
                break;
            case 3: _model.OpenProblem = "no model today"; break;
            case 4: _model.OpenProblem = null; break;
            case 5: _model.Gate ??= new SemaphoreSlim(0); break;
            default: ReleaseModel(); break;
        }
    }

    private void ReleaseModel()
    {
        SemaphoreSlim? gate = _model.Gate;
        _model.Gate = null;
        gate?.Release(10_000);
    }

    private void Kill()
    {
        string victim = Pick("gateway", "query", "ingest", "embedding", "index", "lifecycle", "query/$*", "ingest/$*", "index/$*", "embedding/$*", "embedding/$*/$*");
        Note($"kill {victim}");
        _hurt = true;
        _ingestKilled |= victim.StartsWith("ingest", StringComparison.Ordinal);
        if (victim.StartsWith("embedding", StringComparison.Ordinal))
        {
            ReleaseModel(); // who waits for a run to end, waits
        }

        _host.System.ActorSelection($"/user/{victim}").Tell(Akka.Actor.Kill.Instance);
        if (victim is "query" or "ingest" or "lifecycle")
        {
            foreach (ScheduledCall call in _calls.Where(call => call.IsOpen))
            {
                call.IsToRepeat = true; // perhaps nobody knows of it any more
            }
        }
    }

    private async Task RestartAsync(bool inOrder)
    {
        Note($"restart, {(inOrder ? "in order" : "abruptly")}");
        ReleaseModel();
        _hurt |= !inOrder;
        Attempt[] promised = [.. _calls.Where(call => call.IsOpen && !call.IsToRepeat).Select(call => call.Last!)];
        Task end = inOrder ? _host.BeginEnd() : _host.BeginCrash();
        await EndOf(end);
        while (_heard.Reader.TryRead(out (Attempt? Attempt, IReply Reply) heard))
        {
            OnHeard(heard.Attempt, heard.Reply);
        }

        if (inOrder)
        {
            Assert.All(promised, attempt => Assert.True(attempt.Answers == 1, $"not answered by a host that ended in order: {attempt.Call}"));
        }

        _host.Dispose();
        Assert.True(_model.Opened == _model.Disposed, "a session is still open");
        Assert.Equal(0, _model.Running);
        foreach (ScheduledClient client in _clients)
        {
            client.Reconnect();
        }

        foreach (ScheduledCall call in _calls.Where(call => call.IsOpen))
        {
            call.IsToRepeat = true;
        }

        _host.Start();
        Note("started");
    }

    /// <summary>A session that hangs ends the host.</summary>
    private async Task RestartIfWantedAsync()
    {
        if (_host.WantsToStop)
        {
            await RestartAsync(inOrder: true);
        }
    }

    /// <summary>Time goes on meanwhile, but not so fast that the limits of Akka's phases pass; and for a while after, when threads end that an actor had for itself.</summary>
    private async Task EndOf(Task end)
    {
        DateTimeOffset hangs = TimeProvider.System.GetUtcNow() + ScheduledHost.Patience;
        while (await Task.WhenAny(end, Task.Delay(100)) != end)
        {
            Assert.True(TimeProvider.System.GetUtcNow() < hangs, "the host does not end");
            _host.Advance(TimeSpan.FromMilliseconds(250));
        }

        await end;
        _host.Advance(TimeSpan.FromMinutes(1));
    }

    // The end

    /// <summary>Nothing disturbs any more: whatever a client still waits for is answered.</summary>
    private async Task SettleAsync()
    {
        Note("settle");
        ReleaseModel();
        (_model.OpenProblem, _model.FailNext, _model.IsPoison) = (null, 0, _ => false);
        ScheduledCall[] open = OpenCalls();
        for (var wait = new Wait(); open.Length > 0; open = OpenCalls())
        {
            wait.Check(open.Length, () => $"never answered: {string.Join("; ", open.AsEnumerable())}");
            if (await HearUntilQuietAsync(wait.Round))
            {
                wait.OnHeard();
                continue;
            }

            await RestartIfWantedAsync();
            foreach (ScheduledCall call in OpenCalls().Where(call => call.IsToRepeat))
            {
                await AttemptAsync(call);
            }

            Advance(wait.NextStep());
        }

        ScheduledCall[] OpenCalls() => [.. _calls.Where(call => call.IsOpen)];
    }

    /// <summary>False: it seems that nothing will happen before time goes on. Should that be wrong, time has only passed quickly.</summary>
    private Task<bool> HearUntilQuietAsync() => HearUntilQuietAsync(Wait.Moment);

    private async Task<bool> HearUntilQuietAsync(TimeSpan moment)
    {
        for (int round = 0; round < 3; round++)
        {
            await Task.WhenAll(Task.Run(() => { }), OpenWorkAsync());
            if (await HearAsync(moment))
            {
                return true;
            }
        }

        return false;
    }

    private async Task<int> OpenWorkAsync()
    {
        WorkOpen[] open = await Task.WhenAll(
            _host.Tree.Query.Ask<WorkOpen>(GetOpenWork.Instance, ScheduledHost.Patience),
            _host.Tree.Ingest.Ask<WorkOpen>(GetOpenWork.Instance, ScheduledHost.Patience));
        return open.Sum(work => work.Count);
    }

    private async Task<T> AskAsync<T>(Func<RequestHeader, IRequest> request)
        where T : IReply
    {
        T? answer = default;
        var call = new ScheduledCall(typeof(T).Name, Guid.NewGuid(), _clients[0], request)
        {
            Expect = () => reply => answer = Assert.IsType<T>(reply),
        };
        await SendAsync(call);
        await SettleAsync();
        return answer!;
    }

    private async Task CheckEverythingAsync()
    {
        Note("check everything");
        await UntilIdleAsync();
        MemoryPage page = (await AskAsync<MemoryPage>(h => new ListMemories(h, MemoryFilter.None, null, 500)));
        CheckMemories(page.Memories);
        string[] files = Directory.Exists(_home["memories"]) ? Directory.GetFiles(_home["memories"], "*.md", SearchOption.AllDirectories) : [];
        string[] texts = [.. files.Select(File.ReadAllText)];
        foreach (KnownContent content in _contents)
        {
            bool listed = page.Memories.Any(memory => memory.Subject == content.Word);
            int onDisk = content.DocumentPath is null ? texts.Count(text => text.Contains(content.Text, StringComparison.Ordinal)) : 1;
            Assert.True(content.Presence != Presence.Present || (listed && onDisk > 0), $"{content.Word} was acknowledged: listed {listed}, files {onDisk}");
            Assert.True(content.Presence != Presence.Absent || !listed, $"{content.Word} was forgotten and is listed");
            Assert.True(content.DocumentPath is not null || content.IsLittered || _ingestKilled || onDisk == (listed ? 1 : 0), $"{content.Word} has {onDisk} files, listed {listed}");
        }

        foreach (KnownContent content in _contents.Where(_ => _random.Next(4) == 0).ToList())
        {
            SearchResults found = await AskAsync<SearchResults>(h => new Search(h, content.Word, MemoryFilter.None, 100, 25_000));
            bool isFound = found.Hits.Any(hit => hit.Summary.Subject == content.Word && hit.Matched.Contains("keyword"));
            bool isListed = page.Memories.Any(m => m.Subject == content.Word);
            Assert.True(isFound == isListed || (isFound && _ingestKilled && content.Presence == Presence.Unclear), $"{content.Word} is found {isFound}, listed {isListed}");
        }

        HostStatus status = await StatusWhenIdleAsync();
        // A file whose actor was killed may land late and be seen by the watcher just now: only between two equal lists does the count hold.
        if (await AskAsync<MemoryPage>(h => new ListMemories(h, MemoryFilter.None, null, 500)) is var again && again.Memories.Count == page.Memories.Count)
        {
            Assert.Equal(page.Memories.Count, status.Index.Memories.Sum(kind => kind.Count));
        }

        Assert.Empty((await AskAsync<IntegrityReport>(h => new CheckIntegrity(h))).Problems);
        Assert.InRange(_model.PeakRunning, 0, 1);
        Assert.InRange(_model.PeakOpen, 0, 1);
    }

    /// <summary>A change of a watched file may be seen just now: then there is work once more.</summary>
    private async Task<HostStatus> StatusWhenIdleAsync()
    {
        for (var wait = new Wait(); ;)
        {
            await UntilIdleAsync();
            HostStatus status = await AskAsync<HostStatus>(h => new GetStatus(h));
            int queued = status.Model.QueuedQueries + status.Model.QueuedIngest;
            if (queued == 0)
            {
                return status;
            }

            wait.Check(queued, () => $"{queued} texts stay queued that nobody waits for");
        }
    }

    /// <summary>What goes on without a client ends too.</summary>
    private async Task UntilIdleAsync()
    {
        var wait = new Wait();
        for (int open = await OpenWorkAsync(); open > 0; open = await OpenWorkAsync())
        {
            wait.Check(open, () => $"work stays open that nobody waits for: {open}");
            if (!await HearUntilQuietAsync(wait.Round))
            {
                Advance(wait.NextStep());
            }
        }
    }

    /// <summary>
    /// Time that passes while something is not so yet: virtual time in ever larger steps; but real time too, by and by more, for a busy
    /// machine or a slow disk needs it however fast the host's clock goes. Only what takes more than anybody's patience hangs.
    /// </summary>
    private sealed class Wait
    {
        /// <summary>Real time that is enough for an answer, as a rule.</summary>
        public static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(3);

        private readonly Stopwatch _sinceProgress = Stopwatch.StartNew();
        private int _least = int.MaxValue;
        private int _rounds;
        private int _quiet;

        /// <summary>Real time to listen now. The longest that virtual time alone ends takes some 40 rounds.</summary>
        public TimeSpan Round => Moment * Math.Clamp(_rounds - 50, 1, 30);

        /// <param name="left">What is waited for; as long as it gets less, all goes well.</param>
        public void Check(int left, Func<string> problem)
        {
            if (left < _least)
            {
                _least = left;
                _sinceProgress.Restart();
            }

            Assert.True(_sinceProgress.Elapsed < ScheduledHost.Patience, problem());
        }

        public void OnHeard() => _quiet = 0;

        public TimeSpan NextStep()
        {
            _rounds++;
            return TimeSpan.FromSeconds(1 << Math.Min(_quiet++, 4));
        }
    }
}
