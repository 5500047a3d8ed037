using System.Net;
using System.Text;
using LocalRecall.Client.Wire;
using LocalRecall.Contracts.Messages;
using Xunit;

namespace LocalRecall.Tests.Client.Wire;

/// <summary>The bytes are what protoc makes of the same values in text form.</summary>
public sealed class FramesTests
{
    private static readonly AkkaAddress Own = new("recall-1", IPAddress.Loopback, 40123);

    [Fact]
    public void Associate_names_an_address_of_its_own_over_tcp() => Assert.Equal(
        Hex("2f000000 122d 0801 1229") + // length, instruction { ASSOCIATE, handshakeInfo {
        Hex("0a1e 0a08") + Text("recall-1") + Hex("1209") + Text("127.0.0.1") + Hex("18bbb902 2203") + Text("tcp") +
        Hex("11 0807060504030201"),
        Convert.ToHexStringLower(Frames.Associate(Own, 0x0102030405060708)));

    [Theory]
    [InlineData("Disassociate", "0400000012020802")]
    [InlineData("Heartbeat", "0400000012020803")]
    public void Control_frames(string command, string hex) =>
        Assert.Equal(hex, Convert.ToHexStringLower(Frames.Control(Enum.Parse<AkkaRemote.Wire.CommandType>(command))));

    [Fact]
    public void A_message_goes_in_an_envelope_without_acknowledgement()
    {
        var message = new HostStopping(new Guid("00112233-4455-6677-8899-aabbccddeeff"));
        string recipient = "akka.tcp://h@127.0.0.1:1/user/gateway";
        string sender = $"{Own}/temp/recall";
        Assert.Equal(
            Hex("96000000 0a9301 129001") + // length, payload {, envelope {
            Hex("0a27 0a25") + Text(recipient) +
            Hex("1229 0a12 0a10 00112233445566778899aabbccddeeff 10e724 1a10") + Text("host-stopping-v1") +
            Hex("2231 0a2f") + Text(sender) +
            Hex("29 ffffffffffffffff"),
            Convert.ToHexStringLower(Frames.Message(recipient, sender, message)));
    }

    private static string Hex(string bytes) => bytes.Replace(" ", "");

    private static string Text(string text) => Convert.ToHexStringLower(Encoding.UTF8.GetBytes(text));
}
