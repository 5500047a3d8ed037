using System.Text;
using LocalRecall.Client;
using LocalRecall.Contracts;
using LocalRecall.Contracts.Messages;
using LocalRecall.ProcessTests.Processes;
using Xunit;

namespace LocalRecall.ProcessTests;

public sealed class LargeContentTests : ProcessTest
{
    /// <summary>Never the same twice, in letters of one to four bytes, and in words so long that the model reads each as one token.</summary>
    private static string Text(int chars, int seed)
    {
        var random = new Random(seed);
        var text = new StringBuilder("# Large\n\n");
        while (text.Length < chars)
        {
            for (int letter = 0; letter < 110; letter++)
            {
                text.Append(random.Next(8) switch { 0 => "é", 1 => "😀", 2 => "ﬁ", _ => ((char)random.Next('a', 'z' + 1)).ToString() });
            }

            text.Append(random.Next(20) == 0 ? "\n\n" : " ");
        }

        return text.ToString(0, char.IsHighSurrogate(text[chars - 1]) ? chars - 1 : chars);
    }

    [Fact]
    public async Task A_document_of_a_megabyte_comes_back_whole()
    {
        string path = Home.Beside("large.md");
        string content = Text(1_000_000, seed: 6);
        File.WriteAllText(path, content);

        RecallResult imported = await Home.RecallAsync("import", path, "--json");
        RecallResult listed = await Home.RecallAsync("list", "--kind", "document", "--json");
        string id = (string)listed.Json["memories"]!.AsArray().Single()!["id"]!;
        RecallResult got = await Home.RecallAsync("get", id, "--json");

        Assert.Equal((0, 1), (imported.ExitCode, (int)imported.Json["stored"]!));
        Assert.True((int)imported.Json["chunks"]! > 10);
        Assert.Equal(0, got.ExitCode);
        Assert.True(content == (string)got.Json["content"]!, "The content is another.");
    }

    [Fact]
    public async Task The_largest_message_is_kept_and_one_byte_more_is_refused_before_it_is_sent()
    {
        await Home.StartHostAsync();
        await using Visitor visitor = new(Home.Endpoint!);
        RequestHeader header = (await visitor.EnterAsync())();
        AddMemory Add(string content) => new(header, "episodic", "Large", ["large"], "global", null, null, content);
        string most = Text(50_000, seed: 7);
        most += new string('x', WireLimits.MaxMessageBytes - MessageCodec.SizeOf(Add(most)));
        most = most[..^(MessageCodec.SizeOf(Add(most)) - WireLimits.MaxMessageBytes)]; // longer lengths take more bytes themselves

        var added = (MemoryAdded)await visitor.AskAsync(Add(most));

        Assert.Equal(WireLimits.MaxMessageBytes, MessageCodec.SizeOf(Add(most)));
        await using RecallClient client = await Home.ConnectAsync();
        Assert.Equal(most, (await client.GetAsync(added.Id)).Content);
        Assert.Throws<MessageTooLargeException>(() => MessageCodec.Encode(Add(most + "x")));
        RecallException refused = await Assert.ThrowsAsync<RecallException>(() => client.AddAsync(new NewMemory("Large", most + new string('x', 100), ["large"])));
        Assert.Equal(FailureCode.TooLarge, refused.Code);
    }

    [Fact]
    public async Task Recall_says_that_a_memory_is_too_large()
    {
        RecallResult refused = await Home.RecallWithInputAsync(Text(WireLimits.MaxMessageBytes, seed: 8), "add", "-", "--keyword", "large", "--json");

        Assert.Equal((2, "too-large"), (refused.ExitCode, (string)refused.Json["error"]!["code"]!));
    }

    [Fact]
    public async Task Results_that_no_message_holds_are_cut_to_what_it_holds()
    {
        await Home.StartHostAsync();
        await using RecallClient client = await Home.ConnectAsync();
        for (int number = 0; number < 30; number++)
        {
            await client.AddAsync(new NewMemory($"Crowded {number}", $"crowded {number} {Text(12_000, number)}", ["crowded"]));
        }

        SearchResults results = await client.SearchAsync("crowded", limit: 30, maxTokens: 25_000);
        List<MemorySummary> listed = await client.ListAsync().ToListAsync();

        Assert.Equal(30, results.Total);
        Assert.InRange(MessageCodec.SizeOf(results), 1, WireLimits.MaxMessageBytes);
        Assert.NotEmpty(results.Hits);
        Assert.Equal(30, listed.Count);
    }
}
