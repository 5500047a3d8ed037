using System.Collections.Concurrent;
using System.Numerics.Tensors;
using LocalRecall.Client;
using LocalRecall.ProcessTests.Processes;

namespace LocalRecall.ProcessTests;

/// <summary>What has become of a memory, as far as its writer has been told.</summary>
internal enum NoteState
{
    /// <summary>Not acknowledged: it may be there or not.</summary>
    Sent,
    Kept,

    /// <summary>Not acknowledged: it may be gone or not.</summary>
    Forgetting,
    Forgotten,
}

/// <summary>A memory of the storm.</summary>
/// <param name="Word">In no other memory.</param>
/// <param name="IsPassing">Its writer will forget it one day.</param>
internal sealed record Note(string Word, NewMemory Memory, bool IsPassing)
{
    /// <summary>Of its writer alone, until the storm is over.</summary>
    public NoteState State { get; set; }

    public Guid Id { get; set; }
}

internal sealed record Found(Guid Id, string Subject, string Content);

/// <summary>What was sent to the hosts of one home and what they acknowledged; notes every answer that does not agree with it.</summary>
internal sealed class LoadLedger(IReadOnlyDictionary<Guid, string> imported)
{
    private const string Consonants = "bdfgklmnprtvz";
    private const string Vowels = "aou";
    private const int MostProblems = 20;
    private const double SameVector = 0.9999;

    private readonly ConcurrentDictionary<string, Note> _notes = [];
    private readonly ConcurrentDictionary<int, Note> _lasting = [];
    private readonly ConcurrentDictionary<Guid, string> _forgotten = [];
    private readonly ConcurrentDictionary<string, float[]> _vectors = [];
    private readonly ConcurrentQueue<string> _problems = [];
    private int _words;
    private int _lastingCount;

    public IEnumerable<Note> Notes => _notes.Values;

    /// <summary>The first vector that came for each text.</summary>
    public IReadOnlyDictionary<string, float[]> Vectors => _vectors;

    public IReadOnlyList<string> Problems => [.. _problems.Take(MostProblems)];

    public void Problem(string what) => _problems.Enqueue($"{DateTime.UtcNow:HH:mm:ss.fff} {what}");

    /// <summary>Writes down a memory before it is sent.</summary>
    public Note NewNote(Random random, DateTimeOffset occurredAt, bool isPassing)
    {
        string word = WordOf(Interlocked.Increment(ref _words));
        string content = GeneratedMemories.Text(random, word, mostParagraphs: 8);
        var note = new Note(word, new NewMemory($"What is known of the {word} after {random.Next(2, 90)} runs", content, [word, "storm"], OccurredAt: occurredAt), isPassing);
        _notes[note.Memory.Subject] = note;
        return note;
    }

    public void Kept(Note note, Guid id, bool duplicate)
    {
        if (duplicate)
        {
            Problem($"'{note.Memory.Subject}' ({id}) was said to be there already.");
        }

        note.Id = id;
        note.State = NoteState.Kept;
        if (!note.IsPassing)
        {
            int number = Interlocked.Increment(ref _lastingCount) - 1;
            _lasting[number] = note;
        }
    }

    public void Forgotten(Note note)
    {
        note.State = NoteState.Forgotten;
        _forgotten[note.Id] = note.Memory.Subject;
    }

    /// <summary>Any acknowledged memory that nobody will forget; null if there is none yet.</summary>
    public Note? AnyLasting(Random random) => _lasting.GetValueOrDefault(random.Next(Math.Max(1, Volatile.Read(ref _lastingCount))));

    /// <summary>To be called before a search is sent: what it must not find.</summary>
    public IReadOnlySet<Guid> ForgottenSoFar() => _forgotten.Keys.ToHashSet();

    /// <summary>Checks what a search for one memory's word has found.</summary>
    public void CheckSearch(string query, Guid wanted, IReadOnlyCollection<Found> hits, IReadOnlySet<Guid> forgotten)
    {
        if (hits.All(hit => hit.Id != wanted))
        {
            Problem($"A search for '{query}' has not found {wanted} but {string.Join(", ", hits.Select(hit => hit.Subject))}.");
        }

        foreach (Found hit in hits)
        {
            string? written = imported.TryGetValue(hit.Id, out string? body) ? body : _notes.GetValueOrDefault(hit.Subject)?.Memory.Content;
            if (written?.Contains(hit.Content.TrimEnd('…'), StringComparison.Ordinal) != true)
            {
                Problem($"A search for '{query}' has found what nobody wrote: {hit}. {(written is null ? "" : $"Written was: {written}")}");
            }

            if (forgotten.Contains(hit.Id))
            {
                Problem($"A search for '{query}' has found what was forgotten: {hit}.");
            }
        }
    }

    public void CheckContent(Note note, string subject, string content)
    {
        if ((subject, content) != (note.Memory.Subject, note.Memory.Content))
        {
            Problem($"get {note.Id} has given '{subject}' {content}, not '{note.Memory.Subject}' {note.Memory.Content}");
        }
    }

    /// <summary>Checks vectors against those that came for the same texts before.</summary>
    public void CheckVectors(IReadOnlyList<string> texts, IReadOnlyList<float[]> vectors)
    {
        if (vectors.Count != texts.Count || vectors.Any(vector => vector.Length != 384))
        {
            Problem($"{texts.Count} texts have become {vectors.Count} vectors of {string.Join(", ", vectors.Select(vector => vector.Length))} dimensions.");
            return;
        }

        foreach ((string text, float[] vector) in texts.Zip(vectors))
        {
            float cosine = TensorPrimitives.CosineSimilarity(_vectors.GetOrAdd(text, vector), vector);
            if (!(cosine >= SameVector))
            {
                Problem($"'{text}' has two vectors, their cosine is {cosine}.");
            }
        }
    }

    /// <summary>Checks that a list has every kept memory once, with its id, and none that was forgotten or never sent.</summary>
    public void CheckList(string what, IEnumerable<Note> notes, IReadOnlyCollection<(Guid Id, string Subject)> listed)
    {
        ILookup<string, Guid> ids = listed.ToLookup(memory => memory.Subject, memory => memory.Id);
        var expected = notes.ToDictionary(note => note.Memory.Subject);
        foreach (Note note in expected.Values)
        {
            Guid[] found = [.. ids[note.Memory.Subject]];
            bool right = note.State switch
            {
                NoteState.Kept => found.SequenceEqual([note.Id]),
                NoteState.Forgotten => found.Length == 0,
                NoteState.Forgetting => found.Length == 0 || found.SequenceEqual([note.Id]),
                _ => found.Length <= 1,
            };
            if (!right)
            {
                Problem($"{what}: '{note.Memory.Subject}' is {note.State} as {note.Id}, listed as [{string.Join(", ", found)}].");
            }
        }

        foreach (IGrouping<string, Guid> stranger in ids.Where(memory => !expected.ContainsKey(memory.Key)))
        {
            Problem($"{what}: '{stranger.Key}' was never sent, yet it is listed.");
        }
    }

    /// <summary>Always the same for a number; none is another one's stem.</summary>
    private static string WordOf(int number)
    {
        uint rest = (uint)number * 1_000_003;
        Span<char> word = stackalloc char[9];
        for (int i = 0; i < 8; i += 2)
        {
            word[i] = Consonants[(int)(rest % Consonants.Length)];
            rest /= (uint)Consonants.Length;
            word[i + 1] = Vowels[(int)(rest % Vowels.Length)];
            rest /= (uint)Vowels.Length;
        }

        word[8] = 'k';
        return word.ToString();
    }
}
