using System.Numerics.Tensors;

namespace LocalRecall.Core.Embedding;

/// <summary>What came of trying a model and another form of it on this machine, by turns.</summary>
/// <param name="SourceId">The model that the form was made from.</param>
/// <param name="SourceMs">Median time of a text with it.</param>
/// <param name="FormMs">The same with the form.</param>
/// <param name="Speedup">How many times as long a text took with the source: the median.</param>
/// <param name="Agreement">Spearman's rank correlation of both models' cosines, over all pairs of the texts.</param>
public sealed record FormCheck(string SourceId, string FormId, double SourceMs, double FormMs, double Speedup, double Agreement, int Pairs)
{
    public const double MinSpeedup = 1.25;

    /// <summary>Arithmetic that overflows, as a kernel's that is wrong for this processor, ranks otherwise.</summary>
    public const double MinAgreement = 0.97;

    public bool IsFaster => Speedup >= MinSpeedup;

    public bool Agrees => Agreement >= MinAgreement;

    /// <summary>What is embedded: of several lengths, code among them.</summary>
    public static IReadOnlyList<string> Texts { get; } =
    [
        "How can I reset my password?",
        "Steps to change a forgotten password",
        "The ship left the harbour at dawn",
        "We keep the session token in the endpoint file and delete it when the host ends.",
        "Rotate the API key every ninety days",
        "The build fails because the lock file names another version of the package.",
        "NullReferenceException in OrderService.CalculateTotal when the basket is empty",
        "public static int Add(int left, int right) => left + right;",
        "SELECT name, count(*) FROM orders GROUP BY name HAVING count(*) > 3",
        "git rebase --onto main feature~3 feature",
        "Use WAL mode so that readers are not held up by the writer",
        "The database is locked while the migration runs",
        "Unit tests must not sleep; they wait for the event that they expect.",
        "A flaky test was caused by a timer of the system clock",
        "Prefer composition to inheritance",
        "In the meeting on Tuesday we agreed to move the release to the end of May, because the import of large folders is still too slow on Windows.",
        "The import of ten thousand small files takes two minutes; most of it is spent on opening and closing them, so that the files are now read by four workers and written in one transaction.",
        "My sister's cat sleeps on the warm router all day.",
        "The recipe wants two eggs, a cup of flour and a pinch of salt.",
        "It will rain in the mountains tomorrow, and the path to the hut is closed.",
        "Docker image size went from 1.2 GB to 180 MB after switching to a distroless base",
        "Kubernetes restarts the pod when the liveness probe fails three times",
        "La reunión se aplazó hasta el lunes",
        "The user prefers answers without emoji and with the file's path at the first mention.",
    ];

    /// <param name="sourceMs">Of the same texts, in the same order, as the form's.</param>
    /// <param name="sourceVectors">Unit vectors of <see cref="Texts"/>.</param>
    public static FormCheck Of(
        string sourceId, string formId, IReadOnlyList<double> sourceMs, IReadOnlyList<double> formMs,
        IReadOnlyList<float[]> sourceVectors, IReadOnlyList<float[]> formVectors)
    {
        double[] source = Cosines(sourceVectors), form = Cosines(formVectors);
        double[] ratios = [.. sourceMs.Zip(formMs, (slow, quick) => quick > 0 ? slow / quick : 1)];
        return new FormCheck(sourceId, formId, Median(sourceMs), Median(formMs), Median(ratios), Correlation(Ranks(source), Ranks(form)), source.Length);
    }

    private static double[] Cosines(IReadOnlyList<float[]> vectors) =>
        [.. from a in Enumerable.Range(0, vectors.Count) from b in Enumerable.Range(0, a) select (double)TensorPrimitives.Dot<float>(vectors[a], vectors[b])];

    private static double Median(IReadOnlyList<double> values) => values.Order().ElementAt(values.Count / 2);

    private static double[] Ranks(double[] values)
    {
        int[] order = [.. Enumerable.Range(0, values.Length).OrderBy(i => values[i])];
        double[] ranks = new double[values.Length];
        for (int rank = 0; rank < order.Length; rank++)
        {
            ranks[order[rank]] = rank;
        }

        return ranks;
    }

    private static double Correlation(double[] a, double[] b)
    {
        double middle = (a.Length - 1) / 2.0;
        return a.Zip(b, (x, y) => (x - middle) * (y - middle)).Sum() / a.Sum(x => (x - middle) * (x - middle));
    }
}
