using LocalRecall.Core.Redaction;

namespace LocalRecall.Core.Transcripts;

/// <summary>What of an agent's or a person's words may be stored.</summary>
internal static class TranscriptText
{
    /// <summary>UTF-16 units of one part of a memory.</summary>
    public const int MaxLength = 64 * 1024;

    /// <summary>Nobody reads on after so much.</summary>
    private const int MaxLooked = 16 * MaxLength;

    /// <summary>Empty: nothing of it may be kept.</summary>
    public static string Clean(string text)
    {
        if (text.Length > MaxLooked) text = text[..SafeLength(text, MaxLooked)];
        text = Redactor.Clean(text).Kept.Trim(); // before it is cut: half a secret is not known for one
        if (text.Length <= MaxLength) return text;
        int length = SafeLength(text, MaxLength);
        return $"{text[..length]}\n\n[{text.Length - length} more characters were not kept]";
    }

    private static int SafeLength(string text, int length) => char.IsHighSurrogate(text[length - 1]) ? length - 1 : length;
}
