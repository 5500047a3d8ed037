using Akka.Actor;
using Akka.Event;

namespace LocalRecall.Conformance;

public sealed class AskSpecs : Spec
{
    private readonly IActorRef _echo;
    private readonly IActorRef _silent;

    public AskSpecs()
    {
        _echo = Sys.ActorOf(Lambda.Props((context, message) => context.Sender.Tell(message)));
        _silent = Sys.ActorOf(Lambda.Props((_, _) => { }));
    }

    [Fact]
    public async Task The_answer_completes_the_task()
    {
        Assert.Equal("hello", await _echo.Ask<string>("hello", Patience));
        Assert.Equal(42, await _echo.Ask<int>(42));
        Assert.Equal("hello", await _echo.Ask("hello"));
    }

    [Fact]
    public async Task Many_at_once_get_their_own_answers()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 500).Select(i => _echo.Ask<int>(i, Patience)));

        Assert.Equal(Enumerable.Range(0, 500), answers);
    }

    [Fact]
    public async Task Silence_times_out()
    {
        await Assert.ThrowsAsync<AskTimeoutException>(() => _silent.Ask<string>("hello", Soon));
    }

    [Fact]
    public async Task The_dead_do_not_answer()
    {
        Sys.Stop(_silent);
        ExpectEnd(_silent);

        await Assert.ThrowsAsync<AskTimeoutException>(() => _silent.Ask<string>("hello", Soon));
    }

    [Fact]
    public async Task A_failure_for_an_answer_faults_the_task_with_its_cause()
    {
        var cause = new InvalidOperationException("no");

        var thrown = await Assert.ThrowsAsync<InvalidOperationException>(() => _echo.Ask<string>(new Status.Failure(cause), Patience));

        Assert.Same(cause, thrown);
    }

    [Fact]
    public async Task Who_asks_for_any_object_gets_a_failure_as_such()
    {
        var failure = new Status.Failure(new InvalidOperationException("no"));

        Assert.Same(failure, await _echo.Ask<object>(failure, Patience));
    }

    [Fact]
    public async Task An_answer_of_another_type_faults_the_task()
    {
        await Assert.ThrowsAsync<ArgumentException>(() => _echo.Ask<int>("not a number", Patience));
    }

    [Fact]
    public async Task Cancelling_cancels_the_task()
    {
        using var cancellation = new CancellationTokenSource();
        var answer = _silent.Ask<string>("hello", Patience, cancellation.Token);

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
        Assert.True(answer.IsCanceled);
    }

    [Fact]
    public async Task A_late_answer_is_a_dead_letter()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(DeadLetter));
        var asked = CreateTestProbe();

        await Assert.ThrowsAsync<AskTimeoutException>(() => asked.Ref.Ask<string>("hello", Soon));
        asked.ExpectMsg("hello");
        asked.Reply("too late");

        Assert.Equal("too late", ExpectMsg<DeadLetter>().Message);
    }

    [Fact]
    public async Task Only_the_first_answer_counts()
    {
        var twice = Sys.ActorOf(Lambda.Props((context, _) =>
        {
            context.Sender.Tell(1);
            context.Sender.Tell(2);
        }));

        Assert.Equal(1, await twice.Ask<int>("count", Patience));
    }
}
