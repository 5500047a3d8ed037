#pragma warning disable SYSLIB0050, SYSLIB0051 // the wire format is what the old exception serialization reads and writes
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Util.Internal;
using AkkaRemote.Wire;
using Google.Protobuf;

namespace Akka.Remote.Serialization;

/// <summary>Exceptions to and from bytes, with the fields of their own that their types serialize.</summary>
internal static class ExceptionSupport
{
    private static readonly HashSet<string> CommonFields =
    [
        "ClassName", "Message", "StackTraceString", "Source", "InnerException", "HelpURL", "RemoteStackTraceString",
        "RemoteStackIndex", "ExceptionMethod", "HResult", "Data", "TargetSite", "HelpLink", "StackTrace", "WatsonBuckets",
    ];

    private static readonly FormatterConverter Converter = new();

    public static ExceptionData ToProto(ExtendedActorSystem system, Exception? exception)
    {
        if (exception is null)
            return new ExceptionData();
        var type = exception.GetType();
        var data = new ExceptionData
        {
            TypeName = type.TypeQualifiedName(),
            Message = exception.Message,
            StackTrace = exception.StackTrace ?? "",
            Source = exception.Source ?? "",
            InnerException = ToProto(system, exception.InnerException),
            TypeForwardedFrom = type.GetCustomAttribute<TypeForwardedFromAttribute>()?.AssemblyFullName.Split(',')[0] ?? "",
        };
        var info = new SerializationInfo(type, Converter);
        exception.GetObjectData(info, default);
        foreach (var field in info)
        {
            if (!CommonFields.Contains(field.Name))
                data.CustomFields[field.Name] = MessageSerializer.ToPayload(system, field.Value is Exception inner ? ToProto(system, inner) : field.Value);
        }
        return data;
    }

    /// <summary>Null if there was none, or if its type cannot be made from serialized data.</summary>
    /// <exception cref="SerializationException">The type is unknown here, or no exception.</exception>
    public static Exception? FromProto(ExtendedActorSystem system, ExceptionData? data)
    {
        if (string.IsNullOrEmpty(data?.TypeName))
            return null;
        var type = Type.GetType(data.TypeName)
            ?? (data.TypeForwardedFrom.Length > 0 ? Type.GetType($"{data.TypeName.Split(',')[0]}, {data.TypeForwardedFrom}") : null);
        if (type is null || !typeof(Exception).IsAssignableFrom(type))
            throw new SerializationException($"Failed to deserialize ExceptionData. Could not load {data.TypeName}.");

        var info = new SerializationInfo(type, Converter);
        info.AddValue("ClassName", data.TypeName);
        info.AddValue("Message", NullIfEmpty(data.Message));
        info.AddValue("StackTraceString", NullIfEmpty(data.StackTrace));
        info.AddValue("Source", NullIfEmpty(data.Source));
        info.AddValue("InnerException", FromProto(system, data.InnerException));
        info.AddValue("HelpURL", "");
        info.AddValue("RemoteStackTraceString", null);
        info.AddValue("RemoteStackIndex", 0);
        info.AddValue("ExceptionMethod", null);
        info.AddValue("HResult", int.MinValue);
        foreach (var (name, payload) in data.CustomFields)
        {
            var value = MessageSerializer.FromPayload(system, payload);
            info.AddValue(name, value is ExceptionData inner ? FromProto(system, inner) : value);
        }
        const BindingFlags any = BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public;
        var constructor = type.GetConstructor(any, [typeof(SerializationInfo), typeof(StreamingContext)]);
        return (Exception?)constructor?.Invoke([info, new StreamingContext()]);
    }

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;
}
