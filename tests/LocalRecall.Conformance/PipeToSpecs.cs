using Akka.Actor;

namespace LocalRecall.Conformance;

public sealed class PipeToSpecs : Spec
{
    private readonly TaskCompletionSource<int> _task = new();

    [Fact]
    public void A_result_arrives_as_it_is()
    {
        _ = _task.Task.PipeTo(TestActor);
        _task.SetResult(42);

        ExpectMsg(42);
    }

    [Fact]
    public void A_failure_arrives_as_status_failure_with_the_exception_itself()
    {
        var exception = new InvalidOperationException("no");
        _ = _task.Task.PipeTo(TestActor);
        _task.SetException(exception);

        Assert.Same(exception, ExpectMsg<Status.Failure>().Cause);
    }

    [Fact]
    public void A_result_goes_through_the_success_function()
    {
        _ = _task.Task.PipeTo(TestActor, success: i => $"result {i}", failure: e => $"failure {e.Message}");
        _task.SetResult(42);

        ExpectMsg("result 42");
    }

    [Fact]
    public void A_failure_goes_through_the_failure_function_unwrapped()
    {
        _ = _task.Task.PipeTo(TestActor, success: i => $"result {i}", failure: e => $"failure {e.Message}");
        _task.SetException(new InvalidOperationException("no"));

        ExpectMsg("failure no");
    }

    [Fact]
    public void A_cancelled_task_is_a_failure()
    {
        _ = _task.Task.PipeTo(TestActor, failure: e => e);
        _task.SetCanceled();

        ExpectMsg<OperationCanceledException>();
    }

    [Fact]
    public void A_success_function_that_throws_is_a_failure()
    {
        _ = _task.Task.PipeTo(TestActor, success: _ => throw new InvalidOperationException("in success"), failure: e => e.Message);
        _task.SetResult(42);

        ExpectMsg("in success");
    }

    [Fact]
    public void A_task_without_result_sends_only_what_success_makes()
    {
        _ = Task.CompletedTask.PipeTo(TestActor);
        _ = Task.CompletedTask.PipeTo(TestActor, success: () => "done");

        ExpectMsg("done");
    }

    [Fact]
    public void The_sender_is_who_is_named_and_else_nobody()
    {
        var sender = CreateTestProbe();
        _ = Task.FromResult(1).PipeTo(TestActor, sender.Ref);
        ExpectMsg(1);
        Assert.Equal(sender.Ref, LastSender);

        _ = Task.FromResult(2).PipeTo(TestActor);
        ExpectMsg(2);
        Assert.Equal(Sys.DeadLetters, LastSender);
    }

    [Fact]
    public void An_actor_pipes_to_itself_and_handles_messages_meanwhile()
    {
        var actor = Sys.ActorOf(Lambda.Props((context, message) =>
        {
            switch (message)
            {
                case "start":
                    var asker = context.Sender;
                    _ = _task.Task.PipeTo(context.Self, success: i => (asker, i));
                    break;
                case (IActorRef to, int result):
                    to.Tell(result);
                    break;
                default:
                    context.Sender.Tell(message);
                    break;
            }
        }));

        actor.Tell("start");
        actor.Tell("meanwhile");
        ExpectMsg("meanwhile");
        _task.SetResult(42);

        ExpectMsg(42);
    }
}
