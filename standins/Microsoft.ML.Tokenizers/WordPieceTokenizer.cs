namespace Microsoft.ML.Tokenizers;

/// <summary>How <see cref="WordPieceTokenizer"/> works.</summary>
public class WordPieceOptions
{
    /// <summary>Without one, words are what white space separates.</summary>
    public PreTokenizer? PreTokenizer { get; set; }

    public Normalizer? Normalizer { get; set; }

    public string UnknownToken { get; set; } = "[UNK]";

    /// <summary>Begins the vocabulary's tokens that continue a word.</summary>
    public string ContinuingSubwordPrefix { get; set; } = "##";

    /// <summary>A longer word, in UTF-16 units, is the unknown token.</summary>
    public int MaxInputCharsPerWord { get; set; } = 100;
}

/// <summary>Splits words greedily into the longest tokens of a vocabulary; a word that has none is the unknown token.</summary>
public class WordPieceTokenizer : Tokenizer
{
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _first;
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _continuing;

    private WordPieceTokenizer(Stream vocabulary, WordPieceOptions options)
    {
        Dictionary<string, int> first = [], continuing = [];
        using var reader = new StreamReader(vocabulary, leaveOpen: true);
        for (var id = 0; reader.ReadLine() is { } token; id++)
        {
            if (token.Length == 0)
                continue;
            first.Add(token, id);
            if (token.StartsWith(options.ContinuingSubwordPrefix, StringComparison.Ordinal))
                continuing.Add(token[options.ContinuingSubwordPrefix.Length..], id);
        }
        _first = first.GetAlternateLookup<ReadOnlySpan<char>>();
        _continuing = continuing.GetAlternateLookup<ReadOnlySpan<char>>();
        PreTokenizer = options.PreTokenizer ?? new WhiteSpacePreTokenizer();
        Normalizer = options.Normalizer;
        UnknownToken = options.UnknownToken;
        UnknownTokenId = first.TryGetValue(UnknownToken, out var unknown)
            ? unknown
            : throw new ArgumentException($"The unknown token '{UnknownToken}' is not in the vocabulary.");
        ContinuingSubwordPrefix = options.ContinuingSubwordPrefix;
        MaxInputCharsPerWord = options.MaxInputCharsPerWord > 0
            ? options.MaxInputCharsPerWord
            : throw new ArgumentOutOfRangeException(nameof(options), "The maximum number of characters per word must be greater than zero.");
    }

    public override PreTokenizer? PreTokenizer { get; }

    public override Normalizer? Normalizer { get; }

    public string UnknownToken { get; }

    public int UnknownTokenId { get; }

    public string ContinuingSubwordPrefix { get; }

    public int MaxInputCharsPerWord { get; }

    /// <summary>Reads a vocabulary, one token a line; a token's id is its line number from 0.</summary>
    public static WordPieceTokenizer Create(string vocabFilePath, WordPieceOptions? options = null)
    {
        using var file = File.OpenRead(vocabFilePath);
        return Create(file, options);
    }

    /// <inheritdoc cref="Create(string, WordPieceOptions?)"/>
    public static WordPieceTokenizer Create(Stream vocabStream, WordPieceOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(vocabStream);
        return new WordPieceTokenizer(vocabStream, options ?? new WordPieceOptions());
    }

    private protected override int EncodeWord(ReadOnlySpan<char> word, List<int>? ids)
    {
        if (word.Length > MaxInputCharsPerWord)
        {
            ids?.Add(UnknownTokenId);
            return 1;
        }
        var count = 0;
        var vocabulary = _first;
        while (!word.IsEmpty)
        {
            var length = word.Length;
            int id;
            while (!vocabulary.TryGetValue(word[..length], out id))
            {
                if (--length == 0)
                {
                    ids?.RemoveRange(ids.Count - count, count);
                    ids?.Add(UnknownTokenId);
                    return 1;
                }
            }
            ids?.Add(id);
            count++;
            word = word[length..];
            vocabulary = _continuing;
        }
        return count;
    }

    private sealed class WhiteSpacePreTokenizer : PreTokenizer
    {
        public override IEnumerable<(int Offset, int Length)> PreTokenize(string text)
        {
            for (var i = 0; i < text.Length; i++)
            {
                var start = i;
                while (i < text.Length && !char.IsWhiteSpace(text[i]))
                    i++;
                if (i > start)
                    yield return (start, i - start);
            }
        }

        public override IEnumerable<(int Offset, int Length)> PreTokenize(ReadOnlySpan<char> text) => PreTokenize(text.ToString());
    }
}
