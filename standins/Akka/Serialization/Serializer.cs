using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Util.Internal;

namespace Akka.Serialization;

/// <summary>Turns messages into bytes and back; known on the wire by its <see cref="Identifier"/>.</summary>
public abstract class Serializer
{
    protected readonly ExtendedActorSystem system;

    private readonly Lazy<int> _identifier;

    protected Serializer(ExtendedActorSystem system)
    {
        this.system = system;
        _identifier = new Lazy<int>(
            () => SerializerIdentifierHelper.GetSerializerIdentifierFromConfig(GetType(), system));
    }

    /// <summary>From <c>akka.actor.serialization-identifiers</c> unless overridden; 0 to 16 are Akka's own.</summary>
    public virtual int Identifier => _identifier.Value;

    /// <summary>Whether the type's name goes with the bytes.</summary>
    public abstract bool IncludeManifest { get; }

    public abstract byte[] ToBinary(object obj);

    public byte[] ToBinaryWithAddress(Address address, object obj) =>
        Serialization.WithTransport(new Information(address, system), () => ToBinary(obj));

    public abstract object FromBinary(byte[] bytes, Type type);

    public T FromBinary<T>(byte[] bytes) => (T)FromBinary(bytes, typeof(T));
}

/// <summary>Names the shape of its bytes by a manifest of its own instead of a type.</summary>
public abstract class SerializerWithStringManifest(ExtendedActorSystem system) : Serializer(system)
{
    public sealed override bool IncludeManifest => true;

    public sealed override object FromBinary(byte[] bytes, Type type) => FromBinary(bytes, type.TypeQualifiedName());

    public abstract object FromBinary(byte[] bytes, string manifest);

    public abstract string Manifest(object o);
}

public static class SerializerIdentifierHelper
{
    private const string SerializationIdentifiers = "akka.actor.serialization-identifiers";

    public static int GetSerializerIdentifierFromConfig(Type type, ExtendedActorSystem system)
    {
        var config = system.Settings.Config.GetConfig(SerializationIdentifiers);
        var entry = config.AsEnumerable().FirstOrDefault(e => TypeNames.Find(e.Key) == type);
        return entry.Value?.GetInt() ?? throw new ArgumentException(
            $"Couldn't retrieve serializer identifier for [{type.FullName}]. Please add it to the '{SerializationIdentifiers}' section of HOCON configuration");
    }
}

public class ByteArraySerializer(ExtendedActorSystem system) : Serializer(system)
{
    public override bool IncludeManifest => false;

    public override byte[] ToBinary(object obj) => obj switch
    {
        null => null,
        byte[] bytes => bytes,
        _ => throw new NotSupportedException($"The object to convert is not a byte array: {obj.GetType()}")
    };

    public override object FromBinary(byte[] bytes, Type type) => bytes;
}

/// <summary>For null.</summary>
public class NullSerializer(ExtendedActorSystem system) : Serializer(system)
{
    public override int Identifier => 0;

    public override bool IncludeManifest => false;

    public override byte[] ToBinary(object obj) => [];

    public override object FromBinary(byte[] bytes, Type type) => null;
}

/// <summary>
/// Holds the place (name json, id 1, bound to object) of Akka.NET's default serializer. This stand-in has no JSON: bind a
/// serializer to every message that leaves its system, as LocalRecall does anyway.
/// </summary>
public class NewtonSoftJsonSerializer : Serializer
{
    public NewtonSoftJsonSerializer(ExtendedActorSystem system) : base(system) { }

    public NewtonSoftJsonSerializer(ExtendedActorSystem system, Configuration.Config config) : base(system) { }

    public override bool IncludeManifest => false;

    public override byte[] ToBinary(object obj) => throw new SerializationException(
        $"No serializer is bound to [{obj.GetType()}], and the stand-in for Akka.NET has no JSON serializer (Newtonsoft.Json) to fall back on.");

    public override object FromBinary(byte[] bytes, Type type) => throw new SerializationException(
        $"A payload with serializer id 1 (JSON, type [{type}]) was received; the stand-in for Akka.NET has no JSON serializer (Newtonsoft.Json).");
}
