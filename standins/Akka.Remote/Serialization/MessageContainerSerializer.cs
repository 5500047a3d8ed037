using Akka.Actor;
using Akka.Serialization;
using AkkaRemote.Wire;
using Google.Protobuf;

namespace Akka.Remote.Serialization;

/// <summary>Messages on their way along an actor selection.</summary>
public class MessageContainerSerializer(ExtendedActorSystem system) : Serializer(system)
{
    public override bool IncludeManifest => false;

    public override byte[] ToBinary(object obj)
    {
        if (obj is not ActorSelectionMessage selection)
            throw new ArgumentException($"Cannot serialize object of type [{obj.GetType()}]");
        return new SelectionEnvelope
        {
            Payload = MessageSerializer.ToPayload(system, selection.Message),
            Pattern = { selection.Elements.Select(ToProto) },
        }.ToByteArray();
    }

    public override object FromBinary(byte[] bytes, Type type)
    {
        var envelope = SelectionEnvelope.Parser.ParseFrom(bytes);
        return new ActorSelectionMessage(
            MessageSerializer.FromPayload(system, envelope.Payload),
            [.. envelope.Pattern.Select(FromProto)]);
    }

    private static Selection ToProto(SelectionPathElement element) => element switch
    {
        SelectChildName child => new Selection { Type = Selection.Types.PatternType.ChildName, Matcher = child.Name },
        SelectChildPattern pattern => new Selection { Type = Selection.Types.PatternType.ChildPattern, Matcher = pattern.PatternStr },
        SelectParent => new Selection { Type = Selection.Types.PatternType.Parent },
        _ => throw new ArgumentException($"Cannot serialize selection element [{element}]"),
    };

    private static SelectionPathElement FromProto(Selection selection) => selection.Type switch
    {
        Selection.Types.PatternType.ChildName => new SelectChildName(selection.Matcher),
        Selection.Types.PatternType.ChildPattern => new SelectChildPattern(selection.Matcher),
        Selection.Types.PatternType.Parent => new SelectParent(),
        _ => throw new InvalidDataException($"Unknown selection element {selection.Type}"),
    };
}
