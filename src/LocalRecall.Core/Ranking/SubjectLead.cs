namespace LocalRecall.Core.Ranking;

/// <summary>
/// Whether what is told is told of whom, or what, the query asks about. "What did Ann cook in May" where many memories have Ann or Ben in the
/// subject: if the one about cooking in May is Ben's, it is no answer, however similar it is.
/// </summary>
public static class SubjectLead
{
    /// <summary>From this share of the candidates on, a term in their subjects says whom the memories are about, not what they tell.</summary>
    private const double CommonSubject = 0.1;

    /// <summary>What it counts that a chunk mentions somewhere what its subject does not.</summary>
    private const double Mentioned = 0.3;

    /// <param name="candidates">Each chunk's subject, and the terms that it holds.</param>
    /// <returns>How much more of the query's other terms the best chunk about the query's subject holds than the best about another, -1 to 1; 0 if the query names none of the usual subjects, or nothing else.</returns>
    public static double Of(IReadOnlyList<(string Subject, IReadOnlyList<string> Terms)> candidates, TermWeights weights)
    {
        List<(HashSet<string> Subject, IReadOnlyList<string> Terms)> chunks = [.. candidates.Select(c => (KeywordText.Words(c.Subject), c.Terms))];
        string[] subjects = [.. weights.Terms.Where(term => chunks.Count(chunk => chunk.Subject.Contains(term)) is > 0 and var held && held >= CommonSubject * chunks.Count)];
        string[] others = [.. weights.Terms.Except(subjects)];
        double subjectSum = subjects.Sum(term => weights[term]), otherSum = others.Sum(term => weights[term]);
        if (subjectSum <= 0 || otherSum <= 0) return 0;

        double about = 0, beside = 0;
        foreach ((HashSet<string> subject, IReadOnlyList<string> terms) in chunks)
        {
            double told = others.Sum(term => terms.Contains(term) ? weights[term] : 0) / otherSum;
            double ofIt = subjects.Sum(term => weights[term] * (subject.Contains(term) ? 1 : terms.Contains(term) ? Mentioned : 0)) / subjectSum;
            about = Math.Max(about, told * ofIt);
            beside = Math.Max(beside, told * (1 - ofIt));
        }
        return about - beside;
    }
}
