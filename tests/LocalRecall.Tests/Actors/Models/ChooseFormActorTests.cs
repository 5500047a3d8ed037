using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using LocalRecall.Actors.Index;
using LocalRecall.Actors.Models;
using LocalRecall.Actors.Requests;
using LocalRecall.Contracts.Messages;
using LocalRecall.Core.Memories;
using LocalRecall.Core.Ports;
using LocalRecall.Tests.Actors.Embedding;
using Xunit;

namespace LocalRecall.Tests.Actors.Models;

public sealed class ChooseFormActorTests : TestKit
{
    private readonly ScriptedModels _catalog = new(new ScriptedEmbedder("a@1"), new ScriptedEmbedder("b@1"));
    private readonly TestProbe _models;
    private readonly TestProbe _index;
    private readonly IActorRef _chooser;

    public ChooseFormActorTests()
        : base(TestConfiguration.Local)
    {
        (_models, _index) = (CreateTestProbe(), CreateTestProbe());
        _chooser = _models.ChildActorOf(ChooseFormActor.CreateProps(new ModelPorts(_index, CreateTestProbe(), new ModelInForce(_catalog))));
        Watch(_chooser);
        _models.ExpectMsg<Authorized<CheckModels>>();
    }

    private void Checked(bool better) =>
        _chooser.Tell(new ModelsChecked(Guid.NewGuid(), "a@1", "b@1", "b", 72, 8, 3, 2.7, 276, 0.99, Approved: true, better));

    private void Stored(long vectors) => _chooser.Tell(new IndexProtocol.StatisticsFound(
        _index.ExpectMsg<IndexProtocol.GetStatistics>().RequestId, new StoreStatistics(new Dictionary<MemoryKind, long>(), 3, vectors, 3 - vectors, 1, 0, 0), []));

    [Fact]
    public void The_better_form_is_used_where_there_are_no_vectors()
    {
        Checked(better: true);
        Stored(vectors: 0);

        UseModel use = _models.ExpectMsg<Authorized<UseModel>>().Request;
        Assert.Equal(("b@1", false, false), (use.Name, use.Rollback, use.DryRun));
        _chooser.Tell(new ModelUsed(use.Header.RequestId, "b@1", "a@1", 0, 0, 0, 0, true, 1));
        ExpectTerminated(_chooser);
    }

    [Fact]
    public void Where_there_are_vectors_it_stays_a_proposal()
    {
        Checked(better: true);
        Stored(vectors: 1);

        ExpectTerminated(_chooser);
        _models.ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void What_somebody_chose_stays()
    {
        _catalog.IsStandard = false;
        Checked(better: true);

        ExpectTerminated(_chooser);
        _index.ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void A_form_that_is_not_better_is_not_used()
    {
        Checked(better: false);

        ExpectTerminated(_chooser);
        _index.ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void A_check_that_fails_changes_nothing()
    {
        _chooser.Tell(new Failure(Guid.NewGuid(), FailureCode.ModelUnavailable, "no network"));

        ExpectTerminated(_chooser);
        _index.ExpectNoMsg(TimeSpan.Zero);
    }
}
