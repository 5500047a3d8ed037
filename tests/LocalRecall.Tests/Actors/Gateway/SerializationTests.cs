using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Serialization;
using Akka.TestKit.Xunit2;
using LocalRecall.Actors.Gateway;
using LocalRecall.Contracts;
using LocalRecall.Contracts.Messages;
using Xunit;

namespace LocalRecall.Tests.Actors.Gateway;

public sealed class SerializationTests() : TestKit(TestConfiguration.Shipped)
{
    [Fact]
    public void Wire_messages_go_by_manifest_through_the_one_serializer()
    {
        var message = new StopHost(new RequestHeader(Guid.NewGuid(), Guid.NewGuid(), DateTimeOffset.UnixEpoch));

        var serializer = Assert.IsType<WireSerializer>(Sys.Serialization.FindSerializerFor(message));
        Assert.Equal((MessageCodec.SerializerId, "stop-host-v1"), (serializer.Identifier, serializer.Manifest(message)));
        Assert.Equal(message, Sys.Serialization.Deserialize(serializer.ToBinary(message), serializer.Identifier, "stop-host-v1"));
    }

    [Fact]
    public void Anything_else_is_refused_on_its_way_out() =>
        Assert.Throws<SerializationException>(() => Sys.Serialization.FindSerializerFor(new object()).ToBinary(new object()));

    [Theory]
    [InlineData("{\"$type\":\"System.Diagnostics.Process, System\"}")]
    [InlineData("")]
    public void A_payload_for_the_default_serializer_is_refused_on_its_way_in(string json)
    {
        byte[] payload = System.Text.Encoding.UTF8.GetBytes(json);

        Assert.ThrowsAny<Exception>(() => Sys.Serialization.Deserialize(payload, 1, "System.Object, System.Private.CoreLib"));
        Assert.ThrowsAny<Exception>(() => Sys.Serialization.Deserialize(payload, 1, typeof(GatewayActor).AssemblyQualifiedName));
    }

    [Fact]
    public void An_unknown_manifest_is_a_typed_error() =>
        Assert.ThrowsAny<Exception>(() => Sys.Serialization.Deserialize([1, 2, 3], MessageCodec.SerializerId, "no-such-v1"));
}
