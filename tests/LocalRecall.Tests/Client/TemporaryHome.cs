namespace LocalRecall.Tests.Client;

internal sealed class TemporaryHome : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("localrecall-test-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
