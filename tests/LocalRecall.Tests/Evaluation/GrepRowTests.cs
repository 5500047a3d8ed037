using LocalRecall.Evaluation;
using LocalRecall.Evaluation.Sets;
using Xunit;

namespace LocalRecall.Tests.Evaluation;

public sealed class GrepRowTests
{
    [Fact]
    public void Different_words_of_the_question_are_counted_and_equal_counts_keep_the_order()
    {
        var set = new RetrievalSet(
            "s", "beir", [], "document",
            [new Collection("c", [Text("none", "unlike"), Text("one", "wings wings wings"), Text("both", "The wings' bend"), Text("late", "BEND it"), Text("copy", "BEND it")])],
            [new Question("Which wings bend?", 0, new Dictionary<string, double> { ["both"] = 1 })], []);

        Assert.Equal(["both", "one", "late"], GrepRow.Run(set, 10)[0]);
        Assert.Equal(["both"], GrepRow.Run(set, 1)[0]);
    }

    private static Document Text(string id, string text) => new(id, "subject", text, DateTimeOffset.UnixEpoch);
}
