using Akka.Actor;
using LocalRecall.Contracts.Messages;

namespace LocalRecall.Tests.Actors.Schedules;

/// <summary>One of several clients, each with a connection of its own.</summary>
internal sealed class ScheduledClient(int number)
{
    private int _connections;

    public int Number => number;

    public Address Address { get; private set; } = AddressOf(number, 0);

    /// <summary>Null: hello has not been said on this connection.</summary>
    public Guid? Ticket { get; set; }

    public void Reconnect()
    {
        Address = AddressOf(number, ++_connections);
        Ticket = null;
    }

    private static Address AddressOf(int number, int connections) => new("akka.tcp", $"client{number}", "127.0.0.1", 1 + connections);
}

/// <summary>What a client wants, until it has its answer or no longer waits for it.</summary>
internal sealed class ScheduledCall(string name, Guid id, ScheduledClient client, Func<RequestHeader, IRequest> request)
{
    public string Name => name;

    public Guid Id => id;

    public ScheduledClient Client => client;

    public bool IsAnswered { get; set; }

    /// <summary>The client no longer waits.</summary>
    public bool IsAbandoned { get; set; }

    /// <summary>The last attempt was refused, or may have been lost: the client is to ask again.</summary>
    public bool IsToRepeat { get; set; }

    public int Attempts { get; set; }

    public Attempt? Last { get; set; }

    public string? LastRefusal { get; set; }

    /// <summary>What must hold for the answer, taken down when the first attempt is sent: a later one may be answered by the work that one began.</summary>
    public required Func<Action<IReply>> Expect { get; init; }

    public Action<IReply>? Check { get; set; }

    /// <summary>The client stops waiting; or its time is up, and what the host had begun to write may end after what it does when asked again.</summary>
    public Action OnGivenUp { get; init; } = () => { };

    /// <summary>The last attempt has its answer.</summary>
    public Action OnAnswered { get; init; } = () => { };

    /// <summary>The client asks again though it was answered. False: that could not be told from something new.</summary>
    public Func<bool> Reopen { get; init; } = () => false;

    public bool IsOpen => !IsAnswered && !IsAbandoned;

    public IRequest RequestWith(RequestHeader header) => request(header);

    public override string ToString() => $"{name} of client {client.Number}, {Attempts} attempts, last refusal: {LastRefusal ?? "none"}";
}

/// <summary>One sending of a call. Its replies go to an address of its own, so each can be counted.</summary>
internal sealed class Attempt(ScheduledCall call, Action<IReply> check)
{
    public ScheduledCall Call => call;

    public int Answers { get; set; }

    public void Check(IReply reply) => check(reply);
}

/// <summary>A client's end of an attempt, as the host sees it: a reference with the client's address.</summary>
internal sealed class ReplyRef(ActorPath path, IActorRefProvider provider, Action<object> heard) : MinimalActorRef
{
    public override ActorPath Path => path;

    public override IActorRefProvider Provider => provider;

    protected override void TellInternal(object message, IActorRef sender) => heard(message);
}
