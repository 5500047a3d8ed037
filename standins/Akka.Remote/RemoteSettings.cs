using Akka.Configuration;

namespace Akka.Remote;

/// <summary>The keys under <c>akka.remote</c>, read once.</summary>
public class RemoteSettings
{
    /// <exception cref="ConfigurationException">TLS is asked for, which the stand-in lacks.</exception>
    /// <exception cref="ArgumentException">maximum-frame-size is under 32000 bytes.</exception>
    public RemoteSettings(Config config)
    {
        Config = config;
        var remote = config.GetConfig("akka.remote");
        UntrustedMode = remote.GetBoolean("untrusted-mode");
        TrustedSelectionPaths = [.. remote.GetStringList("trusted-selection-paths")];
        LogReceive = remote.GetBoolean("log-received-messages");
        LogSend = remote.GetBoolean("log-sent-messages");
        var level = remote.GetString("log-remote-lifecycle-events");
        RemoteLifecycleEventsLogLevel = level.ToLowerInvariant() is "on" or "yes" or "true" ? "DEBUG" : level;
        UsePassiveConnections = remote.GetBoolean("use-passive-connections");
        StartupTimeout = remote.GetTimeSpan("startup-timeout");
        ShutdownTimeout = remote.GetTimeSpan("shutdown-timeout");
        FlushWait = remote.GetTimeSpan("flush-wait-on-shutdown");
        RetryGateClosedFor = remote.GetTimeSpan("retry-gate-closed-for");
        QuarantineDuration = remote.GetTimeSpan("prune-quarantine-marker-after");
        QuarantineSilentSystemTimeout = remote.GetTimeSpan("quarantine-after-silence");
        SysMsgBufferSize = remote.GetInt("system-message-buffer-size");
        SysResendTimeout = remote.GetTimeSpan("resend-interval");
        SysResendLimit = remote.GetInt("resend-limit");
        InitialSysMsgDeliveryTimeout = remote.GetTimeSpan("initial-system-message-delivery-timeout");

        var transport = remote.GetConfig("transport-failure-detector");
        TransportHeartBeatInterval = transport.GetTimeSpan("heartbeat-interval");
        TransportAcceptablePause = transport.GetTimeSpan("acceptable-heartbeat-pause");

        WatchFailureDetectorConfig = remote.GetConfig("watch-failure-detector");
        WatchHeartBeatInterval = WatchFailureDetectorConfig.GetTimeSpan("heartbeat-interval");
        WatchUnreachableReaperInterval = WatchFailureDetectorConfig.GetTimeSpan("unreachable-nodes-reaper-interval");
        WatchHeartbeatExpectedResponseAfter = WatchFailureDetectorConfig.GetTimeSpan("expected-response-after");

        var tcp = remote.GetConfig("dot-netty.tcp");
        if (tcp.GetBoolean("enable-ssl"))
            throw new ConfigurationException("akka.remote.dot-netty.tcp.enable-ssl: the stand-in for Akka.Remote has no TLS");
        Tcp = new TcpSettings(
            Hostname: tcp.GetString("hostname") is { Length: > 0 } hostname ? hostname : "0.0.0.0",
            Port: tcp.GetInt("port"),
            PublicHostname: tcp.GetString("public-hostname") is { Length: > 0 } publicHostname ? publicHostname : null,
            PublicPort: tcp.GetInt("public-port") is > 0 and var publicPort ? publicPort : null,
            UseIpv6: tcp.GetBoolean("dns-use-ipv6"),
            ConnectionTimeout: tcp.GetTimeSpan("connection-timeout"),
            SendBufferBytes: (int)(tcp.GetByteSize("send-buffer-size") ?? 0),
            ReceiveBufferBytes: (int)(tcp.GetByteSize("receive-buffer-size") ?? 0),
            MaximumFrameBytes: (int)(tcp.GetByteSize("maximum-frame-size") ?? 0),
            Backlog: tcp.GetInt("backlog"),
            NoDelay: tcp.GetBoolean("tcp-nodelay"),
            KeepAlive: tcp.GetBoolean("tcp-keepalive"));
        if (Tcp.MaximumFrameBytes < 32000)
            throw new ArgumentException("maximum-frame-size must be at least 32000 bytes");
    }

    public Config Config { get; }
    public bool UntrustedMode { get; set; }
    public HashSet<string> TrustedSelectionPaths { get; set; }
    public bool LogReceive { get; set; }
    public bool LogSend { get; set; }
    public string RemoteLifecycleEventsLogLevel { get; set; }
    public bool UsePassiveConnections { get; set; }
    public TimeSpan StartupTimeout { get; set; }
    public TimeSpan ShutdownTimeout { get; set; }
    public TimeSpan FlushWait { get; set; }
    public TimeSpan RetryGateClosedFor { get; set; }
    public TimeSpan? QuarantineDuration { get; set; }
    public TimeSpan QuarantineSilentSystemTimeout { get; set; }
    public int SysMsgBufferSize { get; set; }
    public TimeSpan SysResendTimeout { get; set; }
    public int SysResendLimit { get; set; }
    public TimeSpan InitialSysMsgDeliveryTimeout { get; set; }
    public Config WatchFailureDetectorConfig { get; set; }
    public TimeSpan WatchHeartBeatInterval { get; set; }
    public TimeSpan WatchUnreachableReaperInterval { get; set; }
    public TimeSpan WatchHeartbeatExpectedResponseAfter { get; set; }

    internal TimeSpan TransportHeartBeatInterval { get; }
    internal TimeSpan TransportAcceptablePause { get; }
    internal TcpSettings Tcp { get; }
}

internal sealed record TcpSettings(
    string Hostname, int Port, string? PublicHostname, int? PublicPort, bool UseIpv6, TimeSpan ConnectionTimeout,
    int SendBufferBytes, int ReceiveBufferBytes, int MaximumFrameBytes, int Backlog, bool NoDelay, bool KeepAlive);
