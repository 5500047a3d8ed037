using LocalRecall.Contracts;

namespace LocalRecall.Cli.Output;

/// <summary>What it means that this program and the host are not of one version.</summary>
internal static class VersionNote
{
    /// <returns>Null: they are.</returns>
    public static string? Of(string client, string host) =>
        client == host ? null
        : ReleaseVersion.IsNewer(client, host) ? $"This program is {client}: the next call that has the time for it replaces the older host, if the host's program it would start is newer."
        : ReleaseVersion.IsNewer(host, client) ? $"This program is {client}: the newer host serves it as well. To upgrade it, install LocalRecall {host}."
        : $"This program is {client}: they work together as long as they speak the same protocol.";
}
