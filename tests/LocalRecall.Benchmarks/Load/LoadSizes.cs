namespace LocalRecall.Benchmarks.Load;

/// <summary>How large the storms are; each has an option of its name.</summary>
/// <param name="Sessions">Processes that stay and ask about once a second each.</param>
/// <param name="Rate">Short-lived processes that start each second, at random moments.</param>
/// <param name="Seconds">Of each phase with queries alone.</param>
/// <param name="Memories">Of each import.</param>
/// <param name="Rounds">Of all three phases.</param>
/// <param name="Clients">Side by side: short-lived processes of one storm.</param>
/// <param name="ClientSeconds">Side by side: in which they start.</param>
/// <param name="Bulk">Side by side: memories that are embedded meanwhile.</param>
/// <param name="Turns">Side by side: of all designs.</param>
/// <param name="Patience">Side by side: an answer that takes more seconds has failed.</param>
internal sealed record LoadSizes(
    int Sessions, int Rate, int Seconds, int Memories, int Rounds, int Clients, int ClientSeconds, int Bulk, int Turns, int Patience)
{
    public const string Options = "--sessions --rate --seconds --memories --rounds --clients --client-seconds --bulk --turns --patience";

    public static LoadSizes Full { get; } = new(10, 10, 40, 2000, 2, 50, 10, 400, 2, 30);

    public static LoadSizes Quick { get; } = new(10, 10, 10, 300, 1, 20, 4, 100, 1, 30);

    public LoadSizes With(string option, int value) => option switch
    {
        "--sessions" => this with { Sessions = value },
        "--rate" => this with { Rate = value },
        "--seconds" => this with { Seconds = value },
        "--memories" => this with { Memories = value },
        "--rounds" => this with { Rounds = value },
        "--clients" => this with { Clients = value },
        "--client-seconds" => this with { ClientSeconds = value },
        "--bulk" => this with { Bulk = value },
        "--turns" => this with { Turns = value },
        "--patience" => this with { Patience = value },
        _ => throw new BenchException($"There is no option {option}: it is --corpus, --quick, --chunks, --files, --large-kb, {string.Join(", ", Options.Split(' '))}."),
    };
}
