using Akka.TestKit;
using LocalRecall.Actors.Index;
using LocalRecall.Contracts.Messages;
using LocalRecall.Core.Memories;
using LocalRecall.Core.Ports;
using Xunit;

namespace LocalRecall.Tests.Actors.Hooks;

/// <summary>The scripted model counts characters: texts of the same letters are near each other, texts without a common one are not.</summary>
public sealed class HooksActorTests : HostTest
{
    private const string Prompt = "bananas and ananas";

    private static HookInput Hook(string eventName, string session, string? prompt = null, string? source = null, string? project = null, string? cwd = "/nowhere") =>
        new("claude-code", eventName, session, source, cwd, project, prompt, null, null, DateTimeOffset.UnixEpoch);

    private string Tell(HookInput hook) => Ask<ContextFound>(h => new FindContext(h, hook)).Context;

    private string OnPrompt(string prompt, string session = "s", string? project = null) => Tell(Hook("UserPromptSubmit", session, prompt, project: project));

    private string OnStart(string source = "startup", string session = "s", string? project = null) => Tell(Hook("SessionStart", session, source: source, project: project));

    [Fact]
    public void A_prompt_gets_what_is_near_it_and_nothing_else()
    {
        Guid near = Add("Bananas", "Bananas and ananas.").Id;
        Add("Zzzz", "Jj jjj jjjjj jjj.");

        string context = OnPrompt(Prompt);

        Assert.Contains(near.ToString(), context);
        Assert.DoesNotContain("Zzzz", context);
        Assert.Equal("", OnPrompt("kkkkk vvvvv kkkkk", "other"));
    }

    [Fact]
    public void No_memory_comes_twice_in_one_session()
    {
        Add("Bananas", "Bananas and ananas.");

        Assert.NotEqual("", OnPrompt(Prompt));
        Assert.Equal("", OnPrompt(Prompt));
        Assert.Equal("", OnPrompt(Prompt + "!"));
        Assert.NotEqual("", OnPrompt(Prompt, session: "another"));

        StopHost();
        StartHost();
        Assert.Equal("", OnPrompt(Prompt));
    }

    [Fact]
    public void Prompts_of_one_session_at_once_share_what_there_is()
    {
        Add("Bananas", "Bananas and ananas.");

        TestProbe[] clients = [.. Enumerable.Range(0, 8).Select(i => Send(h => new FindContext(h, Hook("UserPromptSubmit", "s", $"{Prompt} {i}"))))];

        Assert.Single(clients, client => client.ExpectMsg<ContextFound>(TimeSpan.FromSeconds(20)).Context.Length > 0);
    }

    [Fact]
    public void A_session_is_not_given_what_it_wrote()
    {
        Guid own = Add("Bananas", "Bananas and ananas.").Id;
        Host.Index.Tell(new IndexProtocol.NoteSessionMemories(Guid.NewGuid(), "s", [new MemoryId(own)], SessionRole.Written), TestActor);
        FishForMessage<IndexProtocol.SessionMemoriesNoted>(_ => true);

        Assert.Equal("", OnPrompt(Prompt));
        Assert.Contains(own.ToString(), OnPrompt(Prompt, session: "another"));
    }

    [Theory]
    [InlineData("compact", true)]
    [InlineData("clear", true)]
    [InlineData("startup", false)]
    [InlineData("resume", false)]
    public void A_session_that_lost_its_context_is_given_it_again(string source, bool again)
    {
        Add("Bananas", "Bananas and ananas.");
        OnPrompt(Prompt);

        OnStart(source);

        Assert.Equal(again, OnPrompt(Prompt).Length > 0);
    }

    [Fact]
    public void Memories_of_other_projects_stay_there()
    {
        Add("Bananas", "Bananas and ananas.", project: "/one");

        Assert.Equal("", OnPrompt(Prompt, project: "/two"));
        Assert.Equal("", OnPrompt(Prompt));
        Assert.Equal("", OnStart(project: "/two"));
        Assert.NotEqual("", OnPrompt(Prompt, project: "/one"));
        Assert.NotEqual("", OnStart(project: "/one"));
    }

    [Fact]
    public void Where_no_folder_is_known_only_what_belongs_to_none_comes()
    {
        Add("Bananas", "Bananas and ananas.", project: "/one");
        Guid free = Add("Ananas", "Ananas and bananas.").Id;

        string context = Tell(Hook("UserPromptSubmit", "s", Prompt, cwd: null));

        Assert.Contains(free.ToString(), context);
        Assert.DoesNotContain("/one", context);
    }

    [Theory]
    [InlineData("/compact bananas", null)]
    [InlineData("yes, go on", null)]
    [InlineData(Prompt, "system")]
    [InlineData(null, null)]
    public void Not_every_prompt_is_looked_up(string? prompt, string? source)
    {
        Add("Bananas", "Bananas and ananas.");
        int runs = Model.Runs.Count;

        Assert.Equal("", Tell(Hook("UserPromptSubmit", "s", prompt, source)));
        Assert.Equal("", Tell(Hook("Stop", "s", Prompt)));
        Assert.Equal(runs, Model.Runs.Count);
    }

    [Fact]
    public void Words_alone_are_not_enough()
    {
        Add("Bananas", "Bananas and ananas.");
        Model.FailNext = 1000;

        Assert.Equal("", OnPrompt("bananas xyz"));
    }

    [Fact]
    public void A_session_that_begins_has_the_model_loaded()
    {
        OnStart();

        AwaitAssert(() => Assert.Equal("ready", Ask<HostStatus>(h => new GetStatus(h)).Model.State));
    }

    [Fact]
    public void A_session_begins_with_the_newest_and_the_most_used()
    {
        for (int i = 0; i < 12; i++)
        {
            Add($"Subject {i}", $"Kk{new string('v', i)} {i} kkk kkkk kkk.");
        }

        Guid used = Add("Bananas", "Bananas and ananas.").Id;
        for (int i = 0; i < 6; i++)
        {
            Add($"Newer {i}", $"Kk{new string('w', i)} {i} kkk kkkk kkk.");
        }

        OnPrompt(Prompt, "one");

        string context = OnStart();
        Assert.Contains("Newer 5", context);
        Assert.Contains(used.ToString(), context);
        Assert.DoesNotContain("Subject 0", context);
        Assert.DoesNotContain("Bananas and ananas", context);
    }
}
