namespace LocalRecall.Core.Redaction;

/// <summary>Whether somebody wrote a word or a machine drew it.</summary>
internal static class Randomness
{
    private const int LeastPiece = 8;

    /// <summary>Somewhere eight letters and digits in a row hold both, and enough different ones. Names such as <c>sk-container-id-1</c> and masks don't.</summary>
    public static bool IsMixed(ReadOnlySpan<char> word)
    {
        int length = 0, digits = 0;
        ulong low = 0, high = 0;
        for (int i = 0; i <= word.Length; i++)
        {
            if (i < word.Length && char.IsAsciiLetterOrDigit(word[i]))
            {
                length++;
                if (char.IsAsciiDigit(word[i])) digits++;
                if (word[i] < 64) low |= 1UL << word[i];
                else high |= 1UL << (word[i] - 64);
                continue;
            }
            if (length >= LeastPiece && digits > 0 && digits < length && ulong.PopCount(low) + ulong.PopCount(high) >= 5) return true;
            (length, digits, low, high) = (0, 0, 0, 0);
        }
        return false;
    }

    /// <summary>A token that nobody made up: long, of small and capital letters and digits that change often. Hashes in hex, UUIDs, paths and names in code are not.</summary>
    public static bool IsDrawn(ReadOnlySpan<char> word)
    {
        int letters = 0, digits = 0, upper = 0, changes = 0, slashes = 0, before = -1;
        foreach (char c in word)
        {
            int kind = char.IsAsciiLetterLower(c) ? 0 : char.IsAsciiLetterUpper(c) ? 1 : char.IsAsciiDigit(c) ? 2 : -1;
            if (c == '.') return false; // members, file names
            if (c == '/') slashes++;
            if (kind < 0) continue;
            if (kind == 2) digits++;
            else letters++;
            if (kind == 1) upper++;
            if (before >= 0 && kind != before) changes++;
            before = kind;
        }
        int all = letters + digits;
        return all >= 16 && digits >= 2 && digits * 16 >= all && upper >= 2 && upper < letters - 1
            && changes * 100 >= (all - 1) * 42 && slashes * 10 <= all;
    }
}
