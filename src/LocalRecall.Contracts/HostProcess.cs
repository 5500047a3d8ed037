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

    /// <summary>
    /// In the home folder. A client that has asked an older host to make way holds a lock on it until the next host answers; meanwhile only
    /// that client's program becomes the host. Its content: the program that last failed to.
    /// </summary>
    public const string SuccessionFile = "host.next";

    /// <summary>Tells a host's program that an older host is making way for it, so that it waits for the lock. Never changes.</summary>
    public const string SuccessorArgument = "--successor";

    /// <summary>Makes a host's program print its version and end. Never changes.</summary>
    public const string VersionArgument = "--version";

    /// <summary>Tells a host's program which port to serve HTTP on, as <c>localrecall.http.port</c> in <c>host.conf</c> does for good.</summary>
    public const string HttpPortArgument = "--http-port";

    /// <summary>Tells a host's program on which port Ollama's endpoints need no token, as <c>localrecall.http.ollama-port</c> does for good.</summary>
    public const string OllamaPortArgument = "--ollama-port";

    /// <summary>In the home folder: what a host started in the background prints.</summary>
    public const string LogFile = "host.log";

    /// <summary>Exit code of a host that found another one living in the same home.</summary>
    public const int AlreadyRunningExitCode = 17;
}
