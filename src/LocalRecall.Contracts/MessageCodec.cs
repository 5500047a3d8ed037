using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using LocalRecall.Contracts.Messages;
using LocalRecall.Contracts.Wire;

namespace LocalRecall.Contracts;

/// <summary>Turns messages into a manifest and protobuf bytes, and back.</summary>
public static class MessageCodec
{
    /// <summary>The id of LocalRecall's serializer in an Akka payload.</summary>
    public const int SerializerId = 4711;

    private static readonly Entry[] Table =
    [
        Entry.Of<Failure, FailureV1>("failure-v1", FailureV1.Parser, SessionMapping.ToWire, SessionMapping.FromWire),
        Entry.Of<Hello, HelloV1>("hello-v1", HelloV1.Parser, SessionMapping.ToWire, SessionMapping.FromWire),
        Entry.Of<Welcome, WelcomeV1>("welcome-v1", WelcomeV1.Parser, SessionMapping.ToWire, SessionMapping.FromWire),
        Entry.Of<HandOver, HandOverV1>("hand-over-v1", HandOverV1.Parser, SessionMapping.ToWire, SessionMapping.FromWire),
        Entry.Of<Cancel, CancelV1>("cancel-v1", CancelV1.Parser, SessionMapping.ToWire, SessionMapping.FromWire),
        Entry.Of<StopHost, StopHostV1>("stop-host-v1", StopHostV1.Parser, SessionMapping.ToWire, SessionMapping.FromWire),
        Entry.Of<HostStopping, HostStoppingV1>("host-stopping-v1", HostStoppingV1.Parser, SessionMapping.ToWire, SessionMapping.FromWire),
        Entry.Of<AddMemory, AddMemoryV1>("add-memory-v1", AddMemoryV1.Parser, MemoriesMapping.ToWire, MemoriesMapping.FromWire),
        Entry.Of<MemoryAdded, MemoryAddedV1>("memory-added-v1", MemoryAddedV1.Parser, MemoriesMapping.ToWire, MemoriesMapping.FromWire),
        Entry.Of<GetMemory, GetMemoryV1>("get-memory-v1", GetMemoryV1.Parser, MemoriesMapping.ToWire, MemoriesMapping.FromWire),
        Entry.Of<MemoryFound, MemoryFoundV1>("memory-found-v1", MemoryFoundV1.Parser, MemoriesMapping.ToWire, MemoriesMapping.FromWire),
        Entry.Of<ForgetMemory, ForgetMemoryV1>("forget-memory-v1", ForgetMemoryV1.Parser, MemoriesMapping.ToWire, MemoriesMapping.FromWire),
        Entry.Of<MemoryForgotten, MemoryForgottenV1>("memory-forgotten-v1", MemoryForgottenV1.Parser, MemoriesMapping.ToWire, MemoriesMapping.FromWire),
        Entry.Of<ListMemories, ListMemoriesV1>("list-memories-v1", ListMemoriesV1.Parser, MemoriesMapping.ToWire, MemoriesMapping.FromWire),
        Entry.Of<MemoryPage, MemoryPageV1>("memory-page-v1", MemoryPageV1.Parser, MemoriesMapping.ToWire, MemoriesMapping.FromWire),
        Entry.Of<Search, SearchV1>("search-v1", SearchV1.Parser, SearchMapping.ToWire, SearchMapping.FromWire),
        Entry.Of<SearchResults, SearchResultsV1>("search-results-v1", SearchResultsV1.Parser, SearchMapping.ToWire, SearchMapping.FromWire),
        Entry.Of<EmbedTexts, EmbedTextsV1>("embed-texts-v1", EmbedTextsV1.Parser, EmbeddingMapping.ToWire, EmbeddingMapping.FromWire),
        Entry.Of<TextsEmbedded, TextsEmbeddedV1>("texts-embedded-v1", TextsEmbeddedV1.Parser, EmbeddingMapping.ToWire, EmbeddingMapping.FromWire),
        Entry.Of<TextTooLong, TextTooLongV1>("text-too-long-v1", TextTooLongV1.Parser, EmbeddingMapping.ToWire, EmbeddingMapping.FromWire),
        Entry.Of<ImportPaths, ImportPathsV1>("import-paths-v1", ImportPathsV1.Parser, ImportMapping.ToWire, ImportMapping.FromWire),
        Entry.Of<ImportProgress, ImportProgressV1>("import-progress-v1", ImportProgressV1.Parser, ImportMapping.ToWire, ImportMapping.FromWire),
        Entry.Of<ImportFinished, ImportFinishedV1>("import-finished-v1", ImportFinishedV1.Parser, ImportMapping.ToWire, ImportMapping.FromWire),
        Entry.Of<StopWatching, StopWatchingV1>("stop-watching-v1", StopWatchingV1.Parser, ImportMapping.ToWire, ImportMapping.FromWire),
        Entry.Of<WatchingStopped, WatchingStoppedV1>("watching-stopped-v1", WatchingStoppedV1.Parser, ImportMapping.ToWire, ImportMapping.FromWire),
        Entry.Of<GetStatus, GetStatusV1>("get-status-v1", GetStatusV1.Parser, StatusMapping.ToWire, StatusMapping.FromWire),
        Entry.Of<HostStatus, HostStatusV1>("host-status-v1", HostStatusV1.Parser, StatusMapping.ToWire, StatusMapping.FromWire),
        Entry.Of<CheckIntegrity, CheckIntegrityV1>("check-integrity-v1", CheckIntegrityV1.Parser, StatusMapping.ToWire, StatusMapping.FromWire),
        Entry.Of<IntegrityReport, IntegrityReportV1>("integrity-report-v1", IntegrityReportV1.Parser, StatusMapping.ToWire, StatusMapping.FromWire),
        Entry.Of<UpdateMemory, UpdateMemoryV1>("update-memory-v1", UpdateMemoryV1.Parser, MemoriesMapping.ToWire, MemoriesMapping.FromWire),
        Entry.Of<MemoryUpdated, MemoryUpdatedV1>("memory-updated-v1", MemoryUpdatedV1.Parser, MemoriesMapping.ToWire, MemoriesMapping.FromWire),
        Entry.Of<RedactStored, RedactStoredV1>("redact-stored-v1", RedactStoredV1.Parser, MemoriesMapping.ToWire, MemoriesMapping.FromWire),
        Entry.Of<StoredRedacted, StoredRedactedV1>("stored-redacted-v1", StoredRedactedV1.Parser, MemoriesMapping.ToWire, MemoriesMapping.FromWire),
        Entry.Of<FindContext, FindContextV1>("find-context-v1", FindContextV1.Parser, AgentsMapping.ToWire, AgentsMapping.FromWire),
        Entry.Of<ContextFound, ContextFoundV1>("context-found-v1", ContextFoundV1.Parser, AgentsMapping.ToWire, AgentsMapping.FromWire),
        Entry.Of<NoteSpool, NoteSpoolV1>("note-spool-v1", NoteSpoolV1.Parser, AgentsMapping.ToWire, AgentsMapping.FromWire),
        Entry.Of<SpoolNoted, SpoolNotedV1>("spool-noted-v1", SpoolNotedV1.Parser, AgentsMapping.ToWire, AgentsMapping.FromWire),
        Entry.Of<McpLine, McpLineV1>("mcp-line-v1", McpLineV1.Parser, AgentsMapping.ToWire, AgentsMapping.FromWire),
        Entry.Of<McpAnswered, McpAnsweredV1>("mcp-answered-v1", McpAnsweredV1.Parser, AgentsMapping.ToWire, AgentsMapping.FromWire),
        Entry.Of<ListModels, ListModelsV1>("list-models-v1", ListModelsV1.Parser, ModelsMapping.ToWire, ModelsMapping.FromWire),
        Entry.Of<ModelList, ModelListV1>("model-list-v1", ModelListV1.Parser, ModelsMapping.ToWire, ModelsMapping.FromWire),
        Entry.Of<UseModel, UseModelV1>("use-model-v1", UseModelV1.Parser, ModelsMapping.ToWire, ModelsMapping.FromWire),
        Entry.Of<ModelProgress, ModelProgressV1>("model-progress-v1", ModelProgressV1.Parser, ModelsMapping.ToWire, ModelsMapping.FromWire),
        Entry.Of<ModelUsed, ModelUsedV1>("model-used-v1", ModelUsedV1.Parser, ModelsMapping.ToWire, ModelsMapping.FromWire),
        Entry.Of<CheckModels, CheckModelsV1>("check-models-v1", CheckModelsV1.Parser, ModelsMapping.ToWire, ModelsMapping.FromWire),
        Entry.Of<ModelsChecked, ModelsCheckedV1>("models-checked-v1", ModelsCheckedV1.Parser, ModelsMapping.ToWire, ModelsMapping.FromWire),
    ];

    private static readonly Dictionary<Type, Entry> ByType = Table.ToDictionary(e => e.Type);
    private static readonly Dictionary<string, Entry> ByManifest = Table.ToDictionary(e => e.Manifest, StringComparer.Ordinal);

    /// <summary>Every manifest there is.</summary>
    public static IEnumerable<string> Manifests => ByManifest.Keys;

    /// <exception cref="ArgumentException">A type that has no manifest.</exception>
    public static string ManifestOf(IWireMessage message) => EntryOf(message).Manifest;

    /// <summary>Bytes that <see cref="Encode"/> would write, over the limit or not.</summary>
    public static int SizeOf(IWireMessage message) => EntryOf(message).ToWire(message).CalculateSize();

    /// <summary>A hash of what a request asks for, cut from SHA-256: the same however often it is sent, on whatever connection, until whenever.</summary>
    public static UInt128 HashOf(IRequest request)
    {
        Entry entry = EntryOf(request);
        byte[] bytes = entry.ToWire(request).ToByteArray();
        var input = new CodedInputStream(bytes);
        input.ReadTag();
        input.SkipLastField(); // the header, the first field of every request
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(entry.Manifest));
        hash.AppendData(bytes.AsSpan((int)input.Position));
        return BinaryPrimitives.ReadUInt128BigEndian(hash.GetHashAndReset());
    }

    /// <exception cref="MessageTooLargeException">More than <see cref="WireLimits.MaxMessageBytes"/>.</exception>
    public static byte[] Encode(IWireMessage message)
    {
        Entry entry = EntryOf(message);
        Google.Protobuf.IMessage wire = entry.ToWire(message);
        int sizeBytes = wire.CalculateSize();
        if (sizeBytes > WireLimits.MaxMessageBytes)
        {
            throw new MessageTooLargeException(entry.Manifest, sizeBytes);
        }

        byte[] bytes = new byte[sizeBytes];
        wire.WriteTo(bytes);
        return bytes;
    }

    /// <exception cref="WireFormatException">Unknown manifest, or bytes that are not such a message.</exception>
    public static IWireMessage Decode(string manifest, ReadOnlySpan<byte> bytes)
    {
        if (!ByManifest.TryGetValue(manifest, out Entry? entry))
        {
            throw new WireFormatException($"Unknown manifest '{(manifest.Length > 100 ? manifest[..100] : manifest)}'.");
        }

        if (bytes.Length > WireLimits.MaxMessageBytes)
        {
            throw new WireFormatException($"{manifest} of {bytes.Length} bytes; {WireLimits.MaxMessageBytes} are allowed.");
        }

        try
        {
            return entry.FromWire(bytes);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new WireFormatException($"Not a {manifest}: {e.Message}", e);
        }
    }

    private static Entry EntryOf(IWireMessage message) =>
        ByType.TryGetValue(message.GetType(), out Entry? entry)
            ? entry
            : throw new ArgumentException($"{message.GetType().Name} has no manifest.", nameof(message));

    private delegate IWireMessage Decoder(ReadOnlySpan<byte> bytes);

    private sealed record Entry(Type Type, string Manifest, Func<IWireMessage, Google.Protobuf.IMessage> ToWire, Decoder FromWire)
    {
        public static Entry Of<TMessage, TWire>(
            string manifest, MessageParser<TWire> parser, Func<TMessage, TWire> toWire, Func<TWire, TMessage> fromWire)
            where TMessage : class, IWireMessage
            where TWire : class, Google.Protobuf.IMessage<TWire>
        {
            MessageParser<TWire> lean = parser.WithDiscardUnknownFields(true);
            return new Entry(typeof(TMessage), manifest, m => toWire((TMessage)m), bytes => fromWire(lean.ParseFrom(bytes)));
        }
    }
}
