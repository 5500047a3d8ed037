using Akka.Configuration;
using LocalRecall.Host;
using Xunit;

namespace LocalRecall.Tests.Host;

public sealed class HostConfigurationTests : IDisposable
{
    private readonly HostPaths _paths = new(Directory.CreateTempSubdirectory("localrecall-test-").FullName);

    public void Dispose() => Directory.Delete(_paths.Home, recursive: true);

    [Fact]
    public void What_the_user_says_lies_over_what_is_shipped()
    {
        File.WriteAllText(_paths.Configuration, "localrecall.ingest.max-files = 7");

        Config config = HostConfiguration.Load(_paths);

        Assert.Equal((7, 2), (config.GetInt("localrecall.ingest.max-files"), config.GetInt("localrecall.index.readers")));
    }

    [Fact]
    public void A_file_that_is_not_HOCON_is_named()
    {
        File.WriteAllText(_paths.Configuration, "localrecall.a =");

        var refusal = Assert.Throws<InvalidDataException>(() => HostConfiguration.Load(_paths));

        Assert.Contains(_paths.Configuration, refusal.Message);
    }
}
