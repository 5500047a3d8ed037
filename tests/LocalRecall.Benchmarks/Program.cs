using LocalRecall.Benchmarks;
using LocalRecall.Infrastructure.Onnx;

const string Help = """
    ./build.sh bench [PART…] [--texts FOLDER] [--quick]

      embed     our pipeline's tokens a second against a bare ONNX Runtime loop
      scan      the vector scan against what one core can read of memory
      search    whole searches over 1,000, 10,000 and 100,000 chunks
      process   one recall search process against node and against an ActorSystem
      memory    the host's memory: idle, model loaded, after an import, with 100,000 chunks
      idle      the host's processor time when nobody asks anything
      import    a folder into a real host

      --texts FOLDER   memories or documents to work on; else samples/memories
      --quick          less of everything, for trying out

    Without a name, all parts. Prints a table and leaves it as JSON in artifacts/bench/.
    """;

if (args is [ActorSystemClient.Option, var home, var query])
    return await ActorSystemClient.RunAsync(home, query);

if (args.Contains("--help") || args.Contains("-h"))
{
    Console.WriteLine(Help);
    return 0;
}

(string Name, Func<Bench, Task> Run)[] parts =
[
    ("embed", EmbedPart.RunAsync),
    ("scan", ScanPart.RunAsync),
    ("search", SearchPart.RunAsync),
    ("process", ProcessPart.RunAsync),
    ("memory", MemoryPart.RunAsync),
    ("idle", IdlePart.RunAsync),
    ("import", ImportPart.RunAsync),
];

Console.OutputEncoding = System.Text.Encoding.UTF8;
try
{
    BenchOptions options = BenchOptions.Parse(args, [.. parts.Select(part => part.Name)]);
    using var bench = new Bench(options);
    foreach ((string name, Func<Bench, Task> run) in parts.Where(part => options.Parts.Contains(part.Name)))
    {
        bench.Begin(name);
        await run(bench);
    }

    bench.Report.Print(Console.Out);
    Console.WriteLine($"\n{bench.Report.Save(BenchPaths.Results)}");
    return 0;
}
catch (BenchException e)
{
    Console.Error.WriteLine(e.Message);
    return 3;
}
finally
{
    OnnxRuntimeProcess.Shutdown();
}
