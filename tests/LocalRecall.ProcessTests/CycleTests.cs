using LocalRecall.Client;
using LocalRecall.Contracts;
using LocalRecall.Contracts.Messages;
using LocalRecall.ProcessTests.Processes;
using Xunit;
using Xunit.Abstractions;

namespace LocalRecall.ProcessTests;

/// <summary>Hosts that start and stop again and again, every other one killed at a random moment.</summary>
public sealed class CycleTests(ITestOutputHelper output) : ProcessTest
{
    private const int Homes = 4;
    private const int CyclesInEach = 50;

    private enum Moment
    {
        Start,
        Load,
        Import,
        Idle,
        Drain,
    }

    [UnixFact]
    public async Task Two_hundred_starts_and_stops_leave_no_process_no_lock_and_nothing_broken()
    {
        int seed = Environment.TickCount;
        output.WriteLine($"Seed {seed}");

        await Task.WhenAll(Enumerable.Range(0, Homes).Select(n => Task.Run(() => new Cycles(NewHome(), new Random(seed + n)).RunAsync(CyclesInEach))));
    }

    /// <summary>What happens in one home, one host after the other.</summary>
    private sealed class Cycles(TestHome home, Random random)
    {
        private static readonly Moment[] Moments = Enum.GetValues<Moment>();

        private readonly Dictionary<Guid, string> _acknowledged = [];
        private readonly string _folder = home.Beside("memories");

        public async Task RunAsync(int count)
        {
            GeneratedMemories.Write(_folder, 60, seed: 7);
            for (int number = 0; number < count; number++)
            {
                Moment moment = Moments[random.Next(Moments.Length)];
                bool kill = number % 2 == 0;
                try
                {
                    await CycleAsync(moment, kill);
                }
                catch (Exception e)
                {
                    throw new InvalidOperationException($"Cycle {number} in {home.Home}: {(kill ? "killed" : "ended")} at {moment}", e);
                }
            }

            await CheckAsync();
        }

        private async Task CycleAsync(Moment moment, bool kill)
        {
            HostRun host = home.BeginHost();
            if (moment != Moment.Start || !kill)
            {
                await host.ReadyAsync(); // so the lock of the one before is gone
                await using RecallClient client = await home.ConnectAsync();
                if (moment is Moment.Idle or Moment.Drain)
                {
                    await AddAsync(client);
                }

                Task work = moment switch
                {
                    Moment.Load => client.EmbedAsync(["What loads the model."]),
                    Moment.Import => client.ImportAsync([_folder]),
                    _ => Task.CompletedTask,
                };
                if (moment == Moment.Drain)
                {
                    work = client.AddAsync(new NewMemory("Perhaps kept.", $"Perhaps kept: {Guid.NewGuid()}", ["cycle"]));
                    host.Terminate();
                }

                await EndAsync(host, kill);
                await Task.WhenAny(work); // answered or not: its host is gone
                _ = work.Exception;
            }
            else
            {
                await EndAsync(host, kill);
            }

            Assert.True(!File.Exists(Path.Combine(home.Home, EndpointFile.Name)) || home.Endpoint is not null, "The endpoint file is whole or not there.");
        }

        private async Task EndAsync(HostRun host, bool kill)
        {
            await Task.Delay(random.Next(400)); // the random moment
            if (kill)
            {
                await host.KillAsync();
            }
            else
            {
                if (!host.HasExited)
                {
                    host.Terminate(); // again, where it drains already
                }

                Assert.Equal(0, await host.ExitCodeAsync());
                Assert.DoesNotContain("fail:", host.Log);
            }
        }

        private async Task AddAsync(RecallClient client)
        {
            string content = $"Acknowledged in {home.Home}, number {_acknowledged.Count}.";
            MemoryAdded added = await client.AddAsync(new NewMemory(content, content, ["cycle"]));
            _acknowledged.Add(added.Id, content);
        }

        private async Task CheckAsync()
        {
            HostRun host = await home.StartHostAsync();
            await using (RecallClient client = await home.ConnectAsync())
            {
                Assert.Empty((await client.CheckIntegrityAsync()).Problems);
                foreach ((Guid id, string content) in _acknowledged)
                {
                    Assert.Equal(content, (await client.GetAsync(id)).Content);
                }

                Assert.True(await client.StopHostAsync());
            }

            Assert.Equal(0, await host.ExitCodeAsync());
            Assert.Empty(Directory.GetFiles(home.Home, "*.damaged-*"));
            Assert.Empty(Directory.GetFiles(home.Home, "*.tmp"));
            Assert.False(LockFile.IsHeld(Path.Combine(home.Home, HostProcess.LockFile)));
            if (OperatingSystem.IsLinux())
            {
                Assert.Empty(home.ProcessIds());
            }
        }
    }
}
