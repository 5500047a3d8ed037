using Akka.Actor;
using Akka.TestKit.Xunit2;
using LocalRecall.Actors.Index;
using LocalRecall.Core.Memories;
using LocalRecall.Core.Ports;
using LocalRecall.Core.Ranking;
using LocalRecall.Infrastructure.Files;
using LocalRecall.Infrastructure.Sqlite;
using LocalRecall.Tests.Actors.Models;
using LocalRecall.Tests.Infrastructure;
using LocalRecall.Tests.Infrastructure.Sqlite;
using Microsoft.Data.Sqlite;
using Xunit;
using static LocalRecall.Actors.Index.IndexProtocol;

namespace LocalRecall.Tests.Actors.Index;

public sealed class IndexActorTests() : TestKit(TestConfiguration.Local)
{
    private static readonly ModelInfo Model = new(Given.Model, 8, 256, "", "", 0.3f, Calibration.Default);

    private readonly TempFolder _folder = new();

    private IActorRef Open()
    {
        var store = new SqliteMemoryStore(
            _folder["recall.db"], new ForgottenLog(_folder["forgotten.jsonl"], TimeProvider.System), TimeProvider.System, new SqliteStoreOptions(BusyTimeoutMs: 20));
        return Sys.ActorOf(IndexActor.CreateProps(store, ScriptedModels.InForce(new NoEmbedder(Model)), readers: 1));
    }

    private void Close(IActorRef index)
    {
        Watch(index);
        Sys.Stop(index);
        ExpectTerminated(index);
    }

    private static RememberVectors Remember(params IEnumerable<string> texts) => new(Given.Model, texts.ToDictionary(Given.Hash, Given.Vector));

    private int Known(IActorRef index, params string[] texts)
    {
        index.Tell(new FindVectors(Guid.NewGuid(), Given.Model, [.. texts.Select(Given.Hash)]), TestActor);
        return ExpectMsg<VectorsFound>().Vectors.Count;
    }

    private void RecordFault(IActorRef index) =>
        index.Tell(new RecordFault(Guid.NewGuid(), new SourceFault("/m/1.md", "locked", Given.Start)), TestActor);

    [Fact]
    public void What_was_gathered_is_written_when_the_index_stops()
    {
        IActorRef index = Open();
        Known(index); // it is open
        index.Tell(Remember("one"));
        index.Tell(Remember("two", "one"));
        RecordFault(index);
        ExpectMsg<FaultRecorded>(); // the writer has them
        Close(index);

        Assert.Equal(2, Known(Open(), "one", "two", "three"));
    }

    [Fact]
    public void Much_at_once_is_written_at_once()
    {
        IActorRef index = Open();
        Known(index);
        index.Tell(Remember(Enumerable.Range(0, 256).Select(i => $"text {i}")));

        AwaitAssert(() => Assert.Equal(1, Known(index, "text 255")));
    }

    [Fact]
    public void Vectors_that_can_not_be_written_are_let_go_and_the_index_goes_on()
    {
        IActorRef index = Open();
        Known(index);
        using (var other = new SqliteConnection($"Data Source={_folder["recall.db"]};Pooling=False"))
        {
            other.Open();
            using SqliteCommand command = other.CreateCommand();
            command.CommandText = "BEGIN IMMEDIATE";
            command.ExecuteNonQuery();
            index.Tell(Remember(Enumerable.Range(0, 256).Select(i => $"text {i}")));
            RecordFault(index);
            Assert.Equal(0, Known(index, "text 1"));
            ExpectMsg<LocalRecall.Actors.Requests.RequestFailed>(); // what somebody waits for says that it is busy
        }

        RecordFault(index);
        ExpectMsg<FaultRecorded>();
        Assert.Equal(0, Known(index, "text 1"));
    }

    [Fact]
    public void Many_vectors_are_kept_in_a_file_when_the_index_stops_and_found_by_the_next()
    {
        IActorRef index = Open();
        string[] texts = [.. Enumerable.Range(0, 1100).Select(i => $"Text {i}")];
        index.Tell(new Store(Guid.NewGuid(), Given.Entry("/m/1.md", Given.Memory(1, string.Join("\n\n", texts)))), TestActor);
        ExpectMsg<Stored>(TimeSpan.FromSeconds(20));
        Assert.Empty(VectorFiles);
        Close(index);
        Assert.Single(VectorFiles);

        index = Open();
        index.Tell(new SearchVectors(Guid.NewGuid(), Given.Model, Given.Vector("Text 700"), SearchFilter.None, 5), TestActor);
        VectorsSearched found = ExpectMsg<VectorsSearched>(TimeSpan.FromSeconds(20));
        Assert.Equal((701, 1100), (found.Hits[0].ChunkId, found.Crowd.Count));

        index.Tell(new Forget(Guid.NewGuid(), Given.Id(1)), TestActor);
        ExpectMsg<Forgotten>();
        index.Tell(new Purge(Guid.NewGuid(), Everywhere: false), TestActor);
        ExpectMsg<Purged>();
        Assert.Empty(VectorFiles);
        Close(index);
        Assert.Empty(VectorFiles);
    }

    private string[] VectorFiles => Directory.GetFiles(_folder.Path, "*-vectors-*");

    [Fact]
    public void A_query_that_waits_for_its_vector_overtakes_other_reads()
    {
        Close(Open());
        using var other = new SqliteConnection($"Data Source={_folder["recall.db"]};Pooling=False");
        other.Open();
        using SqliteCommand command = other.CreateCommand();
        command.CommandText = "PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE";
        command.ExecuteNonQuery();
        IActorRef index = Open(); // waits until the file is free
        for (int i = 0; i < 5; i++)
        {
            index.Tell(new FindSource(Guid.NewGuid(), "/m/1.md"), TestActor);
        }

        index.Tell(new FindVectors(Guid.NewGuid(), Given.Model, [Given.Hash("a query")], Urgent: true), TestActor);
        other.Close();

        ExpectMsg<VectorsFound>();
        ReceiveN(5);
    }

    protected override void AfterAll()
    {
        base.AfterAll();
        _folder.Dispose();
    }

    [Fact]
    public void Session_memory_is_written_and_read()
    {
        IActorRef index = Open();
        index.Tell(new Store(Guid.NewGuid(), Given.Entry("/m/1.md", Given.Memory(1, "A memory"))), TestActor);
        ExpectMsg<Stored>();

        index.Tell(new NoteSessionMemories(Guid.NewGuid(), "a", [Given.Id(1)], SessionRole.Given), TestActor);
        ExpectMsg<SessionMemoriesNoted>();
        Assert.Single(SessionChunks(index));
        index.Tell(new ListMostUsed(Guid.NewGuid(), SearchFilter.None, 5), TestActor);
        Assert.Equal(Given.Id(1), Assert.Single(ExpectMsg<MostUsedListed>().Memories).Stored.Memory.Id);

        index.Tell(new ForgetGiven(Guid.NewGuid(), "a"), TestActor);
        ExpectMsg<GivenForgotten>();
        Assert.Empty(SessionChunks(index));

        var position = new TranscriptPosition("/t/a.jsonl", 7, "x");
        index.Tell(new RememberTranscript(Guid.NewGuid(), position), TestActor);
        ExpectMsg<TranscriptRemembered>();
        index.Tell(new FindTranscript(Guid.NewGuid(), position.Path), TestActor);
        Assert.Equal(position, ExpectMsg<TranscriptFound>().Position);

        string key = DedupKey.Of(Given.Memory(2, "A memory"));
        index.Tell(new FindContents(Guid.NewGuid(), [key]), TestActor);
        Assert.Equal(Given.Id(1), ExpectMsg<ContentsFound>().Known[key].Id);
    }

    /// <summary>Nothing is embedded here.</summary>
    private sealed class NoEmbedder(ModelInfo model) : IEmbedderFactory
    {
        public ModelInfo Model => model;

        public ITokenizer Tokenizer => throw new NotSupportedException();

        public IEmbedder Open() => throw new NotSupportedException();
    }

    private IReadOnlyList<long> SessionChunks(IActorRef index)
    {
        index.Tell(new FindSessionChunks(Guid.NewGuid(), "a"), TestActor);
        return ExpectMsg<SessionChunksFound>().ChunkIds;
    }
}
