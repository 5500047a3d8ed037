using System.Collections.Concurrent;
using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Akka.Util.Internal;

namespace Akka.Serialization;

/// <summary>The address and system under which references are written while something is serialized.</summary>
public sealed class Information(Address address, ActorSystem system) : IEquatable<Information>
{
    public Address Address { get; } = address;

    public ActorSystem System { get; } = system;

    public bool Equals(Information other) => other is not null && Equals(Address, other.Address);

    public override bool Equals(object obj) => Equals(obj as Information);

    public override int GetHashCode() => Address.GetHashCode();

    public static bool operator ==(Information left, Information right) => Equals(left, right);

    public static bool operator !=(Information left, Information right) => !Equals(left, right);
}

/// <summary>The serializers of a system, by message type, by id and by name.</summary>
public class Serialization
{
    [ThreadStatic]
    internal static Information CurrentTransportInformation;

    private readonly ConcurrentDictionary<Type, Serializer> _byType = new();
    private readonly ConcurrentDictionary<int, Serializer> _byId = new();
    private readonly ConcurrentDictionary<string, Serializer> _byName = new();
    private readonly Serializer _null;
    private readonly bool _warnOfOverrides;

    public Serialization(ExtendedActorSystem system)
    {
        System = system;
        _warnOfOverrides = system.Settings.LogSerializerOverrideOnStart;
        _null = new NullSerializer(system);
        AddSerializer("null", _null);
        var actorConfig = system.Settings.Config.GetConfig("akka.actor");
        var settings = actorConfig.GetConfig("serialization-settings");
        foreach (var (name, typeName) in actorConfig.GetConfig("serializers").AsEnumerable())
        {
            if (TypeNames.Find(typeName.GetString()) is { } type)
                AddSerializer(name, Make(type, settings?.GetConfig(name)));
            else
                system.Log.Warning(
                    "The type name for serializer '{0}' did not resolve to an actual Type: '{1}'", name, typeName.GetString());
        }

        var details = system.Settings.Setup.Get<SerializationSetup>().Select(s => s.CreateSerializers(system))
            .GetOrElse([]);
        foreach (var detail in details)
            AddSerializer(detail.Alias, detail.Serializer);

        foreach (var (typeName, name) in actorConfig.GetConfig("serialization-bindings").AsEnumerable())
        {
            if (TypeNames.Find(typeName) is not { } type)
                system.Log.Warning(
                    "The type name for message/serializer binding '{0}' did not resolve to an actual Type: '{1}'", name.GetString(), typeName);
            else if (!_byName.TryGetValue(name.GetString(), out var serializer))
                system.Log.Warning("Serialization binding to non existing serializer: '{0}'", name.GetString());
            else
                AddSerializationMap(type, serializer);
        }

        foreach (var detail in details)
            foreach (var type in detail.UseFor)
                AddSerializationMap(type, detail.Serializer);
    }

    public ExtendedActorSystem System { get; }

    private Serializer Make(Type type, Config settings) => settings.IsNullOrEmpty()
        ? (Serializer)Activator.CreateInstance(type, System)
        : (Serializer)Activator.CreateInstance(type, System, settings);

    public void AddSerializer(string name, Serializer serializer)
    {
        WarnOfOverride("identifier", serializer.Identifier, _byId.GetValueOrDefault(serializer.Identifier), serializer);
        WarnOfOverride("name", name, _byName.GetValueOrDefault(name), serializer);
        _byId[serializer.Identifier] = serializer;
        _byName[name] = serializer;
    }

    public void AddSerializationMap(Type type, Serializer serializer)
    {
        WarnOfOverride("type", type, _byType.GetValueOrDefault(type), serializer);
        _byType[type] = serializer;
    }

    private void WarnOfOverride(string what, object key, Serializer old, Serializer replacement)
    {
        if (_warnOfOverrides && old is not null && old.GetType() != replacement.GetType())
            System.Settings.StdoutLogger.Tell(
                new Warning(
                    nameof(Serialization), typeof(Serialization),
                    $"Serializer for {what} [{key}] is being overridden from [{old.GetType()}] to [{replacement.GetType()}]. Did you mean to do this?"),
                ActorRefs.NoSender);
    }

    public Serializer FindSerializerFor(object obj, string defaultSerializerName = null) =>
        obj is null ? _null : FindSerializerForType(obj.GetType(), defaultSerializerName);

    /// <summary>The serializer of the type, of a base type or interface bound in configuration, or the default.</summary>
    public Serializer FindSerializerForType(Type objectType, string defaultSerializerName = null)
    {
        if (_byType.TryGetValue(objectType, out var known))
            return known;
        var serializer = _byType.FirstOrDefault(b => b.Key != typeof(object) && b.Key.IsAssignableFrom(objectType)).Value;
        if (serializer is null && defaultSerializerName is not null)
            _byName.TryGetValue(defaultSerializerName, out serializer);
        if (serializer is null && !_byType.TryGetValue(typeof(object), out serializer))
            throw new SerializationException($"Serializer not found for type {objectType.Name}");
        _byType[objectType] = serializer;
        return serializer;
    }

    internal Serializer GetSerializerById(int serializerId) => _byId[serializerId];

    public byte[] Serialize(object o) =>
        WithTransport(CurrentTransportInformation ?? System.Provider.SerializationInformation, () => FindSerializerFor(o).ToBinary(o));

    /// <exception cref="SerializationException">No serializer has that id.</exception>
    public object Deserialize(byte[] bytes, int serializerId, Type type) => WithTransport(
        CurrentTransportInformation ?? System.Provider.SerializationInformation,
        () => ById(serializerId, type?.Name).FromBinary(bytes, type));

    /// <exception cref="SerializationException">No serializer has that id, or the manifest names no type.</exception>
    public object Deserialize(byte[] bytes, int serializerId, string manifest) => WithTransport(
        CurrentTransportInformation ?? System.Provider.SerializationInformation,
        () =>
        {
            var serializer = ById(serializerId, manifest);
            if (serializer is SerializerWithStringManifest withManifest)
                return withManifest.FromBinary(bytes, manifest);
            if (string.IsNullOrEmpty(manifest))
                return serializer.FromBinary(bytes, (Type)null);
            var type = TypeNames.Find(manifest) ?? throw new SerializationException(
                $"Cannot find manifest class [{manifest}] for serializer with id [{serializerId}].");
            return serializer.FromBinary(bytes, type);
        });

    private Serializer ById(int id, string manifest) => _byId.TryGetValue(id, out var serializer)
        ? serializer
        : throw new SerializationException(
            $"Cannot find serializer with id [{id}] (manifest [{manifest}]). The most probable reason is that the configuration entry 'akka.actor.serializers' is not in sync between the two systems.");

    public IActorRef DeserializeActorRef(string path) => System.Provider.ResolveActorRef(path);

    public static string ManifestFor(Serializer s, object msg) => s switch
    {
        SerializerWithStringManifest withManifest => withManifest.Manifest(msg),
        { IncludeManifest: true } => msg.GetType().TypeQualifiedName(),
        _ => string.Empty
    };

    /// <summary>The path of a reference with the address others reach it by, and its uid.</summary>
    public static string SerializedActorPath(IActorRef actorRef)
    {
        if (actorRef is null)
            return string.Empty;
        var path = actorRef.Path;
        var owner = (actorRef as ActorRefWithCell)?.Underlying.System as ExtendedActorSystem;
        if (CurrentTransportInformation is not { } transport)
            return owner is null
                ? path.ToSerializationFormat()
                : path.ToSerializationFormatWithAddress(owner.Provider.DefaultAddress);
        return owner is null || ReferenceEquals(owner, transport.System)
            ? path.ToSerializationFormatWithAddress(transport.Address)
            : path.ToSerializationFormatWithAddress(
                owner.Provider.GetExternalAddressFor(transport.Address) ?? owner.Provider.DefaultAddress);
    }

    public static Information GetCurrentTransportInformation() => CurrentTransportInformation
        ?? throw new InvalidOperationException(
            "CurrentTransportInformation is not set. Use Serialization.WithTransport<T>.");

    public static T WithTransport<T>(ExtendedActorSystem system, Func<T> action) =>
        WithTransport(system.Provider.SerializationInformation, action);

    public static T WithTransport<TState, T>(ExtendedActorSystem system, TState state, Func<TState, T> action) =>
        WithTransport(system.Provider.SerializationInformation, () => action(state));

    internal static T WithTransport<T>(Information information, Func<T> action)
    {
        var previous = CurrentTransportInformation;
        CurrentTransportInformation = information;
        try
        {
            return action();
        }
        finally
        {
            CurrentTransportInformation = previous;
        }
    }
}
