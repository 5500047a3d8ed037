using Akka.Actor;
using LocalRecall.Actors.Metrics;
using LocalRecall.Actors.Transcripts;
using LocalRecall.Contracts.Hooks;
using LocalRecall.Contracts.Messages;
using LocalRecall.Core.Requests;
using LocalRecall.Infrastructure.Files;
using LocalRecall.Tests.Core.Transcripts;
using LocalRecall.Tests.Infrastructure;
using Xunit;

namespace LocalRecall.Tests.Actors.Transcripts;

/// <summary>A host that ends at any step between the spool file and what it led to: the next one completes it.</summary>
public sealed class TranscriptCutTests : HostTest
{
    private readonly TempFolder _folder = new();

    private TranscriptPorts Ports(IActorRef index, IActorRef ingest) =>
        new(_folder.Path, index, ingest, new MemoryFiles(Home, TimeProvider.System), new HostMetrics(Meters));

    private IActorRef Start(TranscriptPorts ports) => Sys.ActorOf(TranscriptsActor.CreateProps(ports, new RequestLimits(8, 8)));

    private void Stop(IActorRef actor)
    {
        Watch(actor);
        Sys.Stop(actor);
        ExpectTerminated(actor, TimeSpan.FromSeconds(10));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Whatever_step_was_the_last_everything_is_stored_once(bool lastIsAnswered)
    {
        int steps = 0;
        for (bool wasCut = true; wasCut; steps++)
        {
            Sample sample = new Sample("/nowhere", $"session {steps}").Prompt($"One {steps} {lastIsAnswered}").Think("1", "A thought").Say("1", $"Answer {steps} {lastIsAnswered}")
                .Prompt($"Two {steps} {lastIsAnswered}").Say("2", $"Answer two {steps} {lastIsAnswered}");
            string transcript = _folder.Write($"agent/{steps}.jsonl", sample.Text);
            string spooled = HookSpool.Write(_folder.Path, new HookInput("claude-code", "Stop", sample.Session, null, null, null, null, transcript, null, sample.Now));
            var cut = new Cut(steps, lastIsAnswered);
            IActorRef first = Start(Ports(Sys.ActorOf(Props.Create(() => new Gate(Host.Index, cut))), Sys.ActorOf(Props.Create(() => new Gate(Host.Ingest, cut)))));
            AwaitAssert(() => Assert.True(cut.IsCut || !File.Exists(spooled)), TimeSpan.FromSeconds(20), TimeSpan.FromMilliseconds(5));
            wasCut = cut.IsCut;
            Stop(first);

            IActorRef second = Start(Ports(Host.Index, Host.Ingest));
            AwaitAssert(() => Assert.False(File.Exists(spooled)), TimeSpan.FromSeconds(20), TimeSpan.FromMilliseconds(5));
            Stop(second);

            MemoryPage page = Ask<MemoryPage>(h => new ListMemories(h, MemoryFilter.None, null, 100));
            Assert.Equal([$"One {steps} {lastIsAnswered}", $"Two {steps} {lastIsAnswered}"], page.Memories.Select(m => m.Subject).Where(s => s.Contains($" {steps} ")).Order());
            Assert.Equal((steps + 1) * 3, page.Total);
            Assert.Equal((steps + 1) * 3, Directory.GetFiles(Path.Combine(Home, "memories"), "*.md", SearchOption.AllDirectories).Length);
        }

        Assert.True(steps >= 7, $"It was cut at {steps - 1} steps only.");
    }

    protected override void AfterAll()
    {
        base.AfterAll();
        _folder.Dispose();
    }

    /// <summary>After so many messages nothing passes any more.</summary>
    private sealed class Cut(int after, bool lastIsDelivered)
    {
        private int _passed;

        public bool IsCut => Volatile.Read(ref _passed) > after;

        public (bool Delivered, bool Answered) Pass()
        {
            int number = Interlocked.Increment(ref _passed);
            return (number <= after || (lastIsDelivered && number == after + 1), number <= after);
        }
    }

    private sealed class Gate : ReceiveActor
    {
        public Gate(IActorRef target, Cut cut) => ReceiveAny(message =>
        {
            (bool delivered, bool answered) = cut.Pass();
            if (delivered) target.Tell(message, answered ? Sender : ActorRefs.NoSender);
        });
    }
}
