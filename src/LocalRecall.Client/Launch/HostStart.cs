using LocalRecall.Contracts;
using LocalRecall.Contracts.Messages;

namespace LocalRecall.Client;

/// <summary>One attempt to come by a host that did not run: starts a program now and then, and follows what becomes of it.</summary>
internal sealed class HostStart(HostLauncher launcher) : IDisposable
{
    /// <summary>Stopped in order, killed, or told to end by a signal: nothing that another start would meet again.</summary>
    private static readonly int[] EndedByOthers = [0, 128 + 9, 128 + 15];

    private readonly Backoff betweenStarts = new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(4));
    private DateTimeOffset startAt = DateTimeOffset.MinValue;
    private Task<int>? started;
    private Succession? succession;

    /// <summary>A host that makes way for one that has been started.</summary>
    public HostEndpoint? Leaving => succession?.Old;

    /// <summary>Its program counts as started.</summary>
    public void Follow(Succession begun) => (succession, started) = (begun, begun.Ended);

    /// <param name="mayStart">False while no other host can start.</param>
    /// <exception cref="RecallException"><see cref="FailureCode.HostUnavailable"/>: the program can't be started, or ended in disorder.</exception>
    public async Task GoOnAsync(bool mayStart)
    {
        if (started is { IsCompleted: true })
        {
            int exitCode = await started.ConfigureAwait(false);
            if (exitCode != HostProcess.AlreadyRunningExitCode && !EndedByOthers.Contains(exitCode))
            {
                succession?.NoteFailure();
                throw new RecallException(FailureCode.HostUnavailable, $"The host ended with code {exitCode}. {launcher.LogTail()}");
            }

            // Another one lives: if it is only starting, its endpoint will come; if it is ending, its place will soon be free.
            // Or somebody ended this one between its start and our first word to it.
            Dispose();
            (started, succession) = (null, null);
            startAt = TimeProvider.System.GetUtcNow() + betweenStarts.Next();
        }

        if (started is null && mayStart && TimeProvider.System.GetUtcNow() >= startAt)
        {
            started = launcher.Start();
        }
    }

    public void Dispose() => succession?.Dispose();
}
