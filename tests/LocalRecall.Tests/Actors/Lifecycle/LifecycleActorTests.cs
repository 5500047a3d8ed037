using Akka.Actor;
using LocalRecall.Actors.Embedding;
using LocalRecall.Contracts;
using LocalRecall.Contracts.Messages;
using Xunit;

namespace LocalRecall.Tests.Actors.Lifecycle;

public sealed class LifecycleActorTests : HostTest
{
    [Fact]
    public void Asked_to_stop_it_answers_and_begins_the_end()
    {
        Ask<HostStopping>(h => new StopHost(h));

        AwaitAssert(() => Assert.Equal(1, Stops));
    }

    [Fact]
    public void A_session_that_is_stuck_ends_the_host()
    {
        Status(); // the actor has begun

        Sys.EventStream.Publish(new EmbeddingProtocol.SessionStuck());

        AwaitAssert(() => Assert.Equal(1, Stops));
    }

    [Fact]
    public void Status_tells_of_every_part()
    {
        Add("Fruit", "Apples and bananas are fruit.");

        HostStatus status = Status();

        Assert.Equal((Environment.ProcessId, Home, "1.0.0", 1), (status.Pid, status.Home, status.HostVersion, status.Clients));
        Assert.Equal(("ready", "scripted@1"), (status.Model.State, status.Model.Id));
        Assert.Equal(("ready", 1, 1), (status.Index.State, status.Index.Chunks, status.Index.Vectors));
        Assert.Equal(new KindCount("episodic", 1), Assert.Single(status.Index.Memories, k => k.Count > 0));
    }

    [Fact]
    public void Status_tells_what_the_model_is_at()
    {
        Add("Fruit", "Apples and bananas are fruit.");
        Search("apples");

        HostStatus status = Status();

        ModelActivity activity = status.Model.Activity!;
        Assert.Equal((2, 0), (activity.Outcomes.Answered, activity.Outcomes.Failed));
        Assert.Equal((status.Model.Runs, status.Model.Runs), (activity.RunMs.Count, activity.QueryWaitMs.Count + activity.IngestWaitMs.Count));
        Assert.Equal((0, 0, 0), (activity.Queries.Texts, activity.Ingest.Texts, activity.Failures.Count));
        Assert.True(activity is { MaxRunTokens: > 0, Running: null, LastRun: { Texts: 1, Tokens: > 0 }, LastMinute: { Texts: > 0, Requests: > 0 } });
        Assert.True(status.PeakWorkingSetBytes >= status.WorkingSetBytes / 2 && status.ProcessorTimeMs > 0);

        Model.OpenProblem = "the file is missing";
        Model.IsPoison = _ => true;
        Search("pears");
        AwaitAssert(() => Assert.Contains("the file is missing", Status().Model.Activity!.Failures[0].Reason));
    }

    [Fact]
    public void A_killed_actor_is_made_anew_and_the_host_goes_on()
    {
        Add("Fruit", "Apples and bananas are fruit.");

        foreach (IActorRef actor in new[] { Host.Query, Host.Ingest, Host.Index, Host.Embedding, Host.Lifecycle })
        {
            actor.Tell(Kill.Instance);
        }

        AwaitAssert(() => Assert.Equal("Fruit", Search("apples").Hits[0].Summary.Subject), TimeSpan.FromSeconds(10));
        Add("More", "Cherries are fruit as well.");
        Assert.Equal(2, Status().Index.Memories.Sum(k => k.Count));
    }

    [Fact]
    public void Status_fits_a_frame_however_long_the_paths_of_its_faults_are()
    {
        string deep = Path.Combine([.. Enumerable.Repeat(new string('d', 240), 12)]);
        for (int i = 0; i < 50; i++)
        {
            WriteFile(Path.Combine(deep, $"{i}.md"), "---\nid: not-a-uuid\nsubject: Broken\napplies_to: global\n---\nThis file's id is no id.\n");
        }

        Import(Path.Combine(Home, "outside"));

        HostStatus status = Status();
        Assert.Equal(50, status.Index.Faults);
        Assert.InRange(status.Faults.Count, 1, 49);
        Assert.True(MessageCodec.SizeOf(status) <= WireLimits.MaxMessageBytes);
    }
}
