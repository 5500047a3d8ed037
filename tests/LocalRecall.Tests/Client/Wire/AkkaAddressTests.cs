using LocalRecall.Client.Wire;
using Xunit;

namespace LocalRecall.Tests.Client.Wire;

public sealed class AkkaAddressTests
{
    [Theory]
    [InlineData("akka.tcp://localrecall@127.0.0.1:40123")]
    [InlineData("akka.tcp://localrecall@[::1]:40123")]
    public void Reads_what_it_writes(string text) => Assert.Equal(text, AkkaAddress.TryParse(text)?.ToString());

    [Theory]
    [InlineData("")]
    [InlineData("akka.tcp://localrecall")]
    [InlineData("akka.tcp://@127.0.0.1:1")]
    [InlineData("akka.tcp://a@127.0.0.1")]
    [InlineData("akka.tcp://a@example.com:80")]
    [InlineData("akka.tcp://a@b@127.0.0.1:80")]
    [InlineData("akka://a@127.0.0.1:80")]
    public void Refuses_anything_else(string text) => Assert.Null(AkkaAddress.TryParse(text));
}
