using System.Text.Json.Nodes;
using LocalRecall.Infrastructure.Models;
using Xunit;

namespace LocalRecall.Tests.Host.Http;

/// <summary>What clients look at before they embed.</summary>
public sealed class ModelEndpointsTests : HttpTest
{
    private static IEnumerable<string> Keys(JsonNode? json) => json!.AsObject().Select(field => field.Key);

    [Fact]
    public async Task Ollama_lists_every_name_with_its_tag()
    {
        HttpAnswer tags = await GetAsync("/api/tags", Ollama);

        JsonArray models = tags.Json["models"]!.AsArray();
        Assert.Contains("nomic-embed-text:latest", models.Select(model => (string)model!["name"]!));
        Assert.Contains("all-minilm:22m", models.Select(model => (string)model!["model"]!));
        Assert.All(models, model => Assert.Equal(["name", "model", "modified_at", "size", "digest", "details", "capabilities"], Keys(model)));
        JsonNode nomic = models.Single(model => (string)model!["name"]! == "nomic-embed-text:latest")!;
        Assert.Equal((768, 256), ((int)nomic["details"]!["embedding_length"]!, (int)nomic["details"]!["context_length"]!));
        Assert.Equal(64, ((string)nomic["digest"]!).Length);
        Assert.True(DateTimeOffset.TryParse((string)nomic["modified_at"]!, out _));

        using var head = new HttpRequestMessage(HttpMethod.Head, "/api/tags");
        HttpAnswer headers = await HttpAnswer.OfAsync(await Ollama.SendAsync(head));
        Assert.Equal((200, "", (long)tags.Text.Length), (headers.Status, headers.Text, headers.Message.Content.Headers.ContentLength!.Value));
    }

    [Fact]
    public async Task Ollama_says_that_it_runs_and_what_it_is()
    {
        HttpAnswer root = await GetAsync("/", Ollama);

        Assert.Equal((200, "Ollama is running"), (root.Status, root.Text));
        Assert.Equal(["version"], Keys((await GetAsync("/api/version", Ollama)).Json));
    }

    [Fact]
    public async Task Ollama_shows_a_model_by_either_field()
    {
        HttpAnswer shown = await PostAsync("/api/show", """{"model":"nomic-embed-text:latest"}""", Ollama);

        Assert.Equal(["details", "model_info", "capabilities", "modified_at"], Keys(shown.Json));
        Assert.Equal(768, (int)shown.Json["model_info"]!["bert.embedding_length"]!);
        Assert.Equal("""["embedding"]""", shown.Json["capabilities"]!.ToJsonString());
        Assert.Equal(shown.Text, (await PostAsync("/api/show", """{"name":"nomic-embed-text","verbose":true}""", Ollama)).Text);
    }

    [Fact]
    public async Task Ollama_lists_a_model_as_running_once_it_is_loaded()
    {
        HttpAnswer before = await GetAsync("/api/ps", Ollama);
        await PostAsync("/api/embed", """{"model":"all-minilm","input":"load it"}""", Ollama);
        HttpAnswer after = await GetAsync("/api/ps", Ollama);

        Assert.Equal("""{"models":[]}""", before.Text);
        JsonNode running = after.Json["models"]!.AsArray().Single(model => (string)model!["name"]! == "all-minilm:latest")!;
        Assert.Equal(["name", "model", "size", "digest", "details", "expires_at", "size_vram", "context_length"], Keys(running));
        Assert.True((DateTimeOffset)running["expires_at"]! > DateTimeOffset.UtcNow);
    }

    [Fact]
    public async Task OpenAI_lists_and_shows_models()
    {
        HttpAnswer list = await GetAsync("/v1/models");
        HttpAnswer one = await GetAsync("/v1/models/sentence-transformers/all-MiniLM-L6-v2");

        Assert.Equal("list", (string)list.Json["object"]!);
        Assert.Contains("text-embedding-3-small", list.Json["data"]!.AsArray().Select(model => (string)model!["id"]!));
        Assert.All(list.Json["data"]!.AsArray(), model => Assert.Equal(["id", "object", "created", "owned_by"], Keys(model)));
        Assert.Equal(("sentence-transformers/all-MiniLM-L6-v2", "model"), ((string)one.Json["id"]!, (string)one.Json["object"]!));
    }

    [Fact]
    public async Task TEI_says_what_it_takes()
    {
        JsonNode info = (await GetAsync("/info")).Json;

        Assert.Equal(
            [
                "model_id", "model_sha", "model_dtype", "served_model_name", "model_type", "max_concurrent_requests", "max_input_length", "max_batch_tokens",
                "max_batch_requests", "max_client_batch_size", "auto_truncate", "tokenization_workers", "version", "sha", "docker_label",
            ],
            Keys(info));
        Assert.Equal((ModelManifest.BuiltIn.Files.Id, 256, 32, true), ((string)info["model_id"]!, (int)info["max_input_length"]!, (int)info["max_client_batch_size"]!, (bool)info["auto_truncate"]!));
        Assert.Equal("""{"embedding":{"pooling":"mean"}}""", info["model_type"]!.ToJsonString());
    }
}
