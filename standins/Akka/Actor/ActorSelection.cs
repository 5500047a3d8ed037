using System.IO.Enumeration;
using Akka.Actor.Internal;

namespace Akka.Actor;

public abstract class SelectionPathElement;

public class SelectChildName(string name) : SelectionPathElement
{
    public string Name { get; } = name;

    public override bool Equals(object obj) => obj is SelectChildName other && Name == other.Name;

    public override int GetHashCode() => Name.GetHashCode();

    public override string ToString() => Name;
}

/// <summary>All children whose name fits a pattern with * and ?, in any case.</summary>
public class SelectChildPattern(string patternStr) : SelectionPathElement
{
    public string PatternStr { get; } = patternStr;

    internal bool Fits(string name) => FileSystemName.MatchesSimpleExpression(PatternStr, name, ignoreCase: true);

    public override bool Equals(object obj) => obj is SelectChildPattern other && PatternStr == other.PatternStr;

    public override int GetHashCode() => PatternStr.GetHashCode();

    public override string ToString() => PatternStr;
}

/// <summary>Everything below: **.</summary>
public class SelectChildRecursive : SelectionPathElement
{
    public static readonly SelectChildRecursive Instance = new();

    public override bool Equals(object obj) => obj is SelectChildRecursive;

    public override int GetHashCode() => "**".GetHashCode();

    public override string ToString() => "**";
}

public class SelectParent : SelectionPathElement
{
    public static readonly SelectParent Instance = new();

    public override bool Equals(object obj) => obj is SelectParent;

    public override int GetHashCode() => "..".GetHashCode();

    public override string ToString() => "..";
}

public class ActorSelectionMessage(object message, SelectionPathElement[] elements, bool wildCardFanOut = false)
    : IAutoReceivedMessage, IPossiblyHarmful, IWrappedMessage
{
    public object Message { get; } = message;

    public SelectionPathElement[] Elements { get; } = elements;

    /// <summary>True if a wildcard led to several actors: then nobody answers for those that are missing.</summary>
    public bool WildCardFanOut { get; } = wildCardFanOut;

    public ActorSelectionMessage Copy(
        object message = null, SelectionPathElement[] elements = null, bool? wildCardFanOut = null) =>
        new(message ?? Message, elements ?? Elements, wildCardFanOut ?? WildCardFanOut);

    public override string ToString() =>
        $"ActorSelectionMessage - Message: {Message} - WildCartFanOut: {WildCardFanOut} - Elements: {string.Join<SelectionPathElement>("/", Elements)}";
}

/// <summary>A path, maybe with wildcards, looked up anew for each message.</summary>
public class ActorSelection : ICanTell
{
    public ActorSelection() { }

    public ActorSelection(IActorRef anchor, SelectionPathElement[] path)
    {
        Anchor = anchor;
        Path = path;
    }

    public ActorSelection(IActorRef anchor, string path) : this(anchor, path?.Split('/') ?? []) { }

    public ActorSelection(IActorRef anchor, IEnumerable<string> elements)
        : this(anchor, elements.Where(e => !string.IsNullOrEmpty(e)).Select(Element).ToArray())
    {
        var recursive = Array.FindIndex(Path, e => e is SelectChildRecursive);
        if (recursive >= 0 && recursive < Path.Length - 1)
            throw new IllegalActorNameException("Double wildcard can only appear at the last path entry");
    }

    private static SelectionPathElement Element(string text) => text switch
    {
        "**" => SelectChildRecursive.Instance,
        ".." => SelectParent.Instance,
        _ when text.Contains('*') || text.Contains('?') => new SelectChildPattern(text),
        _ => new SelectChildName(text)
    };

    public IActorRef Anchor { get; private set; }

    public SelectionPathElement[] Path { get; private set; }

    public string PathString => "/" + string.Join<SelectionPathElement>("/", Path);

    public void Tell(object message, IActorRef sender = null) => DeliverSelection(
        (IInternalActorRef)Anchor, sender ?? ActorCell.GetCurrentSelfOrNoSender(),
        new ActorSelectionMessage(message, Path));

    /// <exception cref="ActorNotFoundException">No such actor answered in time.</exception>
    public Task<IActorRef> ResolveOne(TimeSpan timeout) => ResolveOne(timeout, CancellationToken.None);

    public async Task<IActorRef> ResolveOne(TimeSpan timeout, CancellationToken ct)
    {
        try
        {
            var identity = await this.Ask<ActorIdentity>(new Identify(null), timeout, ct).ConfigureAwait(false);
            return identity.Subject ?? throw new ActorNotFoundException("subject was null");
        }
        catch (Exception e)
        {
            throw new ActorNotFoundException("Exception occurred while resolving ActorSelection", e);
        }
    }

    internal static void DeliverSelection(IInternalActorRef anchor, IActorRef sender, ActorSelectionMessage selection)
    {
        var current = anchor;
        for (var i = 0; i < selection.Elements.Length; i++)
        {
            var rest = selection.Elements[(i + 1)..];
            if (current is not ActorRefWithCell withCell)
            {
                // Not ours to walk: another system, or a container.
                current.Tell(selection.Copy(elements: selection.Elements[i..]), sender);
                return;
            }

            switch (selection.Elements[i])
            {
                case SelectParent:
                    current = current.Parent;
                    break;
                case SelectChildName name:
                    current = withCell.GetSingleChild(name.Name);
                    if (current is Nobody)
                    {
                        if (!selection.WildCardFanOut)
                            Missing().Tell(selection, sender);
                        return;
                    }

                    break;
                case SelectChildRecursive:
                    var below = new ActorSelectionMessage(selection.Message, [SelectChildRecursive.Instance], true);
                    foreach (var child in withCell.Children.ToList())
                    {
                        child.Tell(selection.Message, sender);
                        DeliverSelection((IInternalActorRef)child, sender, below);
                    }

                    return;
                case SelectChildPattern pattern:
                    var fitting = withCell.Children.Where(c => pattern.Fits(c.Path.Name)).ToList();
                    if (fitting.Count == 0 && !selection.WildCardFanOut)
                        Missing().Tell(selection, sender);
                    var further = new ActorSelectionMessage(
                        selection.Message, rest, selection.WildCardFanOut || fitting.Count > 1);
                    foreach (var child in fitting)
                        DeliverSelection((IInternalActorRef)child, sender, further);
                    return;
            }

            EmptyLocalActorRef Missing() => new(
                withCell.Provider, anchor.Path / selection.Elements.Select(e => e.ToString()),
                withCell.Underlying.System.EventStream);
        }

        current.Tell(selection.Message, sender);
    }

    public override bool Equals(object obj) =>
        obj is ActorSelection other && Equals(Anchor, other.Anchor) && PathString == other.PathString;

    public override int GetHashCode() => HashCode.Combine(Anchor, PathString);

    public override string ToString() =>
        $"ActorSelection[Anchor({Anchor.Path}{(Anchor.Path.Uid == ActorCell.UndefinedUid ? "" : "#" + Anchor.Path.Uid)}), Path({PathString})]";
}

public static class ActorRefFactoryShared
{
    public static ActorSelection ActorSelection(ActorPath actorPath, ActorSystem system) => new(
        ((ActorSystemImpl)system).Provider.RootGuardianAt(actorPath.Address), actorPath.Elements);

    /// <summary>A path from the root (/user/a), with an address (akka://…) or relative to an actor.</summary>
    public static ActorSelection ActorSelection(string path, ActorSystem system, IActorRef lookupRoot)
    {
        var provider = ((ActorSystemImpl)system).Provider;
        if (string.IsNullOrEmpty(path))
            return new ActorSelection(system.DeadLetters, "");
        if (path[0] == '/')
            return new ActorSelection(provider.RootGuardian, path);
        if (!path.Contains("://"))
            return new ActorSelection(lookupRoot, path);
        return ActorPath.TryParse(path, out var actorPath)
            ? new ActorSelection(provider.RootGuardianAt(actorPath.Address), actorPath.Elements)
            : new ActorSelection(provider.DeadLetters, "");
    }

    public static ActorSelection ActorSelection(IActorRef anchorActorRef, string path) => new(anchorActorRef, path);
}
