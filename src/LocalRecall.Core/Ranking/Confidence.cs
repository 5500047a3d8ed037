namespace LocalRecall.Core.Ranking;

/// <summary>What speaks for or against one memory, by its best chunk.</summary>
/// <param name="Cosine">Null: no vector of it, or of the query, is known.</param>
/// <param name="TermShare">The share of the query's terms that it holds, by weight (<see cref="TermWeights"/>); 0 to 1.</param>
/// <param name="NameShare">The same of the query's names alone.</param>
/// <param name="SubjectLead">Of the whole search: see <see cref="Ranking.SubjectLead"/>; -1 to 1.</param>
public sealed record Evidence(float? Cosine, double TermShare, double NameShare, double SubjectLead);

/// <summary>How much each piece of evidence says with one embedding model: a logistic model, fitted to questions with and without an answer. docs/abstention.md has the measurements.</summary>
/// <param name="Intercept">Without any evidence.</param>
/// <param name="Cosine">None of the weights is below 0: more evidence never makes less confidence.</param>
public sealed record Calibration(double Intercept, double Cosine, double Terms, double Names, double Subject)
{
    /// <summary>For a model that brings none: as measured with all-MiniLM-L6-v2. Where a model's cosines lie higher, too much is shown rather than too little.</summary>
    public static Calibration Default { get; } = new(Intercept: -6.2, Cosine: 5.7, Terms: 4.6, Names: 1.1, Subject: 1.9);
}

/// <summary>How likely a memory belongs to the question, if half of all questions had an answer.</summary>
public static class Confidence
{
    /// <summary>Between what hits that fit usually have and what others have: without a cosine, the words decide.</summary>
    private const double MiddlingCosine = 0.35;

    /// <summary>0 to 1, comparable between searches.</summary>
    public static double Of(Evidence evidence, Calibration calibration) => 1 / (1 + Math.Exp(-(
        calibration.Intercept
        + calibration.Cosine * (evidence.Cosine ?? MiddlingCosine)
        + calibration.Terms * evidence.TermShare
        + calibration.Names * evidence.NameShare
        + calibration.Subject * evidence.SubjectLead)));
}
