using System.Runtime.Serialization;
using System.Text;
using Akka.Actor;
using Akka.Configuration;
using Akka.Serialization;
using Akka.TestKit;

namespace LocalRecall.Conformance;

public interface IWire;

public sealed record Order(string Item, int Count) : IWire;

public sealed record Receipt(string Text) : IWire;

/// <summary>A message whose serializer fails at it.</summary>
public sealed record Unspeakable : IWire;

/// <summary>Bound by IWire; knows its messages by manifest, not by type name.</summary>
public sealed class WireSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    public override int Identifier => 4711;

    public override string Manifest(object o) => o switch
    {
        Order => "order-v1",
        Receipt => "receipt-v1",
        _ => throw new SerializationException($"no manifest for {o}"),
    };

    public override byte[] ToBinary(object obj) => obj switch
    {
        Order order => Encoding.UTF8.GetBytes($"{order.Count}:{order.Item}"),
        Receipt receipt => Encoding.UTF8.GetBytes(receipt.Text),
        _ => throw new SerializationException($"cannot write {obj}"),
    };

    public override object FromBinary(byte[] bytes, string manifest)
    {
        var text = Encoding.UTF8.GetString(bytes);
        switch (manifest)
        {
            case "order-v1":
                var parts = text.Split(':', 2);
                return new Order(parts[1], int.Parse(parts[0]));
            case "receipt-v1":
                return new Receipt(text);
            default:
                throw new SerializationException($"unknown manifest {manifest}");
        }
    }
}

/// <summary>In the place of the default JSON serializer, with its id: takes nothing and gives nothing.</summary>
/// <remarks>Akka has settings for a serializer named json, and hands them to whoever has that name: the constructor must take them.</remarks>
public sealed class RejectingSerializer(ExtendedActorSystem system, Config settings) : SerializerWithStringManifest(system)
{
    public Config Settings => settings;

    public override int Identifier => 1;

    public override string Manifest(object o) => "";

    public override byte[] ToBinary(object obj) => throw new SerializationException($"rejected {obj.GetType()}");

    public override object FromBinary(byte[] bytes, string manifest) => throw new SerializationException($"rejected '{manifest}'");
}

public sealed class SerializationSpecs() : Spec(Serializers)
{
    public const string Serializers = """
        akka.loglevel = ERROR
        akka.actor {
          serializers {
            json = "LocalRecall.Conformance.RejectingSerializer, LocalRecall.Conformance"
            wire = "LocalRecall.Conformance.WireSerializer, LocalRecall.Conformance"
          }
          serialization-bindings {
            "LocalRecall.Conformance.IWire, LocalRecall.Conformance" = wire
          }
        }

        """;

    [Fact]
    public void A_type_finds_its_serializer_by_the_interface_it_has()
    {
        Assert.IsType<WireSerializer>(Sys.Serialization.FindSerializerFor(new Order("pens", 3)));
        Assert.IsType<WireSerializer>(Sys.Serialization.FindSerializerForType(typeof(Receipt)));
    }

    [Fact]
    public void A_message_is_read_by_serializer_id_and_manifest()
    {
        var order = new Order("pens: red", 3);
        var serializer = (SerializerWithStringManifest)Sys.Serialization.FindSerializerFor(order);

        var read = Sys.Serialization.Deserialize(serializer.ToBinary(order), 4711, serializer.Manifest(order));

        Assert.Equal(order, read);
        Assert.Equal("order-v1", serializer.Manifest(order));
    }

    [Fact]
    public void A_serializer_may_stand_in_the_place_of_json_and_refuse()
    {
        var anything = Sys.Serialization.FindSerializerFor(new Version(1, 0));

        Assert.Equal(1, anything.Identifier);
        Assert.True(Assert.IsType<RejectingSerializer>(anything).Settings.GetBoolean("use-pooled-string-builder"));
        Assert.Throws<SerializationException>(() => anything.ToBinary(new Version(1, 0)));
        Assert.Throws<SerializationException>(() => Sys.Serialization.Deserialize("{}"u8.ToArray(), 1, "System.Version"));
    }

    [Fact]
    public void An_unknown_serializer_or_manifest_is_an_exception()
    {
        Assert.Throws<SerializationException>(() => Sys.Serialization.Deserialize([1], 12345, "order-v1"));
        Assert.Throws<SerializationException>(() => Sys.Serialization.Deserialize([1], 4711, "order-v99"));
    }
}

public sealed class SerializeMessagesSpecs() : Spec(SerializationSpecs.Serializers + "akka.actor.serialize-messages = on")
{
    [Fact]
    public void A_message_crosses_as_bytes_even_inside_the_process()
    {
        var order = new Order("pens", 3);
        var actor = Sys.ActorOf(Lambda.Props((context, message) => context.Sender.Tell(new Receipt(
            $"{message} {(ReferenceEquals(message, order) ? "same" : "copy")}"))));

        actor.Tell(order);

        ExpectMsg(new Receipt($"{order} copy"));
    }

    [Fact]
    public void A_message_that_cannot_be_written_is_logged_and_not_delivered()
    {
        var actor = Sys.ActorOf(Lambda.Props((context, message) => context.Sender.Tell(message)));

        EventFilter.Error(start: "Swallowing exception during message send").ExpectOne(() => actor.Tell(new Unspeakable()));
        actor.Tell(new Receipt("still here"));

        ExpectMsg(new Receipt("still here"));
    }

    /// <summary>A trap: what is not marked as needing no serializer goes through the default one, even some of Akka's own messages.</summary>
    [Fact]
    public void A_poison_pill_is_refused_with_everything_else_that_has_no_serializer()
    {
        var actor = Sys.ActorOf(Lambda.Props((context, message) => context.Sender.Tell(message)));

        EventFilter.Error(start: "Swallowing exception during message send").ExpectOne(() => actor.Tell(PoisonPill.Instance));
        actor.Tell(new Receipt("still here"));

        ExpectMsg(new Receipt("still here"));
    }

    [Fact]
    public void Notices_of_death_need_no_serializer()
    {
        var actor = Sys.ActorOf(Lambda.Props((context, _) => context.Stop(context.Self)));
        Watch(actor);

        actor.Tell(new Receipt("go"));

        ExpectTerminated(actor);
    }
}
