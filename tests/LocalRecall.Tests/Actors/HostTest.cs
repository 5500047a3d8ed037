using Akka.Actor;
using Akka.Configuration;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using LocalRecall.Actors;
using LocalRecall.Actors.Gateway;
using LocalRecall.Contracts;
using LocalRecall.Contracts.Messages;
using LocalRecall.Core.Ports;
using LocalRecall.Infrastructure.Files;
using LocalRecall.Infrastructure.Sqlite;
using LocalRecall.Tests.Actors.Embedding;
using LocalRecall.Tests.Actors.Metrics;
using LocalRecall.Tests.Actors.Models;
using Xunit;

namespace LocalRecall.Tests.Actors;

/// <summary>All of the host's actors in one process, over real files and a real SQLite file; only the model is scripted.</summary>
public abstract class HostTest : TestKit
{
    private readonly string _home = Directory.CreateTempSubdirectory("localrecall-test-").FullName;
    private Guid _ticket;
    private ScriptedModels? _models;

    protected HostTest(Config? over = null)
        : base(over?.WithFallback(TestConfiguration.Local) ?? TestConfiguration.Local)
    {
        StartHost();
    }

    internal ScriptedEmbedder Model { get; } = new();

    /// <summary>The model that is used.</summary>
    private protected virtual IEmbedderFactory Embedder => Model;

    /// <summary>All that there are.</summary>
    private protected ScriptedModels Catalog => _models ??= NewCatalog();

    private protected virtual ScriptedModels NewCatalog() => new(AllModels);

    private protected virtual IEmbedderFactory[] AllModels => [Embedder];

    internal TestMeters Meters { get; } = new();

    internal ActorTree Host { get; private set; } = null!;

    protected string Home => _home;

    protected int Stops { get; private set; }

    protected void StartHost()
    {
        TimeProvider time = TimeProvider.System;
        var files = new MemoryFiles(_home, time);
        var store = new SqliteMemoryStore(Path.Combine(_home, "recall.db"), new ForgottenLog(Path.Combine(_home, "forgotten.jsonl"), time), time);
        var ports = new HostPorts(Catalog, store, files, new RootList(_home), new FolderWatcher(time), files.Folder);
        // After a stop the last name is free only once its parent, too, has heard of the end.
        AwaitAssert(() => Host = ActorTree.Start(Sys, ports, Meters, new GatewaySettings("secret", "1.0.0"), _home, () => Stops++));
        Host.Gateway.Tell(new Hello(Guid.NewGuid(), WireLimits.ProtocolVersion, "test", "1.0", "secret"), TestActor);
        _ticket = ExpectMsg<Welcome>().Ticket;
    }

    /// <summary>The ticket of another client.</summary>
    protected Guid Hello(TestProbe client)
    {
        Host.Gateway.Tell(new Hello(Guid.NewGuid(), WireLimits.ProtocolVersion, "test", "1.0", "secret"), client);
        return client.ExpectMsg<Welcome>().Ticket;
    }

    /// <summary>As if the process had ended in order; the home folder stays.</summary>
    protected void StopHost()
    {
        foreach (IActorRef actor in new[] { Host.Gateway, Host.Lifecycle, Host.Mcp, Host.Transcripts, Host.Hooks, Host.Models, Host.Query, Host.Ingest, Host.Index, Host.Embedding })
        {
            Watch(actor);
            Sys.Stop(actor);
            ExpectTerminated(actor, TimeSpan.FromSeconds(10));
        }
    }

    protected T Ask<T>(Func<RequestHeader, IRequest> request, Guid? requestId = null)
        where T : IReply
    {
        var header = new RequestHeader(requestId ?? Guid.NewGuid(), _ticket, Sys.Scheduler.Now.AddSeconds(30));
        Host.Gateway.Tell(request(header), TestActor);
        return FishForMessage<T>(reply => reply.RequestId == header.RequestId, TimeSpan.FromSeconds(20));
    }

    /// <summary>Sends a request whose reply, when it comes, goes to the returned probe.</summary>
    protected TestProbe Send(Func<RequestHeader, IRequest> request)
    {
        TestProbe client = CreateTestProbe();
        Host.Gateway.Tell(request(new RequestHeader(Guid.NewGuid(), _ticket, Sys.Scheduler.Now.AddSeconds(30))), client);
        return client;
    }

    protected MemoryAdded Add(string subject, string content, string kind = "episodic", string appliesTo = "global", string? project = null) =>
        Ask<MemoryAdded>(h => new AddMemory(h, kind, subject, kind == "episodic" ? ["test"] : [], appliesTo, null, project, content));

    protected SearchResults Search(string query, MemoryFilter? filter = null, int limit = 10, int maxTokens = 2000) =>
        Ask<SearchResults>(h => new Search(h, query, filter ?? MemoryFilter.None, limit, maxTokens));

    protected HostStatus Status() => Ask<HostStatus>(h => new GetStatus(h));

    protected ImportFinished Import(string path, bool watch = false, string? project = null) =>
        Ask<ImportFinished>(h => new ImportPaths(h, [path], project, watch));

    protected string WriteFile(string name, string content)
    {
        string path = Path.Combine(_home, "outside", name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
        return path;
    }

    protected override void AfterAll()
    {
        base.AfterAll();
        Shutdown(); // else the host still writes into the folder that is deleted
        Meters.Dispose();
        Directory.Delete(_home, recursive: true);
    }
}
