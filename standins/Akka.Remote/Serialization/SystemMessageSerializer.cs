using Akka.Actor;
using Akka.Dispatch.SysMsg;
using Akka.Serialization;
using AkkaRemote.Wire;
using Google.Protobuf;

namespace Akka.Remote.Serialization;

/// <summary>System messages; the manifest is the .NET type.</summary>
public sealed class SystemMessageSerializer(ExtendedActorSystem system) : Serializer(system)
{
    public override bool IncludeManifest => true;

    public override byte[] ToBinary(object obj) => obj switch
    {
        Create create => Cause(create.Failure),
        Recreate recreate => Cause(recreate.Cause),
        Resume resume => Cause(resume.CausedByFailure),
        Suspend or Terminate => [],
        Supervise supervise => new SuperviseData { Child = MessageSerializer.ToProto(supervise.Child), Async = supervise.Async }.ToByteArray(),
        Watch watch => Watching(watch.Watchee, watch.Watcher),
        Unwatch unwatch => Watching(unwatch.Watchee, unwatch.Watcher),
        Failed failed => new FailedData
        {
            Child = MessageSerializer.ToProto(failed.Child),
            Cause = ExceptionSupport.ToProto(system, failed.Cause),
            Uid = unchecked((ulong)failed.Uid),
        }.ToByteArray(),
        DeathWatchNotification notification => new DeathWatchNotificationData
        {
            Actor = MessageSerializer.ToProto(notification.Actor),
            ExistenceConfirmed = notification.ExistenceConfirmed,
            AddressTerminated = notification.AddressTerminated,
        }.ToByteArray(),
        _ => throw new ArgumentException($"Cannot serialize object of type [{obj.GetType()}]"),
    };

    public override object FromBinary(byte[] bytes, Type type)
    {
        if (type == typeof(Create))
            return new Create((ActorInitializationException?)CauseFrom(bytes));
        if (type == typeof(Recreate))
            return new Recreate(CauseFrom(bytes));
        if (type == typeof(Resume))
            return new Resume(CauseFrom(bytes));
        if (type == typeof(Suspend))
            return new Suspend();
        if (type == typeof(Terminate))
            return new Terminate();
        if (type == typeof(Supervise))
        {
            var data = SuperviseData.Parser.ParseFrom(bytes);
            return new Supervise(Actor(data.Child), data.Async);
        }
        if (type == typeof(Watch))
        {
            var data = WatchData.Parser.ParseFrom(bytes);
            return new Watch(Actor(data.Watchee), Actor(data.Watcher));
        }
        if (type == typeof(Unwatch))
        {
            var data = WatchData.Parser.ParseFrom(bytes);
            return new Unwatch(Actor(data.Watchee), Actor(data.Watcher));
        }
        if (type == typeof(Failed))
        {
            var data = FailedData.Parser.ParseFrom(bytes);
            return new Failed(Actor(data.Child), ExceptionSupport.FromProto(system, data.Cause), unchecked((long)data.Uid));
        }
        if (type == typeof(DeathWatchNotification))
        {
            var data = DeathWatchNotificationData.Parser.ParseFrom(bytes);
            return new DeathWatchNotification(Actor(data.Actor), data.ExistenceConfirmed, data.AddressTerminated);
        }
        throw new ArgumentException($"Unimplemented deserialization of message with manifest [{type}] in [{nameof(SystemMessageSerializer)}]");
    }

    private byte[] Cause(Exception? cause) => new CauseData { Cause = ExceptionSupport.ToProto(system, cause) }.ToByteArray();

    private Exception? CauseFrom(byte[] bytes) => ExceptionSupport.FromProto(system, CauseData.Parser.ParseFrom(bytes).Cause);

    private static byte[] Watching(IActorRef watchee, IActorRef watcher) =>
        new WatchData { Watchee = MessageSerializer.ToProto(watchee), Watcher = MessageSerializer.ToProto(watcher) }.ToByteArray();

    private IInternalActorRef Actor(ActorRefData? data) =>
        MessageSerializer.ToActorRef(system, data) ?? throw new InvalidDataException("A system message lacks an actor");
}
