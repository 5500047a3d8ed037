using System.Runtime.InteropServices;
using System.Xml.Linq;

namespace LocalRecall.Build;

internal static class Verbs
{
    // One configuration for every verb, so that nothing is built twice.
    private const string Configuration = "Release";

    private static readonly (string Suite, string Project)[] Suites =
    [
        ("unit", "LocalRecall.Tests"),
        ("conformance", "LocalRecall.Conformance"),
        ("process", "LocalRecall.ProcessTests"),
    ];

    private const string ClientsSuite = "clients";

    /// <summary>Runs the named suites, all of them without a name. Ends with the line <c>N passed, N failed, N skipped</c>.</summary>
    public static async Task<int> TestAsync(string[] suites, string[] properties)
    {
        string[] known = [.. Suites.Select(suite => suite.Suite), ClientsSuite];
        if (suites.Except(known).FirstOrDefault() is { } unknown)
            throw new BuildException($"There is no suite {unknown}: it is {string.Join(", ", known)}.");
        var wanted = Suites.Where(suite => suites is [] || suites.Contains(suite.Suite)).ToArray();

        await Prepare.RunAsync(properties);
        if (suites is [])
            await Tools.DotnetAsync(["build", "LocalRecall.sln", "-c", Configuration, "--nologo", "-v", "q", .. properties]);

        var (passed, failed, skipped) = (0, 0, 0);
        foreach (var (suite, project) in wanted)
        {
            Console.WriteLine($"{suite}:");
            var results = Tools.InRoot("artifacts", "test-results", suite);
            if (Directory.Exists(results))
                Directory.Delete(results, recursive: true);
            var code = await Tools.TryDotnetAsync(
                ["test", $"tests/{project}", "-c", Configuration, "--nologo", "-v", "q", "--logger", "trx", "--results-directory", results, .. suites is [] ? (string[])["--no-build"] : [], .. properties]);

            var reports = Directory.Exists(results) ? Directory.GetFiles(results, "*.trx").Select(file => XDocument.Load(file)).ToArray() : [];
            var counters = reports.SelectMany(report => All(report, "Counters")).ToArray();
            foreach (var test in reports.SelectMany(report => All(report, "UnitTestResult")).Where(test => (string?)test.Attribute("outcome") == "Failed"))
                Console.WriteLine($"\nfailed: {(string?)test.Attribute("testName")}\n{string.Join('\n', All(test, "ErrorInfo").Select(error => error.Value.Trim()))}\n");
            var failedHere = Sum("failed");
            passed += Sum("passed");
            skipped += Sum("total") - Sum("executed");
            if (Sum("total") == 0 || (code != 0 && failedHere == 0))
            {
                Console.WriteLine($"{project} {(code == 0 ? "ran no test" : $"did not finish (exit code {code})")}: counted as one failure.");
                failedHere++;
            }
            failed += failedHere;

            static IEnumerable<XElement> All(XContainer within, string name) => within.Descendants().Where(element => element.Name.LocalName == name);

            int Sum(string name) => counters.Sum(counter => (int)counter.Attribute(name)!);
        }
        if (suites is [] || suites.Contains(ClientsSuite))
        {
            Console.WriteLine($"{ClientsSuite}:");
            var clients = await Clients.RunAsync(properties);
            passed += clients.Passed;
            failed += clients.Failed;
            skipped += clients.Skipped;
        }
        Console.WriteLine();
        Console.WriteLine($"{passed} passed, {failed} failed, {skipped} skipped");
        return failed == 0 ? 0 : 2;
    }

    public static async Task<int> BenchAsync(string[] names, string[] properties)
    {
        await Prepare.RunAsync(properties);
        if (!names.Any(name => name is "--help" or "-h"))
        {
            await Programs.PublishAsync(properties, nativeOnly: true);
            await Programs.PublishSessionAsync(properties);
        }

        await Tools.DotnetAsync(["run", "--project", "tests/LocalRecall.Benchmarks", "-c", Configuration, .. properties, "--", .. names]);
        return 0;
    }

    /// <returns>The program's own exit code: 3 for a message on stderr, 130 if it was stopped.</returns>
    public static async Task<int> EvalAsync(string[] choices, string[] properties)
    {
        await Prepare.RunAsync(properties);
        if (!choices.Any(choice => choice is "--help" or "-h"))
            await Programs.PublishAsync(properties, nativeOnly: false);

        // Both get the signal: it is the program that stops its host, and this one waits for it.
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => signal.Cancel = true);
        return await Tools.TryDotnetAsync(["run", "--project", "tests/LocalRecall.Evaluation", "-c", Configuration, .. properties, "--", .. choices]);
    }

    public static async Task<int> PublishAsync(string[] properties)
    {
        await Prepare.RunAsync(properties);
        await Programs.ReleaseAsync(properties);
        Console.WriteLine($"recall, localrecall-host, the model and all of .NET that they need: {Programs.ReleaseFolder}");
        Console.WriteLine($"The .NET tool: dotnet tool install -g {Package.Id} --source {Package.Folder}");
        return 0;
    }
}
