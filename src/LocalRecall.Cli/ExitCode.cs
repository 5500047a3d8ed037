using LocalRecall.Contracts.Messages;

namespace LocalRecall.Cli;

/// <summary>What the program's exit code says. The numbers are part of its interface.</summary>
internal enum ExitCode
{
    Ok = 0,
    Failure = 1,
    Usage = 2,
    NothingFound = 3,
    HostUnavailable = 4,
    TimedOut = 5,
    Incomplete = 6,

    /// <summary>As shells have it for a program that Ctrl-C has ended.</summary>
    Interrupted = 130,
}

internal static class ExitCodes
{
    public const string Help =
        """
        Exit codes: 0 done, 1 failure, 2 wrong usage or request, 3 nothing found, 4 no host and none could be started,
        5 not done in time, 6 done in part (some files could not be read), 130 interrupted.
        With --json an error is {"error":{"code","message"}} on standard output.
        """;

    public static ExitCode Of(FailureCode code) => code switch
    {
        FailureCode.BadRequest or FailureCode.TooLarge => ExitCode.Usage,
        FailureCode.NotFound => ExitCode.NothingFound,
        FailureCode.HostUnavailable or FailureCode.Stopping or FailureCode.UnsupportedVersion or FailureCode.Unauthorized => ExitCode.HostUnavailable,
        FailureCode.Expired or FailureCode.Busy => ExitCode.TimedOut,
        _ => ExitCode.Failure,
    };
}
