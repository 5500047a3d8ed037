using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Serialization;
using AkkaRemote.Wire;
using Google.Protobuf;

namespace Akka.Remote.Serialization;

/// <summary>Akka's own small messages. (Routers, configs and scopes, which Akka.NET has here too, are left out.)</summary>
public sealed class MiscMessageSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    private const string NobodyPath = "nobody";

    public override string Manifest(object o) => o switch
    {
        Identify => "ID",
        ActorIdentity => "AID",
        IActorRef => "AR",
        PoisonPill => "PP",
        Kill => "K",
        RemoteWatcher.Heartbeat => "RWHB",
        RemoteWatcher.HeartbeatRsp => "RWHR",
        Status.Success => "STS",
        Status.Failure => "STF",
        _ => throw new ArgumentException($"Cannot serialize object of type [{o.GetType()}]"),
    };

    public override byte[] ToBinary(object obj)
    {
        switch (obj)
        {
            case Identify identify:
                var identifyData = new IdentifyData();
                if (identify.MessageId is not null)
                    identifyData.MessageId = MessageSerializer.ToPayload(system, identify.MessageId);
                return identifyData.ToByteArray();
            case ActorIdentity identity:
                return new ActorIdentityData
                {
                    CorrelationId = MessageSerializer.ToPayload(system, identity.MessageId),
                    Path = identity.Subject is null ? "" : Akka.Serialization.Serialization.SerializedActorPath(identity.Subject),
                }.ToByteArray();
            case IActorRef actor:
                return (actor is Nobody ? new ActorRefData { Path = NobodyPath } : MessageSerializer.ToProto(actor)).ToByteArray();
            case PoisonPill or Kill or RemoteWatcher.Heartbeat:
                return [];
            case RemoteWatcher.HeartbeatRsp response:
                return new HeartbeatResponseData { Uid = unchecked((ulong)response.AddressUid) }.ToByteArray();
            case Status.Success success:
                return new StatusSuccessData { Status = MessageSerializer.ToPayload(system, success.Status) }.ToByteArray();
            case Status.Failure failure:
                return new StatusFailureData
                {
                    Cause = ExceptionSupport.ToProto(system, failure.Cause),
                    State = MessageSerializer.ToPayload(system, failure.State),
                }.ToByteArray();
            default:
                throw new ArgumentException($"Cannot serialize object of type [{obj.GetType()}]");
        }
    }

    public override object FromBinary(byte[] bytes, string manifest)
    {
        switch (manifest)
        {
            case "ID":
                return new Identify(MessageSerializer.FromPayload(system, IdentifyData.Parser.ParseFrom(bytes).MessageId));
            case "AID":
                var identity = ActorIdentityData.Parser.ParseFrom(bytes);
                return new ActorIdentity(
                    MessageSerializer.FromPayload(system, identity.CorrelationId),
                    MessageSerializer.ToActorRef(system, new ActorRefData { Path = identity.Path }));
            case "AR":
                var actor = ActorRefData.Parser.ParseFrom(bytes);
                return actor.Path == NobodyPath ? Nobody.Instance : system.Provider.ResolveActorRef(actor.Path);
            case "PP":
                return PoisonPill.Instance;
            case "K":
                return Kill.Instance;
            case "RWHB":
                return RemoteWatcher.Heartbeat.Instance;
            case "RWHR":
                return new RemoteWatcher.HeartbeatRsp(unchecked((int)HeartbeatResponseData.Parser.ParseFrom(bytes).Uid));
            case "STS":
                return new Status.Success(MessageSerializer.FromPayload(system, StatusSuccessData.Parser.ParseFrom(bytes).Status));
            case "STF":
                var failure = StatusFailureData.Parser.ParseFrom(bytes);
                return new Status.Failure(
                    ExceptionSupport.FromProto(system, failure.Cause), MessageSerializer.FromPayload(system, failure.State));
            default:
                throw new SerializationException($"Unimplemented deserialization of message with manifest [{manifest}] in [{nameof(MiscMessageSerializer)}]");
        }
    }
}
