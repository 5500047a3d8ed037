// The build script: `dotnet run build/build.cs -- VERB`, or ./build.sh VERB. Its other files lie beside it.
using LocalRecall.Build;

const string Help = """
    ./build.sh VERB [options]

      demo [FOLDER]      import a folder of memories (samples/memories) into a fresh host and search it
      test [SUITE…]      run the tests: unit, conformance, process, clients (left out without npm); without a name, all of them
      bench [NAME…]      run the benchmarks; bench --help lists them and their options
      eval --data FOLDER run the retrieval evaluations on the data sets there; eval --help says which, and more
      publish            leave recall and localrecall-host, which need no .NET, in artifacts/publish/, and the .NET tool in artifacts/package/
      prepare [--again]  ask the package feed what it has, fetch the pinned downloads; the others do this by themselves.
                         --again forgets what the feed answered before

    Every verb takes MSBuild properties, such as
      -p:StandIns=none   stand in for no package (all: for every one that can be; or ids joined by +)
      -p:AkkaVersion=…   -p:TokenizersVersion=…
    """;

// Exit codes: 2 for failed tests, 3 for a message on stderr; 1 is left to dotnet, which ends with it if this can't be built.
Console.OutputEncoding = System.Text.Encoding.UTF8;
var properties = args.Where(arg => arg.StartsWith("-p:", StringComparison.Ordinal)).ToArray();
var words = args.Where(arg => !arg.StartsWith("-p:", StringComparison.Ordinal)).ToArray(); // Except would drop what is said twice
try
{
    return words switch
    {
        ["bench", .. var names] => await Verbs.BenchAsync(names, properties),
        ["eval", .. var choices] => await Verbs.EvalAsync(choices, properties),
        [] or ["--help" or "-h" or "help", ..] or [_, .., "--help" or "-h"] => Show(Help),
        ["prepare"] => await Prepare.RunAsync(properties),
        ["prepare", "--again"] => await Prepare.RunAsync(properties, again: true),
        ["prepare", "--stamp", var stamp] => await Prepare.RunAsync(properties, stamp: stamp),
        ["demo"] => await Demo.RunAsync(null, properties),
        ["demo", var folder] => await Demo.RunAsync(folder, properties),
        ["test", .. var suites] => await Verbs.TestAsync(suites, properties),
        ["publish"] => await Verbs.PublishAsync(properties),
        _ => throw new BuildException($"Not understood: {string.Join(' ', words)}\n\n{Help}"),
    };
}
catch (BuildException e)
{
    Console.Error.WriteLine(e.Message);
    return 3;
}

static int Show(string text)
{
    Console.WriteLine(text);
    return 0;
}
