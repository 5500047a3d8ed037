using System.Globalization;
using LocalRecall.Contracts.Messages;

namespace LocalRecall.Cli.Output;

/// <summary>Shows how a change of models gets on.</summary>
internal sealed class ModelReport(TextWriter writer, bool isTerminal, TimeProvider time) : IProgress<ModelProgress>
{
    private readonly ProgressLine progress = new(writer, isTerminal, time);

    public void Report(ModelProgress value) => progress.Show(() => Line(value));

    public void Finish() => progress.Finish();

    internal static string Line(ModelProgress value) => value.Step switch
    {
        "wait" => "another change of models is under way; waiting for its end",
        "fetch" when value.Total > 0 => Invariant($"fetching the model: {value.Done >> 20} of {value.Total >> 20} MB"),
        "fetch" => "looking whether the model's files are there",
        "check" => "loading the model and trying it out",
        "embed" => Invariant($"{value.Done} of {value.Total} chunks embedded")
            + (value.PerSecond > 0 ? Invariant($", {value.PerSecond:0.0}/s, {Left((value.Total - value.Done) / value.PerSecond)} left") : ""),
        "switch" => "switching",
        var other => Clean.Line(other),
    };

    private static string Left(double seconds) => seconds switch
    {
        < 60 => Invariant($"{Math.Max(seconds, 0):0} s"),
        < 3600 => Invariant($"{seconds / 60:0} min"),
        _ => Invariant($"{seconds / 3600:0.0} h"),
    };

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
