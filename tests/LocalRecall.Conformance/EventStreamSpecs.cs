using Akka.Actor;
using Akka.Event;

namespace LocalRecall.Conformance;

public sealed class EventStreamSpecs : Spec
{
    private interface INews;

    private record News(int Number) : INews;

    private sealed record BadNews(int Number) : News(Number);

    private sealed record Whisper(int Number) : IDeadLetterSuppression;

    [Theory]
    [InlineData(typeof(News))]
    [InlineData(typeof(INews))]
    public void A_subscriber_gets_events_of_its_type_and_of_derived_ones(Type type)
    {
        Sys.EventStream.Subscribe(TestActor, type);

        Sys.EventStream.Publish(new News(1));
        Sys.EventStream.Publish("something else");
        Sys.EventStream.Publish(new BadNews(2));

        ExpectMsg<INews>(n => n is News { Number: 1 });
        ExpectMsg<INews>(n => n is BadNews { Number: 2 });
    }

    [Fact]
    public void Subscribing_twice_delivers_once()
    {
        Assert.True(Sys.EventStream.Subscribe(TestActor, typeof(News)));
        Assert.False(Sys.EventStream.Subscribe(TestActor, typeof(News)));

        Sys.EventStream.Publish(new News(1));
        Sys.EventStream.Publish(new News(2));

        ExpectMsg(new News(1));
        ExpectMsg(new News(2));
    }

    [Fact]
    public void Who_unsubscribes_gets_no_more()
    {
        var stays = CreateTestProbe();
        Sys.EventStream.Subscribe(TestActor, typeof(News));
        Sys.EventStream.Subscribe(stays.Ref, typeof(News));

        Sys.EventStream.Unsubscribe(TestActor, typeof(News));
        Sys.EventStream.Publish(new News(1));

        stays.ExpectMsg(new News(1));
        TestActor.Tell("sentinel");
        ExpectMsg("sentinel");
    }

    [Fact]
    public void A_message_to_a_stopped_actor_is_a_dead_letter()
    {
        var actor = Sys.ActorOf(Lambda.Props((_, _) => { }));
        Sys.Stop(actor);
        ExpectEnd(actor);
        var sender = CreateTestProbe();
        Sys.EventStream.Subscribe(TestActor, typeof(DeadLetter));

        sender.Send(actor, "too late");

        var letter = ExpectMsg<DeadLetter>();
        Assert.Equal("too late", letter.Message);
        Assert.Equal(sender.Ref, letter.Sender);
        Assert.Equal(actor.Path, letter.Recipient.Path);
    }

    [Fact]
    public void Messages_that_wait_when_an_actor_stops_are_dead_letters()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(DeadLetter));
        var gate = new Gate();
        var actor = Sys.ActorOf(Lambda.Props((_, message) => ((Gate)message).Pass()));

        actor.Tell(gate);
        gate.AwaitArrival();
        actor.Tell("a");
        actor.Tell("b");
        StopNow(actor);
        gate.Open();

        Assert.Equal("a", ExpectMsg<DeadLetter>().Message);
        Assert.Equal("b", ExpectMsg<DeadLetter>().Message);
    }

    [Fact]
    public void A_message_to_an_actor_that_never_was_is_a_dead_letter()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(DeadLetter));

        Sys.ActorSelection("/user/nobody").Tell("hello");

        Assert.Equal("hello", ExpectMsg<DeadLetter>().Message);
    }

    [Fact]
    public void A_message_told_to_dead_letters_is_one()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(DeadLetter));

        Sys.DeadLetters.Tell("hello");

        Assert.Equal("hello", ExpectMsg<DeadLetter>().Message);
    }

    [Fact]
    public void A_message_may_die_in_silence()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(DeadLetter));

        Sys.DeadLetters.Tell(new Whisper(1));
        Sys.DeadLetters.Tell("hello");

        Assert.Equal("hello", ExpectMsg<DeadLetter>().Message);
    }
}
