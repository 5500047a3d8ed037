using System.Reflection;
using System.Security.Cryptography;

namespace LocalRecall.Host;

internal static class HostIdentity
{
    public static string Version { get; } = typeof(HostIdentity).Assembly.GetName().Version!.ToString(3);

    /// <summary>256 random bits, in hex.</summary>
    public static string NewToken() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
}
