namespace LocalRecall.Tests.Actors.Schedules;

internal enum Presence
{
    /// <summary>Never sent, or forgotten.</summary>
    Absent,

    /// <summary>Acknowledged, and nobody has asked to forget it.</summary>
    Present,

    /// <summary>A write is open, or was given up by its client.</summary>
    Unclear,
}

/// <summary>A text that clients add, or a document they import, and what must be true of it now.</summary>
/// <param name="word">Is in no other.</param>
internal sealed class KnownContent(string word, string? documentPath)
{
    public string Word => word;

    public string Text => $"The word {word} is in this note and in no other.";

    public string? DocumentPath => documentPath;

    public Presence Presence { get; private set; }

    /// <summary>Of the memory that holds it, or held it.</summary>
    public Guid? Id { get; set; }

    /// <summary>Grows whenever <see cref="Presence"/> may have changed: what was true when something was asked holds if this is still the same.</summary>
    public int Epoch { get; private set; }

    public int OpenAdds { get; set; }

    public bool IsBeingForgotten { get; set; }

    /// <summary>A client gave up a write: nobody knows how far it went.</summary>
    public bool IsLittered { get; set; }

    public bool MayBeForgotten => Presence == Presence.Present && OpenAdds == 0 && !IsBeingForgotten && !IsLittered && Id is not null;

    public bool MayBeAdded => documentPath is null && !IsBeingForgotten;

    public void Enter(Presence presence)
    {
        Presence = presence;
        Epoch++;
    }
}
