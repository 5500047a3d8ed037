using Akka.Actor;
using Akka.Configuration;
using LocalRecall.Client;
using LocalRecall.Contracts;
using LocalRecall.Contracts.Messages;

namespace LocalRecall.ProcessTests.Processes;

/// <summary>A whole actor system that talks to a host over Akka.Remote, as <c>hocon/client.conf</c> has it.</summary>
internal sealed class Visitor : IAsyncDisposable
{
    private readonly HostEndpoint _endpoint;

    public Visitor(HostEndpoint endpoint)
    {
        _endpoint = endpoint;
        string config = File.ReadAllText(Path.Combine(Programs.ProjectRoot, "hocon", "client.conf"));
        System = ActorSystem.Create("visitor", ConfigurationFactory.ParseString(config));
    }

    public ActorSystem System { get; }

    public ActorSelection Select(string path) => System.ActorSelection(_endpoint.Address + path);

    public Task<IReply> AskAsync(IWireMessage message) => Select(ActorPaths.Gateway).Ask<IReply>(message, TestHome.Patience);

    public Hello Hello => new(Guid.NewGuid(), WireLimits.ProtocolVersion, "visitor", RecallClient.Version, _endpoint.Token);

    /// <summary>Says hello.</summary>
    /// <returns>A new header for each request.</returns>
    public async Task<Func<RequestHeader>> EnterAsync()
    {
        Guid ticket = ((Welcome)await AskAsync(Hello)).Ticket;
        return () => Header(ticket);
    }

    public static RequestHeader Header(Guid ticket) => new(Guid.NewGuid(), ticket, DateTimeOffset.UtcNow + TestHome.Patience);

    public async ValueTask DisposeAsync() => await System.Terminate();
}
