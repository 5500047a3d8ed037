using Akka.Actor;

namespace LocalRecall.Conformance;

public sealed class SelectionSpecs : Spec
{
    private sealed class Family : UntypedActor
    {
        public Family(IActorRef log, params string[] children)
        {
            foreach (var child in children)
                Context.ActorOf(Lambda.Props((context, message) =>
                {
                    if (message is string path && path.StartsWith("select "))
                        context.ActorSelection(path["select ".Length..]).Tell("hello from " + child);
                    else
                        log.Tell($"{child}: {message}");
                }), child);
        }

        protected override void OnReceive(object message) => Sender.Tell("ready");
    }

    public SelectionSpecs()
    {
        Sys.ActorOf(Props.Create(() => new Family(TestActor, "anna", "anton", "berta")), "family").Tell("ready?");
        ExpectMsg("ready");
    }

    [Fact]
    public void A_path_selects_an_actor()
    {
        Sys.ActorSelection("/user/family/anna").Tell("hello");

        ExpectMsg("anna: hello");
    }

    [Fact]
    public void A_full_address_selects_an_actor()
    {
        Sys.ActorSelection($"akka://{Sys.Name}/user/family/anna").Tell("hello");

        ExpectMsg("anna: hello");
    }

    [Fact]
    public void A_selection_keeps_the_sender()
    {
        var echo = Sys.ActorOf(Lambda.Props((context, message) => context.Sender.Tell(message)), "echo");

        Sys.ActorSelection("/user/echo").Tell("hello", TestActor);

        ExpectMsgFrom(echo, "hello");
    }

    [Fact]
    public void A_pattern_selects_all_that_match()
    {
        Sys.ActorSelection("/user/family/an*").Tell("hello");

        ExpectMsgAllOf("anna: hello", "anton: hello");
        Sys.ActorSelection("/user/family/*").Tell("hello");
        ExpectMsgAllOf("anna: hello", "anton: hello", "berta: hello");
    }

    [Fact]
    public void A_relative_path_starts_at_the_actor()
    {
        Sys.ActorSelection("/user/family/anna").Tell("select ../berta");

        ExpectMsg("berta: hello from anna");
    }

    [Fact]
    public void Identify_is_answered_with_the_reference()
    {
        Sys.ActorSelection("/user/family/anna").Tell(new Identify("id"));

        var identity = ExpectMsg<ActorIdentity>();
        Assert.Equal("id", identity.MessageId);
        Assert.Equal("/user/family/anna", identity.Subject.Path.ToStringWithoutAddress());
        identity.Subject.Tell("hello");
        ExpectMsg("anna: hello");
    }

    [Fact]
    public void Identify_is_answered_for_who_is_not_there()
    {
        Sys.ActorSelection("/user/family/nobody").Tell(new Identify(7));

        var identity = ExpectMsg<ActorIdentity>();
        Assert.Equal(7, identity.MessageId);
        Assert.Null(identity.Subject);
    }

    [Fact]
    public async Task ResolveOne_finds_the_reference_or_says_that_there_is_none()
    {
        var found = await Sys.ActorSelection("/user/family/anna").ResolveOne(Patience);

        found.Tell("hello");
        ExpectMsg("anna: hello");
        await Assert.ThrowsAsync<ActorNotFoundException>(() => Sys.ActorSelection("/user/family/nobody").ResolveOne(Patience));
    }
}
