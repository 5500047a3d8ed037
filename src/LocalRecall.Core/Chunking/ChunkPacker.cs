using LocalRecall.Core.Formats;
using LocalRecall.Core.Ports;

namespace LocalRecall.Core.Chunking;

/// <param name="End">Exclusive.</param>
/// <param name="FreshStart">Where the text begins that the chunk before doesn't have.</param>
internal readonly record struct ChunkSpan(int Start, int FreshStart, int End, string HeadingPath, int Tokens);

/// <summary>One pass over a text: words go into a window, which is cut at the best place whenever it is full. Time is linear in the text, memory in the window.</summary>
internal sealed class ChunkPacker(string text, ITokenizer tokenizer, Func<string, int> budgetUnder, int overlapTokens)
{
    /// <summary>How good a place for a cut is, best last.</summary>
    private enum Break : byte { Inside, Word, Line, Sentence, Item, Block, Section }

    /// <param name="Cost">Tokens, but at least a sixteenth of the characters, so that no text makes a chunk without end.</param>
    private readonly record struct Word(int Start, int End, int Tokens, int Cost, Break Before, string[] Path);

    private const int CharsPerCost = 16;
    private const int LongRun = 32;
    private const int LongLetterRun = 100;
    private const int CacheLimit = 65_536;

    private readonly List<ChunkSpan> _chunks = [];
    private readonly List<Word> _window = [];
    private readonly Dictionary<string, int> _counts = new(StringComparer.Ordinal);
    private readonly List<(int Level, string Text)> _headings = [];
    private string[] _path = [];
    private int _repeated;
    private int _cost;
    private int _budget;
    private int _lastEnd;

    public IReadOnlyList<ChunkSpan> Pack()
    {
        _budget = budgetUnder("");
        string fence = "";
        Break before = Break.Section;
        for (int at = 0; at < text.Length;)
        {
            int end = text.IndexOf('\n', at);
            int next = end < 0 ? text.Length : end + 1;
            ReadOnlySpan<char> line = text.AsSpan(at, next - at).TrimEnd();
            if (line.IsWhiteSpace())
            {
                before = Max(before, Break.Block);
                at = next;
                continue;
            }

            if (fence.Length > 0)
            {
                if (MarkdownLine.ClosesFence(line, fence)) fence = "";
                AddLine(at, at + line.Length, Max(before, Break.Line));
                before = fence.Length == 0 ? Break.Block : Break.Inside;
            }
            else if (MarkdownLine.HeadingLevel(line) is > 0 and var level)
            {
                BeginSection(level, MarkdownLine.HeadingText(line));
                AddLine(at, at + line.Length, Break.Section);
                // Nothing is cut off right behind its heading.
                before = Break.Inside;
                at = SkipBlankLines(next);
                continue;
            }
            else if (MarkdownLine.FenceOf(line) is { Length: > 0 } opening)
            {
                if (TryAddCodeBlock(at, next, opening, Max(before, Break.Block), out int afterBlock)) next = afterBlock;
                else
                {
                    fence = opening.ToString();
                    AddLine(at, at + line.Length, Max(before, Break.Block));
                }
                before = fence.Length == 0 ? Break.Block : Break.Inside;
            }
            else
            {
                AddLine(at, at + line.Length, Max(before, MarkdownLine.IsListItem(line) ? Break.Item : EndsSentence() ? Break.Sentence : Break.Line));
                before = Break.Inside;
            }
            at = next;
        }
        Flush();
        return _chunks;
    }

    private static Break Max(Break a, Break b) => a > b ? a : b;

    private int SkipBlankLines(int at)
    {
        while (at < text.Length)
        {
            int end = text.IndexOf('\n', at);
            int next = end < 0 ? text.Length : end + 1;
            if (!text.AsSpan(at, next - at).IsWhiteSpace()) break;
            at = next;
        }
        return at;
    }

    private void BeginSection(int level, string heading)
    {
        while (_headings.Count > 0 && _headings[^1].Level >= level) _headings.RemoveAt(_headings.Count - 1);
        if (heading.Length > 0) _headings.Add((level, heading));
        _path = [.. _headings.Select(h => h.Text)];

        // A section too small to stand alone shares its chunk with the next.
        if (_cost >= _budget / 4) Flush();
        int budget = budgetUnder(EmbeddingText.JoinPath(_path));
        _budget = _window.Count == 0 ? budget : Math.Min(_budget, budget);
    }

    private bool TryAddCodeBlock(int start, int afterOpening, ReadOnlySpan<char> fence, Break before, out int afterBlock)
    {
        int tokens = 0, end = start;
        for (int at = start; at < text.Length; at = afterBlock)
        {
            int lineEnd = text.IndexOf('\n', at);
            afterBlock = lineEnd < 0 ? text.Length : lineEnd + 1;
            ReadOnlySpan<char> line = text.AsSpan(at, afterBlock - at).TrimEnd();
            foreach (Range word in new WordRanges(line)) tokens += Count(line[word]);
            if (line.Length > 0) end = at + line.Length;
            if (Math.Max(tokens, (end - start) / CharsPerCost) > _budget) return Fail(out afterBlock);
            if (at >= afterOpening && MarkdownLine.ClosesFence(line, fence)) break;
        }
        afterBlock = Math.Min(text.Length, Math.Max(end, NextLine(end)));
        Add(new Word(start, end, tokens, CostOf(tokens, start, end), before, _path));
        return true;

        static bool Fail(out int after)
        {
            after = 0;
            return false;
        }
    }

    private int NextLine(int at)
    {
        int end = text.IndexOf('\n', at);
        return end < 0 ? text.Length : end + 1;
    }

    private bool EndsSentence() => _lastEnd > 0 && IsSentenceEnd(text.AsSpan(0, _lastEnd));

    private static bool IsSentenceEnd(ReadOnlySpan<char> before)
    {
        ReadOnlySpan<char> end = before[Math.Max(0, before.Length - 4)..].TrimEnd("\"')]*_`”’");
        return !end.IsEmpty && end[^1] is '.' or '!' or '?' or ':' or ';' or '。' or '！' or '？';
    }

    private void AddLine(int start, int end, Break before)
    {
        foreach (Range range in new WordRanges(text.AsSpan(start, end - start)))
        {
            int from = start + range.Start.Value, to = start + range.End.Value;
            AddRun(from, to, before);
            before = IsSentenceEnd(text.AsSpan(from, to - from)) ? Break.Sentence : Break.Word;
        }
    }

    /// <summary>Text without white space. A long one is cut where tokenizers cut anyway, at signs and at characters that are words; letters only past the length at which they count as one unknown word.</summary>
    private void AddRun(int start, int end, Break before)
    {
        if (end - start <= LongRun)
        {
            AddPiece(start, end, before);
            return;
        }
        int letters = 0;
        for (int from = start, at = start; at < end;)
        {
            int width = char.IsHighSurrogate(text[at]) && at + 1 < end ? 2 : 1;
            bool letter = width == 1 && char.IsLetterOrDigit(text[at]) && text[at] < '\u0E00';
            letters = letter ? letters + 1 : 0;
            at += width;
            bool sentence = text[at - 1] is '。' or '！' or '？';
            if (at < end && !sentence && !(at - from >= LongRun / 2 && !letter) && letters < LongLetterRun) continue;
            AddPiece(from, at, before);
            (from, before, letters) = (at, sentence ? Break.Sentence : Break.Inside, 0);
        }
    }

    private void AddPiece(int start, int end, Break before)
    {
        int tokens = Count(text.AsSpan(start, end - start));
        int cost = CostOf(tokens, Math.Min(start, _lastEnd), end);
        int middle = start + (end - start) / 2;
        if (char.IsLowSurrogate(text[middle])) middle--;
        if (cost > _budget && middle > start)
        {
            AddPiece(start, middle, before);
            AddPiece(middle, end, Break.Inside);
            return;
        }
        Add(new Word(start, end, tokens, Math.Min(cost, _budget), before, _path));
    }

    private static int CostOf(int tokens, int start, int end) => Math.Max(tokens, (end - start) / CharsPerCost);

    private int Count(ReadOnlySpan<char> word)
    {
        if (word.Length > LongRun) return tokenizer.CountTokens(word);
        var cache = _counts.GetAlternateLookup<ReadOnlySpan<char>>();
        if (cache.TryGetValue(word, out int count)) return count;
        count = tokenizer.CountTokens(word);
        if (_counts.Count < CacheLimit) cache[word] = count;
        return count;
    }

    private void Add(Word word)
    {
        while (_window.Count > 0 && _cost + word.Cost > _budget) Cut(word);
        _window.Add(word);
        _cost += word.Cost;
        _lastEnd = word.End;
    }

    /// <summary>Makes room for a word: the better part of the window becomes a chunk, what follows the cut stays, with some of what came before it.</summary>
    private void Cut(Word next)
    {
        Break BreakAt(int i) => i == _window.Count ? next.Before : _window[i].Before;

        int cut = -1, cost = 0;
        for (int i = 1; i <= _window.Count; i++)
        {
            cost += _window[i - 1].Cost;
            if (i <= _repeated || (cost * 2 < _cost && i < _window.Count)) continue;
            if (cut < 0 || BreakAt(i) >= BreakAt(cut)) cut = i;
        }
        if (cut < 0) cut = _window.Count;
        if (cut > _repeated) Emit(cut);

        int rest = next.Cost;
        for (int i = cut; i < _window.Count; i++) rest += _window[i].Cost;
        int from = cut, bestFrom = cut, repeated = 0;
        while (BreakAt(cut) != Break.Section && from > 1)
        {
            repeated += _window[from - 1].Cost;
            if (repeated > overlapTokens || rest + repeated > _budget || _window[from - 1].Before == Break.Section) break;
            from--;
            if (_window[from].Before >= Break.Sentence || bestFrom == cut || _window[bestFrom].Before < Break.Sentence) bestFrom = from;
        }

        _repeated = cut - bestFrom;
        _window.RemoveRange(0, bestFrom);
        _cost = 0;
        foreach (Word word in _window) _cost += word.Cost;
    }

    private void Flush()
    {
        if (_window.Count > _repeated) Emit(_window.Count);
        _window.Clear();
        _repeated = _cost = 0;
    }

    private void Emit(int count)
    {
        int tokens = 0;
        for (int i = 0; i < count; i++) tokens += _window[i].Tokens;
        string[] path = _window[_repeated].Path;
        for (int i = _repeated + 1; i < count; i++)
            if (!ReferenceEquals(_window[i].Path, _window[i - 1].Path)) path = Shared(path, _window[i].Path);
        _chunks.Add(new ChunkSpan(_window[0].Start, _window[_repeated].Start, _window[count - 1].End, EmbeddingText.JoinPath(path), tokens));
    }

    /// <summary>The path of two sections in one chunk: the inner one's if it lies in the other, else what they have in common.</summary>
    private static string[] Shared(string[] a, string[] b)
    {
        int same = 0;
        while (same < a.Length && same < b.Length && a[same] == b[same]) same++;
        return same == a.Length ? b : a[..same];
    }

    /// <summary>What stands between white space.</summary>
    private ref struct WordRanges(ReadOnlySpan<char> line)
    {
        private readonly ReadOnlySpan<char> _line = line;
        private int _at;

        public Range Current { get; private set; }

        public readonly WordRanges GetEnumerator() => this;

        public bool MoveNext()
        {
            while (_at < _line.Length && char.IsWhiteSpace(_line[_at])) _at++;
            int start = _at;
            while (_at < _line.Length && !char.IsWhiteSpace(_line[_at])) _at++;
            Current = start.._at;
            return _at > start;
        }
    }
}
