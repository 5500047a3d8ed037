namespace LocalRecall.Contracts;

/// <summary>What a client that starts a host may rely on.</summary>
public static class HostProcess
{
    /// <summary>Name of the program, without <c>.exe</c>.</summary>
    public const string Name = "localrecall-host";

    /// <summary>Path of the program (or of its <c>.dll</c>), where it is not beside the client or on PATH.</summary>
    public const string PathVariable = "LOCALRECALL_HOST";

    /// <summary>In the home folder; the host holds an operating system lock on it as long as it lives.</summary>
    public const string LockFile = "host.lock";

    /// <summary>In the home folder: what a host started in the background prints.</summary>
    public const string LogFile = "host.log";

    /// <summary>Exit code of a host that found another one living in the same home.</summary>
    public const int AlreadyRunningExitCode = 17;
}
