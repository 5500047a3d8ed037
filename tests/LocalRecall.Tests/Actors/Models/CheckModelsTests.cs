using Akka.Configuration;
using LocalRecall.Contracts.Messages;
using LocalRecall.Core.Embedding;
using LocalRecall.Core.Ports;
using LocalRecall.Tests.Actors.Embedding;
using Xunit;

namespace LocalRecall.Tests.Actors.Models;

public sealed class CheckModelsTests : HostTest
{
    private ScriptedEmbedder Form { get; } = new("form@1", dimensions: 96);

    private protected override IEmbedderFactory[] AllModels => [Model, Form];

    [Fact]
    public void Both_models_embed_the_same_texts_by_turns_and_the_model_in_force_stays()
    {
        Catalog.HasForm = true;

        ModelsChecked models = Ask<ModelsChecked>(h => new CheckModels(h));

        Assert.Equal(("scripted@1", "form@1", "form", 72, 276, true), (models.SourceId, models.FormId, models.FormName, models.Texts, models.Pairs, models.Approved));
        Assert.Equal(Model.Runs.Select(run => ScriptedEmbedder.TextOf(run.Single())).Order(), Form.Runs.Select(run => ScriptedEmbedder.TextOf(run.Single())).Order());
        Assert.Equal(96, Form.Runs.Count);
        Assert.Equal(models.Speedup, Catalog.LastCheck!.Speedup);
        Assert.Equal("scripted@1", Status().Model.Id);
        AwaitAssert(() => Assert.Equal(0, Form.Open));
    }

    [Fact]
    public void A_form_that_can_not_be_made_is_said()
    {
        Catalog.HasForm = true;
        Catalog.ProvisionProblem = "no room";

        Failure failure = Ask<Failure>(h => new CheckModels(h));

        Assert.Equal((FailureCode.ModelUnavailable, "no room"), (failure.Code, failure.Message));
        Assert.Null(Catalog.LastCheck);
    }

    [Fact]
    public void Without_another_form_there_is_nothing_to_check() =>
        Assert.Equal(FailureCode.NotFound, Ask<Failure>(h => new CheckModels(h)).Code);

    [Fact]
    public void A_better_form_is_advised_to_who_uses_its_source_and_has_not_gone_back_to_it()
    {
        Catalog.HasForm = true;
        Catalog.LastCheck = new FormCheck("scripted@1", "form@1", 8, 4, 2, 0.99, 276);
        Assert.Equal(new ModelAdvice("form", 2), Ask<ModelList>(h => new ListModels(h)).Advice);

        Ask<ModelUsed>(h => new UseModel(h, "form", Rollback: false, DryRun: false));
        Assert.Null(Ask<ModelList>(h => new ListModels(h)).Advice);

        Ask<ModelUsed>(h => new UseModel(h, "", Rollback: true, DryRun: false));
        Assert.Null(Ask<ModelList>(h => new ListModels(h)).Advice);
    }
}

public sealed class CheckAtStartTests() : HostTest(ConfigurationFactory.ParseString("localrecall.models.check-forms = on"))
{
    private readonly ScriptedEmbedder _form = new("form@1", dimensions: 96);

    private protected override ScriptedModels NewCatalog() => new(Model, _form) { HasForm = true };

    [Fact]
    public void The_forms_are_checked_once()
    {
        AwaitAssert(() => Assert.NotNull(Catalog.LastCheck), TimeSpan.FromSeconds(10));
        int runs = _form.Runs.Count;
        StopHost();

        StartHost();

        Assert.Equal(FailureCode.NotFound, Ask<Failure>(h => new UseModel(h, "nothing", Rollback: false, DryRun: false)).Code);
        Assert.Equal(runs, _form.Runs.Count);
    }
}
