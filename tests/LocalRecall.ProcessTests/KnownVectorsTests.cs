using LocalRecall.Client;
using LocalRecall.Contracts.Messages;
using LocalRecall.ProcessTests.Processes;
using Xunit;

namespace LocalRecall.ProcessTests;

/// <summary>What was embedded once is not embedded again, by the next host either.</summary>
public sealed class KnownVectorsTests : ProcessTest
{
    private const string Query = "when does the boat leave";

    private static readonly string[] Texts = ["The ferry leaves at nine.", "A text of a client."];

    [Fact]
    public async Task A_new_host_answers_what_was_asked_before_without_its_model()
    {
        await Home.StartHostAsync();
        SearchResults searched;
        Embeddings embedded;
        await using (RecallClient client = await Home.ConnectAsync())
        {
            await client.AddAsync(new NewMemory("Ferry", Texts[0], ["ferry"]));
            searched = await client.SearchAsync(Query);
            embedded = await client.EmbedAsync(Texts);
            Assert.NotEqual(0, (await client.StatusAsync()).Model.Runs);
            await client.StopHostAsync();
        }

        await Home.StartHostAsync();
        await using RecallClient next = await Home.ConnectAsync();
        SearchResults searchedAgain = await next.SearchAsync(Query);
        Embeddings embeddedAgain = await next.EmbedAsync([Texts[1], Texts[0]]);

        Assert.Equal(Assert.Single(searched.Hits).Cosine, Assert.Single(searchedAgain.Hits).Cosine);
        Assert.Null(searchedAgain.Degraded);
        Assert.Equal(embedded[0].ToArray(), embeddedAgain[1].ToArray());
        Assert.Equal(embedded[1].ToArray(), embeddedAgain[0].ToArray());
        ModelStatus model = (await next.StatusAsync()).Model;
        Assert.Equal((0, "unloaded"), (model.Runs, model.State));
    }
}
