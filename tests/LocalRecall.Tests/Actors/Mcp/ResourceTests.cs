using LocalRecall.Contracts.Messages;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using Xunit;

namespace LocalRecall.Tests.Actors.Mcp;

public sealed class ResourceTests : McpTest
{
    [Fact]
    public async Task Memories_are_listed_newest_first_over_all_pages()
    {
        Guid[] ids = [.. Enumerable.Range(0, 60).Select(i => Add($"Number {i}", $"This is memory number {i}.").Id)];
        await using McpClient client = await Agent().ConnectClientAsync();

        IList<McpClientResource> resources = await client.ListResourcesAsync();

        Assert.Equal(ids.Reverse().Select(id => $"recall://memory/{id}"), resources.Select(resource => resource.Uri));
        Assert.Equal(("Number 59", "text/markdown"), (resources[0].Name, resources[0].MimeType));
        Assert.Equal("recall://memory/{id}", Assert.Single(await client.ListResourceTemplatesAsync()).UriTemplate);
    }

    [Fact]
    public async Task A_memory_is_read_as_Markdown()
    {
        MemoryAdded added = Add("Backups", "Backups run at three in the morning.", appliesTo: "area:ops");
        await using McpClient client = await Agent().ConnectClientAsync();

        ReadResourceResult read = await client.ReadResourceAsync($"recall://memory/{added.Id}");

        var contents = Assert.IsType<TextResourceContents>(Assert.Single(read.Contents));
        Assert.Equal(($"recall://memory/{added.Id}", "text/markdown"), (contents.Uri, contents.MimeType));
        Assert.StartsWith($"# Backups\n\n- id: {added.Id}\n- kind: episodic\n- applies to: area:ops\n- keywords: test\n- occurred: 20", contents.Text);
        Assert.EndsWith("Z\n\nBackups run at three in the morning.\n", contents.Text);
    }

    [Fact]
    public async Task A_long_memory_says_where_its_rest_is()
    {
        string content = string.Concat(Enumerable.Range(0, 40_000).Select(i => $"\"{i}\"\n")).Trim();
        Import(WriteFile("long.md", content));
        Guid id = Assert.Single(Ask<MemoryPage>(h => new ListMemories(h, MemoryFilter.None, null, 10)).Memories).Id;
        await using McpClient client = await Agent().ConnectClientAsync();

        string all = "";
        string? uri = $"recall://memory/{id}";
        while (uri is not null)
        {
            string text = ((TextResourceContents)(await client.ReadResourceAsync(uri)).Contents[0]).Text;
            int begin = text.IndexOf("Z\n\n", StringComparison.Ordinal) + 3;
            int note = text.LastIndexOf("\n\n[", StringComparison.Ordinal);
            bool isLast = !text.Contains("?offset=", StringComparison.Ordinal);
            all += isLast ? text[begin..^1] : text[begin..note];
            uri = isLast ? null : text[text.LastIndexOf("recall://", StringComparison.Ordinal)..text.LastIndexOf(']')];
        }

        Assert.Equal(content, all);
    }

    [Theory]
    [InlineData("2025-11-25", -32002)]
    [InlineData("2026-07-28", -32602)]
    public async Task What_is_not_there_is_not_found_as_the_revision_says_it(string revision, int code)
    {
        await using McpClient client = await Agent().ConnectClientAsync(revision);

        foreach (string uri in (string[])[$"recall://memory/{Guid.NewGuid()}", "recall://memory/17", $"recall://memory/{Guid.NewGuid()}?offset=x", "file:///etc/passwd"])
        {
            var error = await Assert.ThrowsAsync<McpProtocolException>(async () => await client.ReadResourceAsync(uri));
            Assert.Equal(code, (int)error.ErrorCode);
        }
    }

    [Fact]
    public async Task A_cursor_of_another_list_is_an_invalid_parameter()
    {
        var answer = await Agent().RequestAsync("resources/list", """{"cursor":"from elsewhere"}""");

        Assert.Equal(-32602, answer.GetProperty("code").GetInt32());
    }
}
