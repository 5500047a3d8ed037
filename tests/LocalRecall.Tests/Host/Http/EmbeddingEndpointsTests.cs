using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using LocalRecall.Contracts.Messages;
using LocalRecall.Core.Ports;
using LocalRecall.Tests.Infrastructure;
using Xunit;

namespace LocalRecall.Tests.Host.Http;

/// <summary>The real model behind the real server: what the original programs' clients get.</summary>
[Collection(ModelCollection.Name)]
public sealed class EmbeddingEndpointsTests(ModelFixture model) : HttpTest
{
    private const int Dimensions = 384;

    /// <summary>400 words, so 402 tokens.</summary>
    private static readonly string LongText = string.Join(' ', Enumerable.Repeat("word", 400));

    private static readonly string[] Texts = ["The lighthouse keeper counts ships.", "Ünïcödé 😀 and ﬁ", "", "  spaces  ", LongText];

    private protected override IEmbedderFactory Embedder => model.Factory;

    /// <summary>What the embed message gives; the model is the same for all.</summary>
    private float[][] Expected(params string[] texts)
    {
        var embedded = Ask<TextsEmbedded>(h => new EmbedTexts(h, texts, IsQuery: false));
        return [.. MemoryMarshal.Cast<byte, float>(embedded.Vectors.Span).ToArray().Chunk(embedded.Dimensions)];
    }

    private static float[][] Vectors(JsonNode? vectors) => [.. vectors!.AsArray().Select(Vector)];

    private static float[] Vector(JsonNode? vector) => [.. vector!.AsArray().Select(number => number!.GetValue<float>())];

    private static string Body(object body) => System.Text.Json.JsonSerializer.Serialize(body);

    private async Task<JsonNode> OkAsync(string path, object body, params (string, string)[] headers)
    {
        HttpAnswer answer = await PostAsync(path, Body(body), null, headers);
        Assert.True(answer.Status == 200, answer.Text);
        return answer.Json;
    }

    [Fact]
    public async Task Ollama_gives_the_embed_messages_vectors_bit_for_bit()
    {
        JsonNode answer = await OkAsync("/api/embed", new { model = "all-minilm", input = Texts, keep_alive = "5m", options = new { num_ctx = 2048 } });

        Assert.Equal(Expected(Texts), Vectors(answer["embeddings"]));
        Assert.Equal("all-minilm", (string)answer["model"]!);
        Assert.Equal(Ask<TextsEmbedded>(h => new EmbedTexts(h, Texts, true)).Tokens, (int)answer["prompt_eval_count"]!);
        Assert.True((long)answer["total_duration"]! >= (long)answer["load_duration"]!);
        Assert.Equal(Expected("one"), Vectors((await OkAsync("/api/embed", new { model = "all-minilm:latest", input = "one" }))["embeddings"]));
        Assert.Equal(Expected("one")[0], Vector((await OkAsync("/api/embeddings", new { model = "all-minilm", prompt = "one" }))["embedding"]));
    }

    [Fact]
    public async Task OpenAI_gives_them_as_numbers_and_as_base64()
    {
        string[] texts = [Texts[0], Texts[1], LongText];
        JsonNode numbers = await OkAsync("/v1/embeddings", new { model = "all-minilm", input = texts });
        JsonNode base64 = await OkAsync("/v1/embeddings", new { model = "all-minilm", input = texts, encoding_format = "base64", user = "somebody" });

        float[][] expected = Expected(texts);
        Assert.Equal(expected, numbers["data"]!.AsArray().Select(item => Vector(item!["embedding"])));
        Assert.Equal(expected, base64["data"]!.AsArray().Select(item => MemoryMarshal.Cast<byte, float>(Convert.FromBase64String((string)item!["embedding"]!)).ToArray()));
        Assert.Equal([0, 1, 2], numbers["data"]!.AsArray().Select(item => (int)item!["index"]!));
        Assert.All(numbers["data"]!.AsArray(), item => Assert.Equal("embedding", (string)item!["object"]!));
        int tokens = Ask<TextsEmbedded>(h => new EmbedTexts(h, texts, true)).Tokens;
        Assert.Equal($$"""{"prompt_tokens":{{tokens}},"total_tokens":{{tokens}}}""", numbers["usage"]!.ToJsonString());
        Assert.Equal(("list", "all-minilm"), ((string)numbers["object"]!, (string)numbers["model"]!));
    }

    [Fact]
    public async Task TEI_gives_them_bare()
    {
        Assert.Equal(Expected(Texts), Vectors(await OkAsync("/embed", new { inputs = Texts })));
        Assert.Equal(Expected("one"), Vectors(await OkAsync("/embed", new { inputs = "one", normalize = true, truncation_direction = "Right" })));
    }

    [Fact]
    public async Task A_wider_name_adds_zeros_which_change_no_cosine_and_dimensions_cut_to_unit_vectors()
    {
        float[] own = Expected("one")[0];

        float[] padded = Vectors((await OkAsync("/api/embed", new { model = "nomic-embed-text", input = "one" }))["embeddings"])[0];
        float[] wide = Vector((await OkAsync("/v1/embeddings", new { model = "text-embedding-3-small", input = "one" }))["data"]![0]!["embedding"]);
        float[] cut = Vectors((await OkAsync("/api/embed", new { model = "all-minilm", input = "one", dimensions = 64 }))["embeddings"])[0];
        float[] cutByTei = Vectors(await OkAsync("/embed", new { inputs = "one", dimensions = 64 }))[0];

        Assert.Equal([.. own, .. new float[384]], padded);
        Assert.Equal([.. own, .. new float[1536 - Dimensions]], wide);
        Assert.Equal(cut, cutByTei);
        double norm = Math.Sqrt(own.Take(64).Sum(x => x * (double)x));
        Assert.All(cut.Zip(own), pair => Assert.Equal(pair.Second / norm, pair.First, 6));
        Assert.Equal(64, cut.Length);
    }

    [Fact]
    public async Task Many_texts_keep_their_order_over_all_messages_they_take()
    {
        string[] texts = [.. Enumerable.Range(0, 75).Select(i => $"text number {i}")];

        float[][] vectors = Vectors((await OkAsync("/api/embed", new { model = "all-minilm", input = texts }))["embeddings"]);

        Assert.Equal(75, vectors.Length);
        foreach (string[] part in texts.Chunk(25))
        {
            Assert.Equal(Expected(part), vectors.Skip(Array.IndexOf(texts, part[0])).Take(25));
        }
    }

    /// <summary>Bigger than any message between processes.</summary>
    [Fact]
    public async Task A_text_of_a_megabyte_is_cut_like_any_other_that_is_too_long()
    {
        string text = string.Concat(Enumerable.Repeat("word ", 200_000));

        Assert.Equal(Expected(LongText), Vectors((await OkAsync("/api/embed", new { model = "all-minilm", input = text }))["embeddings"]));
    }

    [Fact]
    public async Task Ten_clients_at_once_get_their_own_vectors()
    {
        string[] texts = [.. Enumerable.Range(0, 10).Select(i => $"client {i}")];

        float[][] vectors = await Task.WhenAll(texts.Select(async (text, i) =>
        {
            using HttpClient client = NewClient();
            (string path, object body) = i % 2 == 0 ? ("/api/embed", (object)new { model = "all-minilm", input = text }) : ("/embed", new { inputs = text });
            JsonNode answer = (await PostAsync(path, Body(body), client)).Json;
            return Vectors(i % 2 == 0 ? answer["embeddings"] : answer)[0];
        }));

        Assert.Equal(Expected(texts), vectors);
    }

    [Fact]
    public async Task What_is_too_long_is_an_error_where_the_client_says_so()
    {
        string justFits = string.Join(' ', Enumerable.Repeat("word", 254));
        await OkAsync("/api/embed", new { model = "all-minilm", input = new[] { "short", justFits }, truncate = false });
        await OkAsync("/embed", new { inputs = justFits, truncate = false });

        HttpAnswer ollama = await PostAsync("/api/embed", Body(new { model = "all-minilm", input = new[] { "short", justFits + " word" }, truncate = false }));
        HttpAnswer tei = await PostAsync("/embed", Body(new { inputs = LongText, truncate = false }));
        HttpAnswer openAi = await PostAsync("/v1/embeddings", Body(new { model = "all-minilm", input = string.Concat(Enumerable.Repeat("word ", 8191)) }));

        Assert.Equal((400, """{"error":"the input length exceeds the context length"}"""), (ollama.Status, ollama.Text));
        Assert.Equal((422, """{"error":"Input validation error: `inputs` must have less than 256 tokens. Given: 402","error_type":"Validation"}"""), (tei.Status, tei.Text));
        Assert.Equal(400, openAi.Status);
        Assert.StartsWith("This model's maximum context length is 8192 tokens, however you requested 8193 tokens", (string)openAi.Json["error"]!["message"]!);
    }

    [Theory]
    [InlineData("query")]
    [InlineData("ingest")]
    public async Task A_header_chooses_the_lane_and_otherwise_the_size_does(string lane)
    {
        string text = $"{lane} {Guid.NewGuid()}";
        await OkAsync("/api/embed", new { model = "all-minilm", input = lane == "query" ? Enumerable.Repeat(text, 9).Select((t, i) => $"{t} {i}").ToArray() : [text] }, ("X-LocalRecall-Lane", lane));
        await OkAsync("/embed", new { inputs = lane == "query" ? ["brief " + text] : Enumerable.Range(0, 5).Select(i => $"{text} {i}").ToArray() });

        Assert.Equal(2, Meters.Heard("localrecall.embedding.requests").Count(line => line == $"1 lane={lane} outcome=answered"));
    }

    [Theory]
    [InlineData("/api/embed", """{"model":"all-minilm","input":"cut in the middle \ud83d"}""", "cut in the middle \uFFFD")]
    [InlineData("/api/embed", """{"model":"all-minilm","input":"whole \ud83d\ude00 \\ud83d"}""", "whole 😀 \\ud83d")]
    [InlineData("/api/embed", """{"MODEL":"all-minilm","Input":["any case"]}""", "any case")]
    public async Task Clients_are_forgiven_what_the_original_forgives(string path, string body, string text)
    {
        HttpAnswer answer = await PostAsync(path, body);

        Assert.Equal(Expected(text), Vectors(answer.Json["embeddings"]));
    }

    [Theory]
    [InlineData("/api/embed", """{"model":"all-minilm"}""", """{"model":"all-minilm","embeddings":[]}""")]
    [InlineData("/api/embed", """{"model":"all-minilm","input":[]}""", """{"model":"all-minilm","embeddings":[]}""")]
    [InlineData("/api/embed", """{"model":"all-minilm","input":""}""", """{"model":"all-minilm","embeddings":[]}""")]
    [InlineData("/api/embeddings", """{"model":"all-minilm"}""", """{"embedding":[]}""")]
    public async Task Nothing_gives_nothing(string path, string body, string expected) =>
        Assert.Equal((200, expected), (await PostAsync(path, body)) is var answer ? (answer.Status, answer.Text) : default);
}
