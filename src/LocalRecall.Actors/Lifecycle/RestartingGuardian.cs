using Akka.Actor;

namespace LocalRecall.Actors.Lifecycle;

/// <summary>
/// The strategy for the actors at <c>/user</c>: whatever befalls one, it is made anew. Akka would stop an actor that got a
/// <see cref="Kill"/>, and lets strangers send one.
/// </summary>
public sealed class RestartingGuardian : SupervisorStrategyConfigurator
{
    public override SupervisorStrategy Create() => new OneForOneStrategy(_ => Directive.Restart);
}
