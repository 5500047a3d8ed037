using System.Text;
using LocalRecall.Core.Memories;
using LocalRecall.Core.Redaction;

namespace LocalRecall.Core.Transcripts;

/// <summary>
/// What one prompt led to. The agent may stop more than once: something else than somebody's prompt may wake it again. Each time it stops
/// with an answer makes an exchange; a turn without any answer, which the next prompt cut short, makes one with the last that was said.
/// </summary>
/// <param name="prompt">Null: nobody wrote one.</param>
/// <param name="keep">Takes the memories.</param>
internal sealed class TranscriptTurn(string? prompt, DateTimeOffset beganAt, string? project, long offsetBytes, Action<Memory> keep)
{
    private readonly List<string> _answers = [];
    private readonly List<string> _finalTexts = [];
    private string? _messageId;
    private bool _usesTool;
    private string? _lastSaid;
    private bool _isRunning = true;
    private (string Text, DateTimeOffset At, string? Project)? _thought;
    private readonly List<string> _output = [];

    public long OffsetBytes => offsetBytes;

    public DateTimeOffset BeganAt => beganAt;

    public DateTimeOffset LastAt { get; set; }

    /// <summary>Nothing of it may be kept.</summary>
    public bool OptedOut { get; set; }

    /// <summary>The last message, as far as it is there, is one that agents stop after.</summary>
    public bool HasFinalMessage => _finalTexts.Count > 0 && !_usesTool;

    public void BeginMessage(string? id)
    {
        if (id is not null && id == _messageId) return;
        if (HasFinalMessage) Stop(); // it stopped, and something that is not in the file woke it
        (_messageId, _usesTool, _isRunning) = (id, false, true);
        _finalTexts.Clear();
    }

    public void Say(string text)
    {
        if (text.Length == 0) return;
        _finalTexts.Add(text);
        _lastSaid = string.Join("\n\n", _finalTexts);
        if (_thought is not null) _output.Add(text);
    }

    public void Think(string thought, DateTimeOffset at, string? place)
    {
        if (thought.Length == 0) return;
        CloseThought();
        _finalTexts.Clear();
        _thought = (thought, at, place);
    }

    public void UseTool() => _usesTool = true;

    /// <summary>The agent has stopped.</summary>
    public void Stop()
    {
        if (HasFinalMessage) KeepAnswer(_lastSaid!);
        CloseThought();
        _finalTexts.Clear();
        (_messageId, _usesTool) = (null, false);
        _isRunning = false;
    }

    /// <summary>It is woken by something that nobody wrote as a prompt.</summary>
    public void Wake()
    {
        Stop();
        _isRunning = true;
    }

    /// <summary>What the agent's hook said is its answer. If the file does not hold it yet, it will.</summary>
    public void Answer(string message)
    {
        message = message.Trim();
        if (message.Length > 0 && _isRunning && !_answers.Contains(Squeeze(message))) KeepAnswer(message);
    }

    /// <summary>The next turn has begun.</summary>
    public void Close()
    {
        Stop();
        if (_answers.Count == 0 && _lastSaid is { } said) KeepAnswer(said);
    }

    private void KeepAnswer(string answer)
    {
        _answers.Add(Squeeze(answer));
        if (prompt is null || OptedOut) return;
        string asked = TranscriptText.Clean(prompt), answered = TranscriptText.Clean(answer);
        if (asked.Length > 0 && answered.Length > 0)
            Keep(MemoryKind.Exchange, asked, MemoryRules.ExchangeBody(asked, answered), beganAt, project);
    }

    private void CloseThought()
    {
        if (_thought is { } thought && _output.Count > 0 && !OptedOut)
        {
            string thinking = TranscriptText.Clean(thought.Text), output = TranscriptText.Clean(string.Join("\n\n", _output));
            if (thinking.Length > 0 && output.Length > 0)
                Keep(MemoryKind.Thinking, thinking, MemoryRules.ThinkingBody(thinking, output), thought.At, thought.Project);
        }
        _thought = null;
        _output.Clear();
    }

    private void Keep(MemoryKind kind, string subject, string body, DateTimeOffset at, string? place)
    {
        // The parts are clean; put together they may show one more.
        Memory memory = Redactor.Clean(new Memory(default, kind, MemoryRules.ThinkingSubject(subject), [], AppliesTo.Global, at, place, body)).Kept;
        keep(memory with { Id = MemoryId.Of(DedupKey.Of(memory)) });
    }

    /// <summary>The same words are the same answer, however they are spaced.</summary>
    private static string Squeeze(string text)
    {
        var squeezed = new StringBuilder(text.Length);
        foreach (char c in text)
        {
            if (!char.IsWhiteSpace(c)) squeezed.Append(c);
        }
        return squeezed.ToString();
    }
}
