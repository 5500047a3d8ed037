using System.Text.RegularExpressions;
using LocalRecall.Core.Memories;

namespace LocalRecall.Core.Transcripts;

/// <summary>
/// Finds what is worth keeping in a transcript: exchanges (what somebody asked, and what the agent answered when it stopped) and thoughts
/// with what followed from them. What it finds depends on the file alone, so that whoever reads it again, from the beginning or from
/// <see cref="ResumeAt"/>, finds the same.
/// </summary>
public sealed partial class TranscriptReader
{
    private readonly TranscriptLineReader _lines = new();
    private readonly Dictionary<string, TranscriptTurn> _turns = new(StringComparer.Ordinal);
    private readonly HashSet<string> _ownTools = new(StringComparer.Ordinal);
    private readonly OrderedDictionary<MemoryId, Memory> _memories = [];
    private readonly HashSet<MemoryId> _written = [];
    private readonly Func<string, TranscriptPlace> _placeOf;
    private readonly Dictionary<string, TranscriptPlace> _places = new(StringComparer.Ordinal);
    private string? _cwd;
    private DateTimeOffset _at;
    private long _end;

    /// <param name="offsetBytes">Where the first line begins.</param>
    /// <param name="at">What time it is until a line says so.</param>
    /// <param name="placeOf">What is known of a folder.</param>
    public TranscriptReader(long offsetBytes, DateTimeOffset at, Func<string, TranscriptPlace> placeOf) =>
        (_end, _at, _placeOf) = (offsetBytes, at, placeOf);

    /// <summary>In the order found; none twice.</summary>
    public IReadOnlyCollection<Memory> Memories => _memories.Values;

    /// <summary>Memories that the agent itself had stored or changed.</summary>
    public IReadOnlyCollection<MemoryId> Written => _written;

    /// <summary>The last line began a turn of the session's own: whatever came before is done with.</summary>
    public bool IsAtTurn { get; private set; }

    /// <summary>From where the file must be read next time: where the last turn began, or behind the last whole line.</summary>
    public long ResumeAt => _turns.Count == 0 ? _end : _turns.Values.Min(turn => turn.OffsetBytes);

    public void Add(TranscriptLine line)
    {
        if (line.EndBytes is { } end) _end = end;
        IsAtTurn = false;
        if (_lines.Read(line.Bytes) is not { } entry) return;
        bool begins = entry.Kind is EntryKind.Prompt or EntryKind.Command;
        _cwd = entry.Cwd ?? (begins ? null : _cwd); // who reads on from a turn does not know what was before it
        _at = entry.At ?? _at;
        if (begins) BeginTurn(entry);
        TranscriptTurn turn = TurnOf(entry, line.OffsetBytes);
        turn.OptedOut |= Place.OptedOut;
        if (entry.At is { } at) turn.LastAt = at;
        switch (entry.Kind)
        {
            case EntryKind.Notice: turn.Wake(); break;
            case EntryKind.Agent: Take(entry, turn); break;
            case EntryKind.ToolResult: NoteWritten(entry); break;
        }
    }

    /// <summary>After the last line: the agent has stopped, once or several times.</summary>
    public void End(IEnumerable<TurnEnd> ends)
    {
        foreach (TurnEnd end in ends.OrderBy(end => end.At))
        {
            foreach (TranscriptTurn turn in _turns.Values.Where(turn => turn.LastAt <= end.At && turn.HasFinalMessage)) turn.Stop();
            TranscriptTurn? own = _turns.GetValueOrDefault("") ?? (_turns.Count == 1 ? _turns.Values.First() : null);
            if (own is not null && own.BeganAt <= end.At && end.LastMessage is { } message) own.Answer(message);
        }
    }

    private TranscriptPlace Place
    {
        get
        {
            if (_cwd is null) return default;
            if (!_places.TryGetValue(_cwd, out TranscriptPlace place)) _places.Add(_cwd, place = _placeOf(_cwd));
            return place;
        }
    }

    private void BeginTurn(TranscriptEntry entry)
    {
        if (entry.Thread.Length > 0)
        {
            if (_turns.Remove(entry.Thread, out TranscriptTurn? before)) before.Close();
            return;
        }
        foreach (TranscriptTurn turn in _turns.Values) turn.Close();
        _turns.Clear();
        _ownTools.Clear();
        _lines.ForgetThreads();
        IsAtTurn = true;
    }

    private TranscriptTurn TurnOf(TranscriptEntry entry, long offset)
    {
        if (!_turns.TryGetValue(entry.Thread, out TranscriptTurn? turn))
        {
            string? prompt = entry.Kind == EntryKind.Prompt ? entry.Text : null;
            _turns.Add(entry.Thread, turn = new TranscriptTurn(prompt, _at, Place.Project, offset, Keep) { LastAt = _at });
        }
        return turn;
    }

    private void Take(TranscriptEntry entry, TranscriptTurn turn)
    {
        turn.BeginMessage(entry.MessageId);
        foreach (TranscriptBlock block in entry.Blocks)
        {
            switch (block.Kind)
            {
                case BlockKind.Text: turn.Say(block.Text.Trim()); break;
                case BlockKind.Thinking: turn.Think(block.Text.Trim(), _at, Place.Project); break;
                case BlockKind.ToolUse:
                    turn.UseTool();
                    if (block.ToolUseId is { } id && WritingTool().IsMatch(block.Text)) _ownTools.Add(id);
                    break;
            }
        }
    }

    private void NoteWritten(TranscriptEntry entry)
    {
        foreach (TranscriptBlock block in entry.Blocks)
        {
            if (block.ToolUseId is { } use && _ownTools.Contains(use) && GivenId().Match(block.Text) is { Success: true } found && MemoryId.TryParse(found.Groups[1].Value, out MemoryId id))
                _written.Add(id);
        }
    }

    private void Keep(Memory memory) => _memories.TryAdd(memory.Id, memory);

    [GeneratedRegex("(?:^|__|[.:/])(?:episodic_create|memory_update)$", RegexOptions.CultureInvariant)]
    private static partial Regex WritingTool();

    [GeneratedRegex("\"id\"\\s*:\\s*\"([0-9a-fA-F-]{36})\"", RegexOptions.CultureInvariant)]
    private static partial Regex GivenId();
}
