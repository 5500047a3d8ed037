using Akka.Actor;

namespace LocalRecall.Conformance;

public sealed class Shared(string systemName) : IExtension
{
    public string SystemName => systemName;
}

public sealed class SharedProvider : ExtensionIdProvider<Shared>
{
    public override Shared CreateExtension(ExtendedActorSystem system) => new(system.Name);
}

public sealed class Configured : IExtension;

public sealed class ConfiguredProvider : ExtensionIdProvider<Configured>
{
    public override Configured CreateExtension(ExtendedActorSystem system) => new();
}

public sealed class ExtensionSpecs() : Spec("""akka.extensions = ["LocalRecall.Conformance.ConfiguredProvider, LocalRecall.Conformance"]""")
{
    [Fact]
    public void A_system_has_one_of_each()
    {
        var first = Sys.WithExtension<Shared, SharedProvider>();

        Assert.Same(first, Sys.WithExtension<Shared, SharedProvider>());
        Assert.Same(first, Sys.GetExtension<Shared>());
        Assert.Same(first, new SharedProvider().Apply(Sys));
        Assert.Equal(Sys.Name, first.SystemName);
    }

    [Fact]
    public async Task Many_threads_get_the_same_one()
    {
        var all = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(() => Sys.WithExtension<Shared, SharedProvider>())));

        Assert.Single(all.Distinct());
    }

    [Fact]
    public void Configured_ones_are_there_from_the_start()
    {
        Assert.True(Sys.HasExtension<Configured>());
        Assert.False(Sys.HasExtension<Shared>());
    }
}
