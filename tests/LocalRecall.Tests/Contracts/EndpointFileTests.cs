using LocalRecall.Contracts;
using LocalRecall.Tests.Client;
using Xunit;

namespace LocalRecall.Tests.Contracts;

public sealed class EndpointFileTests : IDisposable
{
    private static readonly HostEndpoint Endpoint = new("akka.tcp://localrecall@127.0.0.1:4711", "localrecall", "secret", 42, "1.0.0", 1);

    private readonly TemporaryHome _home = new();

    private string File => Path.Combine(_home.Path, EndpointFile.Name);

    public void Dispose() => _home.Dispose();

    [Fact]
    public void What_is_written_is_read()
    {
        EndpointFile.Write(_home.Path, Endpoint);

        Assert.Equal(Endpoint, EndpointFile.TryRead(_home.Path));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\0\0\0")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("[1]")]
    [InlineData("{\"address\":\"akka.tcp://localrecall@127.0.0.1:1\",\"pid\":1}")]
    [InlineData("{\"address\":")]
    public void Whatever_else_is_there_is_none(string content)
    {
        System.IO.File.WriteAllText(File, content);

        Assert.Null(EndpointFile.TryRead(_home.Path));
    }

    [Fact]
    public void A_folder_in_its_place_is_none()
    {
        Directory.CreateDirectory(File);

        Assert.Null(EndpointFile.TryRead(_home.Path));
    }

    [Fact]
    public void What_a_killed_writer_left_is_removed_and_nothing_else()
    {
        EndpointFile.Write(_home.Path, Endpoint);
        System.IO.File.WriteAllText(File + ".4711.tmp", "half");

        EndpointFile.DeleteLeftovers(_home.Path);

        Assert.Equal([File], Directory.GetFiles(_home.Path));
    }
}
