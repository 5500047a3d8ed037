using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Configuration;
using Akka.Util.Internal;

namespace Akka.Dispatch;

/// <summary>The mailbox types of a system, by configuration id and by what an actor requires.</summary>
public class Mailboxes
{
    public static readonly string DefaultMailboxId = "akka.actor.default-mailbox";

    private readonly ActorSystem _system;
    private readonly Lazy<DeadLetterMailbox> _deadLetterMailbox;
    private readonly Dictionary<Type, string> _idByRequirement = [];
    private readonly ConcurrentDictionary<string, MailboxType> _types = new();
    private readonly ConcurrentDictionary<Type, Type> _requiredTypes = new();

    public Mailboxes(ActorSystem system)
    {
        _system = system;
        _deadLetterMailbox = new Lazy<DeadLetterMailbox>(() => new DeadLetterMailbox(system.DeadLetters));
        foreach (var (typeName, id) in system.Settings.Config.GetConfig("akka.actor.mailbox.requirements").AsEnumerable())
            if (TypeNames.Find(typeName) is { } type)
                _idByRequirement[type] = id.GetString();
    }

    public DeadLetterMailbox DeadLetterMailbox => _deadLetterMailbox.Value;

    public bool HasRequiredType(Type actorType) => GetRequiredType(actorType) is not null;

    public Type GetRequiredType(Type actorType) => _requiredTypes.GetOrAdd(actorType, static type => type.GetInterfaces()
        .Where(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IRequiresMessageQueue<>))
        .Select(i => i.GetGenericArguments()[0]).FirstOrDefault());

    public MailboxType Lookup(string id) => _types.GetOrAdd(id, Make);

    public MailboxType LookupByQueueType(Type queueType) => _idByRequirement.TryGetValue(queueType, out var id)
        ? Lookup(id)
        : throw new ConfigurationException($"Mailbox Mapping for [{queueType}] not configured");

    /// <summary>The mailbox type an actor gets: its own choice, else its dispatcher's, else what its class requires.</summary>
    public MailboxType GetMailboxType(Props props, Config dispatcherConfig)
    {
        if (!string.IsNullOrEmpty(props.Mailbox))
            return Lookup(props.Mailbox);
        if (dispatcherConfig?.GetString("mailbox-type") is { Length: > 0 })
            return Lookup(dispatcherConfig.GetString("id"));
        return GetRequiredType(props.Type) is { } required ? LookupByQueueType(required) : Lookup(DefaultMailboxId);
    }

    internal int StashCapacity(string mailbox) =>
        string.IsNullOrEmpty(mailbox) ? -1 : _system.Settings.Config.GetInt(mailbox + ".stash-capacity", -1);

    private MailboxType Make(string id)
    {
        var config = _system.Settings.Config.GetConfig(id)
            ?? throw new ConfigurationException($"Mailbox Type [{id}] not configured");
        var typeName = config.GetString("mailbox-type");
        var type = string.IsNullOrEmpty(typeName) ? null : TypeNames.Find(typeName);
        return type is null
            ? throw new ConfigurationException($"Found mailbox-type [{typeName}] in configuration [{id}], but could not find that type")
            : (MailboxType)Activator.CreateInstance(type, _system.Settings, config);
    }
}
