using LocalRecall.Client.Wire;
using LocalRecall.Contracts;
using LocalRecall.Contracts.Messages;

namespace LocalRecall.Client;

/// <summary>
/// Has an older host make way for the program that this client would start, if that one is newer: version counts, not who came last, so two
/// installed versions never take turns. A client asks one host at most, and while it holds the turn nobody else's program becomes the host.
/// </summary>
internal sealed class HostUpgrade(string home, string clientVersion, HostLauncher launcher)
{
    private bool settled;

    /// <summary>Why an older host stays; null: none was met.</summary>
    public string? Obstacle { get; private set; }

    /// <summary>Asks the host to make way, and starts the next one, which waits for its place.</summary>
    /// <returns>Null: the host stays.</returns>
    public async Task<Succession?> BeginAsync(HostEndpoint old, CancellationToken cancellation)
    {
        if (settled || !ReleaseVersion.IsNewer(clientVersion, old.Version))
        {
            return null;
        }

        FileStream? turn = null;
        try
        {
            HostProgram program = launcher.Program;
            string? version = await program.VersionAsync(cancellation).ConfigureAwait(false);
            if (!ReleaseVersion.IsNewer(version, old.Version))
            {
                return Stays($"{program} is {(version is null ? "of an unknown version" : $"version {version}")}, not newer than the host: install the client's version of it.");
            }

            turn = LockFile.TryTake(Path.Combine(home, HostProcess.SuccessionFile));
            if (turn is null || EndpointFile.TryRead(home) != old)
            {
                return null; // another client is at it, or has done it
            }

            var succession = new Succession(old, program.Identity(version!), turn);
            if (succession.HasFailedBefore())
            {
                return Stays($"{program}, version {version}, has failed to start; mend it, then: recall host restart");
            }

            IReply reply = await HostSession.HandOverAsync(old, version!, cancellation).ConfigureAwait(false);
            settled = true;
            if (reply is not HostStopping)
            {
                return Stays(reply is Failure failure ? failure.Message : $"The host answered with {reply.GetType().Name}.");
            }

            succession.Ended = launcher.Start(HostProcess.SuccessorArgument);
            turn = null;
            return succession;
        }
        catch (ConnectionLostException e)
        {
            Obstacle = e.Message; // it may just have ended
            return null;
        }
        catch (Exception e) when (e is RecallException or IOException or UnauthorizedAccessException)
        {
            return Stays(e.Message);
        }
        finally
        {
            turn?.Dispose();
        }
    }

    private Succession? Stays(string why)
    {
        (settled, Obstacle) = (true, why);
        return null;
    }
}

/// <summary>An older host is ending and its successor is under way. Disposing gives the turn back.</summary>
/// <param name="Old">Not to be asked any more.</param>
/// <param name="Program">Which program follows, precisely.</param>
internal sealed record Succession(HostEndpoint Old, string Program, FileStream Turn) : IDisposable
{
    /// <summary>The successor's exit code, once it exits.</summary>
    public Task<int> Ended { get; set; } = null!;

    /// <summary>Without this, a program that can't start would end a working host again and again.</summary>
    public bool HasFailedBefore()
    {
        using var reader = new StreamReader(Turn, leaveOpen: true);
        return reader.ReadToEnd() == Program;
    }

    public void NoteFailure()
    {
        Turn.SetLength(0);
        using var writer = new StreamWriter(Turn, leaveOpen: true);
        writer.Write(Program);
    }

    public void Dispose() => Turn.Dispose();
}
