namespace LocalRecall.Contracts;

/// <summary>A message that would exceed <see cref="WireLimits.MaxMessageBytes"/>; it was not sent.</summary>
public sealed class MessageTooLargeException(string manifest, int sizeBytes)
    : Exception($"{manifest} would take {sizeBytes} bytes; {WireLimits.MaxMessageBytes} are allowed.")
{
    public string Manifest { get; } = manifest;

    public int SizeBytes { get; } = sizeBytes;
}
