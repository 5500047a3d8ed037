using Akka.Actor;
using Akka.Configuration;
using LocalRecall.Actors.Gateway;
using LocalRecall.Client;
using LocalRecall.Client.Wire;
using LocalRecall.Contracts;
using LocalRecall.Contracts.Messages;
using Xunit;

namespace LocalRecall.Tests.Client.Wire;

/// <summary>The connection against an actor system that speaks Akka.Remote itself.</summary>
public sealed class AkkaRemoteTests : IAsyncLifetime
{
    private static readonly Config Configuration = ConfigurationFactory.ParseString(
        $$"""
        akka {
          loglevel = WARNING
          actor {
            provider = remote
            serializers.recall = "{{typeof(WireSerializer).AssemblyQualifiedName}}"
            serialization-bindings { "{{typeof(IWireMessage).AssemblyQualifiedName}}" = recall }
          }
          remote {
            untrusted-mode = on
            dot-netty.tcp { hostname = 127.0.0.1, port = 0, maximum-frame-size = 128000b }
          }
        }
        """);

    private readonly ActorSystem system = ActorSystem.Create(ActorPaths.SystemName, Configuration);
    private readonly CancellationTokenSource limit = new(TimeSpan.FromSeconds(30));

    private AkkaAddress Address => AkkaAddress.TryParse(((ExtendedActorSystem)system).Provider.DefaultAddress.ToString())!;

    public Task InitializeAsync()
    {
        system.ActorOf(Props.Create(() => new Gateway()), "gateway");
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        limit.Dispose();
        await system.Terminate();
    }

    [Fact]
    public async Task Asks_an_actor_and_gets_its_answers_in_order()
    {
        await using AkkaConnection connection = await AkkaConnection.ConnectAsync(Address, TimeProvider.System, limit.Token);
        for (int i = 0; i < 50; i++)
        {
            ImportPaths request = Import(i);
            var progress = new List<int>();
            IReply reply = await connection.AskAsync(
                ActorPaths.Gateway, request, request.Header.RequestId, reply => progress.Add(((ImportProgress)reply).Counts.Done), limit.Token);
            Assert.Equal(i, Assert.IsType<ImportFinished>(reply).Counts.Done);
            Assert.Equal([1, 2, 3], progress);
        }

    }

    [Fact]
    public async Task Concurrent_connections_do_not_get_each_others_answers()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async client =>
        {
            await using AkkaConnection connection = await AkkaConnection.ConnectAsync(Address, TimeProvider.System, limit.Token);
            await Task.WhenAll(Enumerable.Range(0, 25).Select(async i =>
            {
                ImportPaths request = Import((client * 1000) + i);
                IReply reply = await connection.AskAsync(ActorPaths.Gateway, request, request.Header.RequestId, null, limit.Token);
                Assert.Equal((client * 1000) + i, ((ImportFinished)reply).Counts.Done);
            }));
        }));
    }

    [Fact]
    public async Task The_largest_messages_pass_both_ways()
    {
        await using AkkaConnection connection = await AkkaConnection.ConnectAsync(Address, TimeProvider.System, limit.Token);
        EmbedTexts Sized(int characters) => new(Header(), [new string('x', characters)], false);
        EmbedTexts largest = Sized(WireLimits.MaxMessageBytes - (MessageCodec.SizeOf(Sized(100_000)) - 100_000));
        Assert.Equal(WireLimits.MaxMessageBytes, MessageCodec.SizeOf(largest));

        IReply reply = await connection.AskAsync(ActorPaths.Gateway, largest, largest.Header.RequestId, null, limit.Token);
        Assert.Equal(WireLimits.MaxMessageBytes, MessageCodec.SizeOf(Assert.IsType<TextsEmbedded>(reply)));
    }

    [Fact]
    public async Task Waiting_calls_fail_when_the_system_ends()
    {
        await using AkkaConnection connection = await AkkaConnection.ConnectAsync(Address, TimeProvider.System, limit.Token);
        var silent = new GetStatus(Header());
        Task<IReply> reply = connection.AskAsync(ActorPaths.Gateway, silent, silent.Header.RequestId, null, limit.Token);
        await system.Terminate();
        await Assert.ThrowsAsync<ConnectionLostException>(() => reply);
    }

    private static RequestHeader Header() => new(Guid.NewGuid(), Guid.NewGuid(), DateTimeOffset.MaxValue);

    private static ImportPaths Import(int number) => new(Header(), [$"{number}"], null, false);

    private sealed class Gateway : ReceiveActor
    {
        public Gateway()
        {
            Receive<ImportPaths>(import =>
            {
                for (int done = 1; done <= 3; done++)
                {
                    Sender.Tell(new ImportProgress(import.Header.RequestId, Counts(done), null));
                }

                Sender.Tell(new ImportFinished(import.Header.RequestId, Counts(int.Parse(import.Paths[0])), [], 0));
            });
            Receive<EmbedTexts>(embed =>
            {
                int overhead = MessageCodec.SizeOf(Vectors(embed, 100_000)) - 100_000;
                Sender.Tell(Vectors(embed, WireLimits.MaxMessageBytes - overhead));
            });
            Receive<GetStatus>(_ => { });
        }

        private static TextsEmbedded Vectors(EmbedTexts embed, int sizeBytes) => new(embed.Header.RequestId, "m", 1, new byte[sizeBytes], 1);

        private static ImportCounts Counts(int done) => new(3, done, 0, 0, 0, 0, 0, 0);
    }
}
