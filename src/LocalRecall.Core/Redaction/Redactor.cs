using System.Text;
using LocalRecall.Core.Memories;

namespace LocalRecall.Core.Redaction;

/// <summary>What may be kept of a text.</summary>
/// <param name="Kinds">What was taken out, each once, in the order found: <c>github-token</c>, <c>private-key</c>, <c>password</c>, <c>private</c>…; empty: the text is as it was.</param>
public sealed record Redacted<T>(T Kept, IReadOnlyList<string> Kinds)
{
    public bool IsChanged => Kinds.Count > 0;
}

/// <summary>Takes secrets out of whatever is about to be stored. Pure; linear in the length of the text; to clean what is clean changes nothing.</summary>
public static class Redactor
{
    /// <summary>The kind of what stood in a <c>&lt;private&gt;</c> block.</summary>
    public const string PrivateKind = "private";

    private const int MaxPasses = 4;

    /// <summary>Private blocks are dropped, secrets replaced by <c>[redacted:KIND]</c>.</summary>
    public static Redacted<string> Clean(string text)
    {
        List<string> kinds = [];
        string kept = PrivateBlocks.Drop(text);
        if (!ReferenceEquals(kept, text) && kept != text) kinds.Add(PrivateKind);

        // What is taken out moves what stands around it together, which may show one more.
        for (int pass = 0; pass < MaxPasses && SecretFinder.Find(kept) is { Count: > 0 } secrets; pass++)
        {
            kept = Replace(kept, secrets);
            kinds.AddRange(secrets.Select(s => s.Kind));
        }
        return new Redacted<string>(kept, kinds.Count == 0 ? [] : [.. kinds.Distinct()]);
    }

    /// <summary>Subject, keywords, scope and body. A body of which nothing is left stays empty: then the memory is not worth keeping.</summary>
    public static Redacted<Memory> Clean(Memory memory)
    {
        List<string> kinds = [];
        string Clean(string text)
        {
            Redacted<string> cleaned = Redactor.Clean(text);
            kinds.AddRange(cleaned.Kinds);
            return cleaned.Kept;
        }

        string subject = Clean(memory.Subject);
        string[] keywords = [.. memory.Keywords.Select(Clean).Where(word => !string.IsNullOrWhiteSpace(word))];
        string scope = Clean(memory.AppliesTo.Text);
        string body = Clean(memory.Body);
        if (kinds.Count == 0) return new Redacted<Memory>(memory, []);
        if (subject != memory.Subject && string.IsNullOrWhiteSpace(subject)) subject = MemoryRules.ThinkingSubject(body);
        return new Redacted<Memory>(
            memory with { Subject = subject, Keywords = keywords, AppliesTo = AppliesTo.Parse(scope), Body = body }, [.. kinds.Distinct()]);
    }

    private static string Replace(string text, List<Secret> secrets)
    {
        var kept = new StringBuilder(text.Length);
        int from = 0;
        foreach (Secret secret in secrets)
        {
            kept.Append(text, from, secret.Start - from).Append(Secret.Mark).Append(secret.Kind).Append(']');
            from = secret.End;
        }
        return kept.Append(text, from, text.Length - from).ToString();
    }
}
