using System.Linq.Expressions;
using System.Reflection;
using Akka.Dispatch;
using Akka.Util;

namespace Akka.Actor;

/// <summary>Makes actors in a way of its own, for containers.</summary>
public interface IIndirectActorProducer
{
    Type ActorType { get; }

    ActorBase Produce();

    void Release(ActorBase actor);
}

/// <summary>How to make an actor, again at each restart. Immutable.</summary>
public class Props : IEquatable<Props>, ISurrogated
{
    public static readonly Props None = new();

    private static readonly Deploy DefaultDeploy = new();

    private readonly IIndirectActorProducer _producer;

    protected Props() : this(DefaultDeploy, typeof(EmptyActor), null, []) { }

    protected Props(Props copy)
    {
        _producer = copy._producer;
        Type = copy.Type;
        Arguments = copy.Arguments;
        Deploy = copy.Deploy;
        SupervisorStrategy = copy.SupervisorStrategy;
    }

    public Props(Type type) : this(DefaultDeploy, type, null, []) { }

    public Props(Type type, object[] args) : this(DefaultDeploy, type, null, args) { }

    public Props(Type type, SupervisorStrategy supervisorStrategy, params object[] args)
        : this(DefaultDeploy, type, supervisorStrategy, args) { }

    public Props(Type type, SupervisorStrategy supervisorStrategy, IEnumerable<object> args)
        : this(DefaultDeploy, type, supervisorStrategy, args.ToArray()) { }

    public Props(Deploy deploy, Type type, params object[] args) : this(deploy, type, null, args) { }

    public Props(Deploy deploy, Type type, IEnumerable<object> args) : this(deploy, type, null, args.ToArray()) { }

    private Props(Deploy deploy, Type type, SupervisorStrategy strategy, object[] args)
    {
        Deploy = deploy;
        Type = type ?? throw new ArgumentNullException(nameof(type), "Props must be instantiated with an actor type.");
        SupervisorStrategy = strategy;
        Arguments = args ?? [];
    }

    private Props(IIndirectActorProducer producer, SupervisorStrategy strategy, object[] args)
        : this(DefaultDeploy, producer.ActorType, strategy, args) => _producer = producer;

    public static Props Empty => new();

    public Type Type { get; }

    public string TypeName => Type.AssemblyQualifiedName;

    public object[] Arguments { get; }

    public Deploy Deploy { get; protected set; }

    public SupervisorStrategy SupervisorStrategy { get; protected set; }

    public string Mailbox => Deploy.Mailbox;

    public string Dispatcher =>
        Deploy.Dispatcher == Deploy.NoDispatcherGiven ? Dispatchers.DefaultDispatcherId : Deploy.Dispatcher;

    public static Props Create<TActor>(params object[] args) where TActor : ActorBase => new(typeof(TActor), args);

    public static Props Create<TActor>(SupervisorStrategy supervisorStrategy) where TActor : ActorBase, new() =>
        new(typeof(TActor), supervisorStrategy);

    public static Props Create(Type type, params object[] args) => new(type, args);

    /// <summary>From <c>() => new MyActor(a, b)</c>: the arguments are evaluated now, the constructor runs later.</summary>
    public static Props Create<TActor>(
        Expression<Func<TActor>> factory, SupervisorStrategy supervisorStrategy = null) where TActor : ActorBase =>
        factory.Body is NewExpression construction
            ? new Props(
                typeof(TActor), supervisorStrategy, construction.Arguments.Select(Evaluate).ToArray())
            : throw new ArgumentException("The create function must be a 'new T (args)' expression");

    private static object Evaluate(Expression argument) => argument switch
    {
        null => null, // the instance of a static field
        ConstantExpression constant => constant.Value,
        MemberExpression { Member: FieldInfo field } captured => field.GetValue(Evaluate(captured.Expression)),
        _ => Expression.Lambda<Func<object>>(Expression.Convert(argument, typeof(object))).Compile()()
    };

    public static Props CreateBy(IIndirectActorProducer producer, params object[] args) => new(producer, null, args);

    public static Props CreateBy<TProducer>(params object[] args) where TProducer : class, IIndirectActorProducer =>
        CreateBy((IIndirectActorProducer)Activator.CreateInstance(typeof(TProducer), args), args);

    public Props WithDispatcher(string dispatcher) => Deployed(Deploy.WithDispatcher(dispatcher));

    public Props WithMailbox(string mailbox) => Deployed(Deploy.WithMailbox(mailbox));

    public Props WithStashCapacity(int stashCapacity) =>
        Deployed(Deploy.WithStashCapacity(stashCapacity));

    public Props WithDeploy(Deploy deploy) => Deployed(deploy.WithFallback(Deploy));

    private Props Deployed(Deploy deploy)
    {
        var copy = Copy();
        copy.Deploy = deploy;
        return copy;
    }

    public Props WithSupervisorStrategy(SupervisorStrategy supervisorStrategy)
    {
        var copy = Copy();
        copy.SupervisorStrategy = supervisorStrategy;
        return copy;
    }

    /// <exception cref="TypeLoadException">The actor cannot be constructed from these arguments, or its constructor threw.</exception>
    public virtual ActorBase NewActor()
    {
        try
        {
            return _producer is null ? (ActorBase)Activator.CreateInstance(Type, Arguments) : _producer.Produce();
        }
        catch (Exception e)
        {
            throw new TypeLoadException(
                $"Error while creating actor instance of type {Type} with {Arguments.Length} args: ({string.Join(",", Arguments)})",
                e);
        }
    }

    internal void Release(ActorBase actor) => _producer?.Release(actor);

    protected virtual Props Copy() => new(this);

    public bool Equals(Props other) =>
        ReferenceEquals(this, other)
        || (other is not null && Equals(Deploy, other.Deploy) && Equals(SupervisorStrategy, other.SupervisorStrategy)
            && Type == other.Type && Arguments.SequenceEqual(other.Arguments));

    public override bool Equals(object obj) => Equals(obj as Props);

    public override int GetHashCode() => HashCode.Combine(Type, Arguments.Length);

    public ISurrogate ToSurrogate(ActorSystem system) =>
        new PropsSurrogate { Arguments = Arguments, Type = Type, Deploy = Deploy };

    private sealed class EmptyActor : UntypedActor
    {
        protected override void OnReceive(object message) => Unhandled(message);
    }

    public class PropsSurrogate : ISurrogate
    {
        public Type Type { get; set; }

        public Deploy Deploy { get; set; }

        public object[] Arguments { get; set; }

        public ISurrogated FromSurrogate(ActorSystem system) => new Props(Deploy, Type, Arguments);
    }
}

/// <summary>The props of an actor that has stopped.</summary>
public class TerminatedProps : Props
{
    public override ActorBase NewActor() => throw new InvalidOperationException("This actor has been terminated");
}
