using LocalRecall.Evaluation.Sets;

namespace LocalRecall.Evaluation;

/// <summary>What anyone has without an index: texts with the most different words of the question first, equal ones in the set's order.</summary>
internal static class GrepRow
{
    /// <returns>Ids for each question.</returns>
    public static IReadOnlyList<IReadOnlyList<string>> Run(RetrievalSet set, int depth)
    {
        var words = set.Collections.Select(collection => collection.Documents
            .Where(document => collection.Canonical[document.Id] == document.Id)
            .Select(document => (document.Id, Words: WordsOf($"{document.Subject} {document.Text}"))).ToArray()).ToArray();
        return
        [
            .. set.Questions.AsParallel().AsOrdered().Select(question =>
            {
                HashSet<string> asked = WordsOf(question.Text);
                return (IReadOnlyList<string>)
                [
                    .. words[question.Collection].Select(document => (document.Id, Count: asked.Count(document.Words.Contains)))
                        .Where(document => document.Count > 0)
                        .OrderByDescending(document => document.Count).Take(depth).Select(document => document.Id),
                ];
            }),
        ];
    }

    private static HashSet<string> WordsOf(string text) =>
    [
        .. new string([.. text.Select(c => char.IsLetterOrDigit(c) ? char.ToLowerInvariant(c) : ' ')]).Split(' ', StringSplitOptions.RemoveEmptyEntries),
    ];
}
