using System.Buffers;

namespace LocalRecall.Core.Redaction;

internal static class Charset
{
    private const string Letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    private const string Digits = "0123456789";

    public static readonly SearchValues<char> Alphanumeric = SearchValues.Create(Letters + Digits);
    public static readonly SearchValues<char> Upper = SearchValues.Create(Letters[26..] + Digits);
    public static readonly SearchValues<char> Hex = SearchValues.Create(Digits + "abcdef");
    public static readonly SearchValues<char> Base64 = SearchValues.Create(Letters + Digits + "+/=");
    public static readonly SearchValues<char> Base64Url = SearchValues.Create(Letters + Digits + "_-");
    public static readonly SearchValues<char> Dotted = SearchValues.Create(Letters + Digits + "_-.");
    public static readonly SearchValues<char> Bearer = SearchValues.Create(Letters + Digits + "_-.~+/=");
    public static readonly SearchValues<char> Header = SearchValues.Create(Letters + "-");
    public static readonly SearchValues<char> Identifier = SearchValues.Create(Letters + Digits + "_");

    /// <summary>How many characters from here on are of a set; not more than <paramref name="most"/> are looked at.</summary>
    public static int Run(string text, int from, SearchValues<char> set, int most = int.MaxValue)
    {
        ReadOnlySpan<char> rest = text.AsSpan(from, Math.Min(most, text.Length - from));
        int length = rest.IndexOfAnyExcept(set);
        return length < 0 ? rest.Length : length;
    }

    /// <summary>Whether a word can begin here: nothing of a word stands before, or only an escaped line break.</summary>
    public static bool IsWordStart(string text, int at) =>
        at == 0 || !IsWord(text[at - 1]) || (at > 1 && text[at - 2] == '\\' && text[at - 1] is 'n' or 't' or 'r');

    public static bool IsWord(char c) => char.IsAsciiLetterOrDigit(c) || c == '_';
}
