using System.Globalization;
using System.Net;

namespace LocalRecall.Client.Wire;

/// <summary>An actor system's address, as in <c>akka.tcp://localrecall@127.0.0.1:40123</c>.</summary>
internal sealed record AkkaAddress(string System, IPAddress Host, int Port)
{
    private const string Prefix = "akka.tcp://";

    /// <summary>Only numeric hosts: no name is ever looked up.</summary>
    public static AkkaAddress? TryParse(string text)
    {
        if (!text.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return null;
        }

        string[] parts = text[Prefix.Length..].Split('@');
        return parts.Length == 2 && parts[0].Length > 0 && IPEndPoint.TryParse(parts[1], out IPEndPoint? end) && end.Port > 0
            ? new AkkaAddress(parts[0], end.Address, end.Port)
            : null;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{System}@{new IPEndPoint(Host, Port)}");
}
