using Akka.Actor;
using Akka.Serialization;
using Google.Protobuf;

namespace Akka.Remote.Serialization;

/// <summary>Google.Protobuf messages; the manifest is the .NET type.</summary>
public class ProtobufSerializer(ExtendedActorSystem system) : Serializer(system)
{
    public override bool IncludeManifest => true;

    public override byte[] ToBinary(object obj) => obj is IMessage message
        ? message.ToByteArray()
        : throw new ArgumentException($"Can't serialize a non-protobuf message using protobuf [{obj.GetType()}]");

    public override object FromBinary(byte[] bytes, Type type)
    {
        if (!typeof(IMessage).IsAssignableFrom(type) || Activator.CreateInstance(type) is not IMessage message)
            throw new ArgumentException($"Can't deserialize a non-protobuf message using protobuf [{type}]");
        message.MergeFrom(bytes);
        return message;
    }
}
