using LocalRecall.Contracts;
using LocalRecall.Contracts.Messages;
using Xunit;

namespace LocalRecall.Tests.Contracts;

public sealed class MessageCodecTests
{
    private static readonly RequestHeader Header = new(Guid.NewGuid(), Guid.NewGuid(), DateTimeOffset.UnixEpoch);

    /// <summary>A line is name, hex. Where a manifest has several, fields were added: the last line has them all, those before it never change.</summary>
    private static readonly ILookup<string, string> GoldenLines =
        File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Contracts", "golden-bytes.txt"))
            .Select(line => line.Split(' '))
            .ToLookup(parts => parts[0], parts => parts[1]);

    private static readonly Dictionary<string, string> Golden = GoldenLines.ToDictionary(lines => lines.Key, lines => lines.Last());

    public static TheoryData<Type> MessageTypes => [.. Generated.MessageTypes];

    [Fact]
    public void Every_message_has_a_manifest_of_its_own_and_golden_bytes()
    {
        string[] manifests = [.. Generated.MessageTypes.Select(t => MessageCodec.ManifestOf(Generated.Full(t)))];
        Assert.Equal(manifests.Order(), manifests.Distinct().Order());
        Assert.Equal(MessageCodec.Manifests.Order(), manifests.Order());
        Assert.Equal(Golden.Keys.Order(), manifests.Order());
    }

    [Theory]
    [MemberData(nameof(MessageTypes))]
    public void Encodes_to_the_golden_bytes(Type type)
    {
        IWireMessage message = Generated.Full(type);
        Assert.Equal(Golden[MessageCodec.ManifestOf(message)], Convert.ToHexStringLower(MessageCodec.Encode(message)));
    }

    [Theory]
    [MemberData(nameof(MessageTypes))]
    public void Decodes_the_golden_bytes(Type type)
    {
        IWireMessage expected = Generated.Full(type);
        string manifest = MessageCodec.ManifestOf(expected);
        Assert.Equal(Generated.Text(expected), Generated.Text(MessageCodec.Decode(manifest, Convert.FromHexString(Golden[manifest]))));
    }

    [Fact]
    public void What_was_written_before_a_field_was_added_is_read_and_stays_what_it_was()
    {
        var older = GoldenLines.SelectMany(lines => lines.SkipLast(1).Select(hex => (Manifest: lines.Key, Hex: hex))).ToList();

        Assert.NotEmpty(older);
        Assert.All(older, old => Assert.Equal(
            old.Hex, Convert.ToHexStringLower(MessageCodec.Encode(MessageCodec.Decode(old.Manifest, Convert.FromHexString(old.Hex))))));
    }

    [Theory]
    [MemberData(nameof(MessageTypes))]
    public void Round_trips_any_message(Type type)
    {
        var random = new Random(20261121);
        for (int i = 0; i < 200; i++)
        {
            IWireMessage message = Generated.Any(type, random);
            byte[] bytes = MessageCodec.Encode(message);
            Assert.Equal(MessageCodec.SizeOf(message), bytes.Length);
            Assert.Equal(Generated.Text(message), Generated.Text(MessageCodec.Decode(MessageCodec.ManifestOf(message), bytes)));
        }
    }

    [Fact]
    public void A_requests_hash_tells_what_it_asks_for_and_not_who_asks()
    {
        var add = new AddMemory(Header, "episodic", "Subject", ["k"], "global", null, null, "Content");
        UInt128 hash = MessageCodec.HashOf(add);

        Assert.Equal(hash, MessageCodec.HashOf(add with { Header = new RequestHeader(Guid.NewGuid(), Guid.NewGuid(), DateTimeOffset.UtcNow), Keywords = ["k"] }));
        IRequest[] others =
        [
            add with { Content = "Content " }, add with { Keywords = ["k", "k"] }, add with { Project = "" }, add with { OccurredAt = DateTimeOffset.UnixEpoch },
            new GetStatus(Header), new CheckIntegrity(Header), new StopHost(Header),
        ];
        Assert.Equal(others.Length + 1, others.Select(MessageCodec.HashOf).Append(hash).Distinct().Count());
    }

    /// <summary>The hash skips the first field.</summary>
    [Fact]
    public void Every_requests_first_field_is_its_header()
    {
        var one = new RequestHeader(Guid.NewGuid(), Guid.NewGuid(), DateTimeOffset.UnixEpoch);
        var other = new RequestHeader(Guid.NewGuid(), Guid.NewGuid(), DateTimeOffset.UtcNow);
        foreach (Type type in Generated.MessageTypes.Where(t => t.IsAssignableTo(typeof(IRequest))))
        {
            IRequest With(RequestHeader header)
            {
                IWireMessage message = Generated.Full(type);
                type.GetProperty(nameof(IRequest.Header))!.SetValue(message, header);
                return (IRequest)message;
            }

            Assert.Equal(MessageCodec.HashOf(With(one)), MessageCodec.HashOf(With(other)));
        }
    }

    [Theory]
    [MemberData(nameof(MessageTypes))]
    public void Damaged_bytes_are_a_message_or_a_WireFormatException(Type type)
    {
        var random = new Random(20261121);
        IWireMessage message = Generated.Full(type);
        string manifest = MessageCodec.ManifestOf(message);
        byte[] whole = MessageCodec.Encode(message);
        int refused = 0;
        for (int i = 0; i < 500; i++)
        {
            byte[] bytes = i % 2 == 0 ? whole[..random.Next(whole.Length)] : [.. whole];
            for (int flips = random.Next(1, 4); flips > 0 && bytes.Length > 0; flips--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            try
            {
                Assert.Equal(type, MessageCodec.Decode(manifest, bytes).GetType());
            }
            catch (WireFormatException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, 1, 500);
    }

    [Fact]
    public void Times_are_kept_as_instants_to_the_tick()
    {
        var time = new DateTimeOffset(2026, 11, 21, 23, 0, 0, TimeSpan.FromHours(1)).AddTicks(1234567);
        var message = new ListMemories(Header, MemoryFilter.None with { Since = time }, null, 1);
        var copy = (ListMemories)MessageCodec.Decode("list-memories-v1", MessageCodec.Encode(message));
        Assert.Equal(time, copy.Filter.Since);
        Assert.Equal(TimeSpan.Zero, copy.Filter.Since!.Value.Offset);
    }

    [Fact]
    public void A_lone_surrogate_arrives_as_the_replacement_character()
    {
        var message = new Search(Header, "a\ud83d", MemoryFilter.None, 1, 1);
        Assert.Equal("a\ufffd", ((Search)MessageCodec.Decode("search-v1", MessageCodec.Encode(message))).Query);
    }

    [Fact]
    public void The_largest_legal_message_passes_and_one_byte_more_is_refused()
    {
        EmbedTexts Sized(int characters) => new(Header, [new string('a', characters)], false);
        int characters = WireLimits.MaxMessageBytes - MessageCodec.SizeOf(Sized(WireLimits.MaxMessageBytes)) + WireLimits.MaxMessageBytes;

        byte[] bytes = MessageCodec.Encode(Sized(characters));
        Assert.Equal(WireLimits.MaxMessageBytes, bytes.Length);
        Assert.Equal(characters, ((EmbedTexts)MessageCodec.Decode("embed-texts-v1", bytes)).Texts[0].Length);

        var refusal = Assert.Throws<MessageTooLargeException>(() => MessageCodec.Encode(Sized(characters + 1)));
        Assert.Equal("embed-texts-v1", refusal.Manifest);
        Assert.Equal(WireLimits.MaxMessageBytes + 1, refusal.SizeBytes);
        Assert.Throws<WireFormatException>(() => MessageCodec.Decode("embed-texts-v1", [.. bytes, 0]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("search-v2")]
    [InlineData("SEARCH-V1")]
    [InlineData("System.Diagnostics.Process, System")]
    public void An_unknown_manifest_is_refused(string manifest) =>
        Assert.Throws<WireFormatException>(() => MessageCodec.Decode(manifest, []));

    [Theory]
    [InlineData("search-v1", "", "no header")]
    [InlineData("host-stopping-v1", "0a03010203", "id of three bytes")]
    [InlineData("embed-texts-v1", "12ffffffff0f", "string said to be longer than the message")]
    [InlineData("texts-embedded-v1", "22ffffffff07", "vectors said to be 2 GB")]
    [InlineData("embed-texts-v1", "1202c328", "invalid UTF-8")]
    [InlineData("host-stopping-v1", "0a", "cut off")]
    [InlineData("host-stopping-v1", "00", "tag zero")]
    [InlineData("host-stopping-v1", "7b7b7b7b", "groups that never end")]
    public void Hostile_bytes_are_refused(string manifest, string hex, string why)
    {
        Assert.NotEmpty(why);
        Assert.Throws<WireFormatException>(() => MessageCodec.Decode(manifest, Convert.FromHexString(hex)));
    }

    [Fact]
    public void A_time_out_of_range_is_refused()
    {
        byte[] bytes = MessageCodec.Encode(new GetStatus(Header));
        bytes.AsSpan(bytes.Length - 8).Fill(0xff);
        Assert.Throws<WireFormatException>(() => MessageCodec.Decode("get-status-v1", bytes));
    }

    [Fact]
    public void Nested_groups_do_not_overflow_the_stack() =>
        Assert.Throws<WireFormatException>(() =>
            MessageCodec.Decode("host-stopping-v1", Enumerable.Repeat((byte)0x7b, WireLimits.MaxMessageBytes).ToArray()));

    [Fact]
    public void The_densest_message_costs_bounded_memory()
    {
        // Two bytes per empty Fault: the worst ratio of bytes sent to objects made.
        byte[] bytes = [.. MessageCodec.Encode(new ImportFinished(Guid.NewGuid(), new ImportCounts(0, 0, 0, 0, 0, 0, 0, 0), [], 0)), .. Enumerable.Repeat<byte[]>([0x1a, 0x00], 59_000).SelectMany(b => b)];
        long before = GC.GetAllocatedBytesForCurrentThread();
        MessageCodec.Decode("import-finished-v1", bytes);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 1, 16 << 20);
    }
}
