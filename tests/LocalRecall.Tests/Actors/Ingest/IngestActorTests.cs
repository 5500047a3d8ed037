using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using LocalRecall.Actors.Ingest;
using LocalRecall.Actors.Metrics;
using LocalRecall.Actors.Requests;
using LocalRecall.Contracts.Messages;
using LocalRecall.Core.Embedding;
using LocalRecall.Core.Ports;
using LocalRecall.Core.Requests;
using LocalRecall.Infrastructure.Files;
using LocalRecall.Tests.Actors.Embedding;
using LocalRecall.Tests.Actors.Models;
using LocalRecall.Tests.Actors.Metrics;
using Xunit;
using static LocalRecall.Actors.Index.IndexProtocol;
using static LocalRecall.Actors.Ingest.IngestProtocol;

namespace LocalRecall.Tests.Actors.Ingest;

/// <summary>Which file comes next. The test is the index: a file's pass begins with a question to it and ends when it answers.</summary>
public sealed class IngestActorTests : TestKit
{
    private const int Files = 40;

    private static readonly ClientId A = new("a");
    private static readonly ClientId B = new("b");

    private readonly string _home = Directory.CreateTempSubdirectory("localrecall-test-").FullName;
    private readonly TestMeters _meters = new();
    private readonly TestProbe _index;
    private readonly IActorRef _ingest;

    public IngestActorTests()
        : base(TestConfiguration.Local)
    {
        IgnoreMessages<ImportProgress>(); // how many come depends on the machine
        _index = CreateTestProbe();
        IActorRef index = Sys.ActorOf(Props.Create(() => new EmptyIndex(_index.Ref)));
        TimeProvider time = TimeProvider.System;
        var files = new MemoryFiles(_home, time);
        var ports = new IngestPorts(
            index, CreateTestProbe(), files, new RootList(_home), new FolderWatcher(time), ScriptedModels.InForce(new ScriptedEmbedder()), files.Folder, new HostMetrics(_meters));
        _ingest = Sys.ActorOf(IngestActor.CreateProps(ports, maxFiles: 1, new RequestLimits(256, 64)));
    }

    protected override void AfterAll()
    {
        base.AfterAll();
        _meters.Dispose();
        Directory.Delete(_home, recursive: true);
    }

    private string WriteFile(string name)
    {
        string path = Path.Combine(_home, "outside", name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, $"# {name}\n\nSome text.");
        return path;
    }

    private void Ask(string name, ClientId client, bool deliberate = false, IActorRef? asker = null) =>
        _ingest.Tell(new IngestFile(name, null, client, deliberate), asker ?? TestActor);

    /// <summary>The file whose pass begins now.</summary>
    private string Begun() => _index.ExpectMsg<FindSource>().Path;

    /// <summary>Ends the pass in flight: the file is not there, or is known already.</summary>
    private void End()
    {
        var find = (FindSource)_index.LastMessage;
        _index.Reply(new SourceFound(find.RequestId, Known(find.Path)));
    }

    private static SourceState? Known(string path) =>
        File.Exists(path) ? new SourceState(path, "x", new FileInfo(path).Length, File.GetLastWriteTimeUtc(path)) : null;

    private List<string> Order(int count)
    {
        List<string> order = [];
        for (int i = 0; i < count; i++)
        {
            order.Add(Begun());
            End();
        }

        return order;
    }

    [Fact]
    public void Importing_clients_take_turns()
    {
        foreach (string name in (string[])["a1", "a2", "a3", "a4"])
        {
            Ask(name, A);
        }

        Ask("b1", B);
        Ask("b2", B);

        Assert.Equal(["a1", "a2", "b1", "a3", "b2", "a4"], Order(6));
    }

    [Fact]
    public void What_is_added_by_itself_overtakes_imports_and_so_does_a_path_that_waited_among_them()
    {
        foreach (string name in (string[])["a1", "a2", "a3"])
        {
            Ask(name, A);
        }

        Ask("a3", B, deliberate: true);
        Ask("b1", B, deliberate: true);

        Assert.Equal(["a1", "a3", "b1", "a2"], Order(4));
    }

    [Fact]
    public void What_somebody_asked_for_by_itself_stays_so_when_others_ask_too()
    {
        string path = WriteFile("note.md");
        Ask(path, A);
        Assert.Equal(path, Begun());
        Ask(path, B, deliberate: true);
        Ask(path, A);
        End();
        Assert.True(ExpectMsg<FileIngested>().Unchanged);

        Assert.Equal(path, Begun());
        End();

        _index.ExpectMsg<FindVectors>(); // read and parsed, though it is known
    }

    [Fact]
    public void A_cancelled_import_hands_out_no_more_files_and_what_is_in_flight_is_finished()
    {
        ImportPaths import = ImportOfMany();
        _ingest.Tell(new Authorized<ImportPaths>(import, TestActor, A));
        string first = Begun();
        Ask(first, B);
        _ingest.Tell(new CancelRequest(import.Header.RequestId, A));
        Ask("b1", B);

        End();
        Assert.Equal(["b1", first], Order(2));
        Assert.Equal(["b1", first], ((string[])[ExpectMsg<FileIngested>().Path, ExpectMsg<FileIngested>().Path]));
        _index.ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void An_import_whose_client_is_gone_hands_out_no_more_files_and_can_be_begun_again()
    {
        ImportPaths import = ImportOfMany();
        _ingest.Tell(new Authorized<ImportPaths>(import, TestActor, A));
        Begun();
        _ingest.Tell(new ClientGone(A));
        Ask("b1", B);
        End();
        Assert.Equal(["b1"], Order(1));
        ExpectMsg<FileIngested>();

        _ingest.Tell(new Authorized<ImportPaths>(import, TestActor, B));

        Order(Files);
        Assert.Equal(Files, FishForMessage<ImportFinished>(_ => true).Counts.Unchanged);
        Assert.Equal(
            ["outcome=cancelled", "outcome=answered"],
            _meters.Heard("localrecall.request.duration").Where(line => line.Contains("import-paths-v1", StringComparison.Ordinal)).Select(line => line.Split(' ')[^1]).TakeLast(2));
    }

    private RequestHeader Header() => new(Guid.NewGuid(), Guid.NewGuid(), Sys.Scheduler.Now.AddMinutes(5));

    private ImportPaths ImportOfMany()
    {
        foreach (int n in Enumerable.Range(0, Files))
        {
            WriteFile($"many/{n:00}.md");
        }

        return new ImportPaths(Header(), [Path.Combine(_home, "outside", "many")], null, false);
    }

    /// <summary>An index that holds nothing and asks the test about every file.</summary>
    private sealed class EmptyIndex : ReceiveActor
    {
        public EmptyIndex(IActorRef test)
        {
            Receive<FindSourcesBelow>(find => Sender.Tell(new SourcesFound(find.RequestId, [])));
            Receive<GetPending>(get => Sender.Tell(new PendingFound(get.RequestId, [])));
            Receive<RemoveSources>(remove => Sender.Tell(new SourcesRemoved(remove.RequestId)));
            Receive<IRead>(test.Forward);
        }
    }
}
