namespace LocalRecall.Contracts;

/// <summary>The protocol versions that one side speaks. A client says in its hello which of its own it will speak; the host speaks that or refuses.</summary>
public readonly record struct ProtocolRange(int Oldest, int Current)
{
    /// <summary>Those of this build.</summary>
    public static ProtocolRange Ours { get; } = new(WireLimits.OldestProtocolVersion, WireLimits.ProtocolVersion);

    public bool Contains(int version) => version >= Oldest && version <= Current;

    /// <summary>Our version nearest to the other side's newest.</summary>
    public int Nearest(int theirs) => Math.Clamp(theirs, Oldest, Current);

    public override string ToString() => Oldest == Current ? $"{Current}" : $"{Oldest} to {Current}";
}
