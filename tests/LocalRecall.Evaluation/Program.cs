using System.Runtime.InteropServices;
using LocalRecall.Benchmarks;
using LocalRecall.Client;
using LocalRecall.Evaluation;
using LocalRecall.Evaluation.Sets;

// What is measured is the standard model: no host chooses another form by itself.
Environment.SetEnvironmentVariable("LOCALRECALL_CHECK_FORMS", "off");

string help = $"""
    ./build.sh eval --data FOLDER [options]

    Measures how well LocalRecall finds what fits: each data set in FOLDER is imported into a host of its own and searched with other
    settings row by row. docs/evaluation.md defines the numbers. Prints tables, and leaves them as JSON in artifacts/eval/.

      --only NAME,…      sets by name or kind: locomo, cranfield, sts, beir
      --rows NAME,…      of {string.Join(", ", Rows.All.Select(row => row.Name))}
      --limit N          so many questions or pairs of each set at most, evenly spread
      --set KEY=VALUE    a setting of host.conf for every row, such as localrecall.ranking.keyword-weight=0.4
      --json FILE        the JSON file
      --markdown         print tables for a Markdown file
      --keep             leave the homes in artifacts/eval/ and take them from there the next time. For trying out settings: what an older
                         program put into an index stays as it is

    {SetFinder.Understood}
    """;

if (args.Contains("--help") || args.Contains("-h"))
{
    Console.WriteLine(help);
    return 0;
}

Console.OutputEncoding = System.Text.Encoding.UTF8;
using var stop = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
try
{
    EvalOptions options = EvalOptions.Parse(args);
    var report = new Report(options);
    foreach (EvalSet set in SetFinder.Find(options.Data, options.Only, file => Console.Error.WriteLine($"Passed over, as it is no data set: {file}")))
    {
        report.Add(set switch
        {
            RetrievalSet retrieval => await new RetrievalRun(retrieval.Limit(options.Limit), options).RunAsync(stop.Token),
            PairSet pairs => await new PairRun(pairs.Limit(options.Limit), options).RunAsync(stop.Token),
            _ => throw new InvalidOperationException($"There is no run for a {set.GetType().Name}."),
        });
    }

    report.Print(Console.Out);
    Console.Error.WriteLine($"\n{report.Save()}");
    return 0;
}
catch (Exception) when (stop.IsCancellationRequested)
{
    Console.Error.WriteLine("Stopped; the host has ended.");
    return 130;
}
catch (Exception e) when (e is EvalException or BenchException or RecallException or IOException or UnauthorizedAccessException)
{
    Console.Error.WriteLine(e.Message);
    return 3;
}

void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    stop.Cancel();
}
