namespace Microsoft.ML.Tokenizers;

/// <summary>Changes text before it is split into words.</summary>
public abstract class Normalizer
{
    public abstract string Normalize(string original);

    public abstract string Normalize(ReadOnlySpan<char> original);
}

/// <summary>Splits normalised text into words, given as positions in it.</summary>
public abstract class PreTokenizer
{
    public abstract IEnumerable<(int Offset, int Length)> PreTokenize(string text);

    public abstract IEnumerable<(int Offset, int Length)> PreTokenize(ReadOnlySpan<char> text);
}

/// <summary>Text to token ids, in three steps: normalise, split into words, split words into tokens.</summary>
public abstract class Tokenizer
{
    public virtual PreTokenizer? PreTokenizer => null;

    public virtual Normalizer? Normalizer => null;

    public IReadOnlyList<int> EncodeToIds(string text, bool considerPreTokenization = true, bool considerNormalization = true)
    {
        ArgumentNullException.ThrowIfNull(text);
        List<int> ids = [];
        Encode(text, considerPreTokenization, considerNormalization, ids);
        return ids;
    }

    public IReadOnlyList<int> EncodeToIds(ReadOnlySpan<char> text, bool considerPreTokenization = true, bool considerNormalization = true) =>
        EncodeToIds(text.ToString(), considerPreTokenization, considerNormalization);

    public int CountTokens(string text, bool considerPreTokenization = true, bool considerNormalization = true)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Encode(text, considerPreTokenization, considerNormalization, null);
    }

    public int CountTokens(ReadOnlySpan<char> text, bool considerPreTokenization = true, bool considerNormalization = true) =>
        CountTokens(text.ToString(), considerPreTokenization, considerNormalization);

    /// <summary>Adds the ids of one word to <paramref name="ids"/>, if given, and returns how many they are.</summary>
    private protected abstract int EncodeWord(ReadOnlySpan<char> word, List<int>? ids);

    private int Encode(string text, bool split, bool normalise, List<int>? ids)
    {
        if (text.Length == 0)
            return 0;
        if (normalise && Normalizer is { } normalizer)
            text = normalizer.Normalize(text);
        if (!split || PreTokenizer is not { } preTokenizer)
            return EncodeWord(text, ids);
        var count = 0;
        foreach (var (offset, length) in preTokenizer.PreTokenize(text))
            count += EncodeWord(text.AsSpan(offset, length), ids);
        return count;
    }
}
