using LocalRecall.Benchmarks;
using LocalRecall.Benchmarks.Alternatives;
using LocalRecall.Benchmarks.Hooks;
using LocalRecall.Benchmarks.Load;
using LocalRecall.Benchmarks.Peers;
using LocalRecall.Infrastructure.Onnx;

// What is measured is the standard model, here and in every host that is started.
Environment.SetEnvironmentVariable("LOCALRECALL_CHECK_FORMS", "off");

const string Help = """
    ./build.sh bench [PART…] [--corpus FOLDER] [--quick]

      embed     our pipeline's tokens a second against a bare ONNX Runtime loop
      scan      the vector scan against what one core can read of memory; the file of vectors, the index's and a host's start
      search    whole searches over 1,000, 10,000 and 100,000 chunks
      process   one recall search process against node and against an ActorSystem
      hooks     a prompt hook and an MCP session, from their start to their answer, against node and an ActorSystem
      memory    the host's memory: idle, model loaded, after an import, with 100,000 chunks
      idle      the host's processor time when nobody asks anything
      import    a folder into a real host
      bulk      many small files, all of them touched, all changed, and a large file, with a client that searches meanwhile
      load      fifty clients, ten sessions and an import at once; the same on what could stand in the host's place
      peers     the same work by neighbours from npm (fetched into artifacts/peers); only when named

      --corpus FOLDER  memories or documents to work on; else samples/memories
      --quick          less of everything, for trying out
      --chunks 1000000 (50000)  of scan
      --files 10000 (500)       of bulk: small ones
      --large-kb 2048 (128)     of bulk: the large one

    Sizes of load, each with a whole number (what it is without the option, and with --quick):
      --sessions 10 (10)       processes that stay and ask about once a second each
      --rate 10 (10)           recall processes that start each second
      --seconds 40 (10)        of each phase with queries alone
      --memories 2000 (300)    of each import
      --rounds 2 (1)           of queries alone, import alone, all together
      --clients 50 (20)        side by side: short-lived processes
      --client-seconds 10 (4)  side by side: in which they start
      --bulk 400 (100)         side by side: memories that are embedded meanwhile
      --turns 2 (1)            side by side: of all designs
      --patience 30 (30)       side by side: an answer that takes more seconds has failed

    Without a name, all parts but peers. Prints a table and leaves it as JSON in artifacts/bench/.
    """;

if (args is [ActorSystemClient.Option, var home, var query])
    return await ActorSystemClient.RunAsync(home, query);

if (args is [Alternative.Option, var design, var folder, .. var role])
{
    try
    {
        return await AlternativeProcess.RunAsync(design, folder, role);
    }
    finally
    {
        OnnxRuntimeProcess.Shutdown();
    }
}

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
    ("hooks", HooksPart.RunAsync),
    ("memory", MemoryPart.RunAsync),
    ("idle", IdlePart.RunAsync),
    ("import", ImportPart.RunAsync),
    ("bulk", BulkPart.RunAsync),
    ("load", LoadPart.RunAsync),
    (PeersPart.Name, PeersPart.RunAsync),
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
