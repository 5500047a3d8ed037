using Xunit;

[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace LocalRecall.ProcessTests.Processes;

/// <summary>Gives each test homes of its own.</summary>
public abstract class ProcessTest : IAsyncLifetime
{
    private readonly List<TestHome> _homes = [];

    protected ProcessTest() => Home = NewHome();

    protected TestHome Home { get; }

    protected TestHome NewHome()
    {
        var home = new TestHome();
        _homes.Add(home);
        return home;
    }

    /// <summary>Asks again and again until the answer is yes.</summary>
    protected static async Task UntilAsync(Func<Task<bool>> condition, string what)
    {
        using var limit = new CancellationTokenSource(TestHome.Patience);
        using var polls = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (!await condition())
        {
            Assert.False(limit.IsCancellationRequested, $"It never came to this: {what}");
            await polls.WaitForNextTickAsync(CancellationToken.None);
        }
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (TestHome home in _homes)
        {
            await home.DisposeAsync();
        }
    }
}
