using Akka.Actor;

namespace Akka.Util;

/// <summary>A plain shape that stands for an object while it is serialized.</summary>
public interface ISurrogate
{
    ISurrogated FromSurrogate(ActorSystem system);
}

public interface ISurrogated
{
    ISurrogate ToSurrogate(ActorSystem system);
}
