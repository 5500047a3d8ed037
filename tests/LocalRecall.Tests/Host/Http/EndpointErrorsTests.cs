using System.Text.Json.Nodes;
using Xunit;

namespace LocalRecall.Tests.Host.Http;

/// <summary>The originals' errors, word for word where their source or their documentation has them.</summary>
public sealed class EndpointErrorsTests : HttpTest
{
    private static readonly (string path, string body, int status, string error)[] OllamaErrors =
    [
        ("/api/embed", "", 400, "missing request body"),
        ("/api/embed", "{", 400, "invalid JSON"),
        ("/api/embed", "[]", 400, "invalid value at $"),
        ("/api/embed", """{"model":1}""", 400, "invalid value at $.model"),
        ("/api/embed", """{"model":"all-minilm","dimensions":"many"}""", 400, "invalid value at $.dimensions"),
        ("/api/embed", "{}", 404, "model '' not found"),
        ("/api/embed", """{"model":"a b","input":"x"}""", 404, "model 'a b' not found"),
        ("/api/embed", """{"model":"nope","input":"x"}""", 404, "model \"nope\" not found, try pulling it first"),
        ("/api/embed", """{"model":"library/nope:7b"}""", 404, "model \"library/nope:7b\" not found, try pulling it first"),
        ("/api/embed", """{"model":"all-minilm","input":5}""", 400, "invalid input type"),
        ("/api/embed", """{"model":"all-minilm","input":["a",5]}""", 400, "invalid input type"),
        ("/api/embed", """{"model":"nope","input":{}}""", 400, "invalid input type"),
        ("/api/embeddings", "", 400, "missing request body"),
        ("/api/embeddings", "{}", 400, "model is required"),
        ("/api/embeddings", """{"model":"nope","prompt":"x"}""", 404, "model \"nope\" not found, try pulling it first"),
        ("/api/show", "", 400, "missing request body"),
        ("/api/show", "{}", 400, "model is required"),
        ("/api/show", """{"model":"nope"}""", 404, "model 'nope' not found"),
        ("/api/show", """{"name":"nope"}""", 404, "model 'nope' not found"),
    ];

    [Fact]
    public async Task Errors_of_Ollama()
    {
        foreach ((string path, string body, int status, string error) in OllamaErrors)
        {
            HttpAnswer answer = await PostAsync(path, body, Ollama);

            Assert.Equal(status, answer.Status);
            Assert.Equal("error", Assert.Single(answer.Json.AsObject()).Key);
            Assert.StartsWith(error, (string)answer.Json["error"]!);
        }
    }

    private static readonly (string body, int status, string? param, string? code, string message)[] OpenAiErrors =
    [
        ("", 400, null, null, "We could not parse the JSON body of your request."),
        ("{", 400, null, null, "We could not parse the JSON body of your request."),
        ("""{"model":1}""", 400, null, null, "'$.model' is invalid."),
        ("""{"input":"x"}""", 400, null, null, "you must provide a model parameter"),
        ("""{"model":"gpt-x","input":"x"}""", 404, null, "model_not_found", "The model `gpt-x` does not exist"),
        ("""{"model":"all-minilm"}""", 400, "input", "missing_required_parameter", "Missing required parameter: 'input'."),
        ("""{"model":"all-minilm","input":[]}""", 400, "input", "empty_array", "Invalid 'input': empty array."),
        ("""{"model":"all-minilm","input":""}""", 400, "input", "invalid_value", "Invalid 'input': input cannot be an empty string."),
        ("""{"model":"all-minilm","input":["x",""]}""", 400, "input", "invalid_value", "Invalid 'input': input cannot be an empty string."),
        ("""{"model":"all-minilm","input":{}}""", 400, "input", null, "'$.input' is invalid."),
        ("""{"model":"all-minilm","input":["x",1]}""", 400, "input", null, "'$.input' is invalid."),
        ("""{"model":"all-minilm","input":[15339,1917]}""", 400, "input", "invalid_value", "Invalid 'input': tokens are numbers"),
        ("""{"model":"all-minilm","input":[[15339],[1917]]}""", 400, "input", "invalid_value", "Invalid 'input': tokens are numbers"),
        ("""{"model":"all-minilm","input":"x","dimensions":0}""", 400, "dimensions", "integer_below_min_value", "Invalid 'dimensions'"),
        ("""{"model":"all-minilm","input":"x","dimensions":385}""", 400, "dimensions", null, "Invalid value for 'dimensions' = 385. Must be less than or equal to 384."),
        ("""{"model":"all-minilm","input":"x","encoding_format":"hex"}""", 400, "encoding_format", "invalid_value", "Invalid value: 'hex'."),
    ];

    [Fact]
    public async Task Errors_of_OpenAI()
    {
        foreach ((string body, int status, string? param, string? code, string message) in OpenAiErrors)
        {
            HttpAnswer answer = await PostAsync("/v1/embeddings", body);

            Assert.Equal(status, answer.Status);
            Assert.Equal("error", Assert.Single(answer.Json.AsObject()).Key);
            JsonObject error = answer.Json["error"]!.AsObject();
            Assert.Equal(["message", "type", "param", "code"], error.Select(field => field.Key));
            Assert.Equal(("invalid_request_error", param, code), ((string)error["type"]!, (string?)error["param"], (string?)error["code"]));
            Assert.StartsWith(message, (string)error["message"]!);
        }
    }

    [Fact]
    public async Task OpenAI_takes_at_most_2048_inputs_and_wants_a_key()
    {
        HttpAnswer many = await PostAsync("/v1/embeddings", $$"""{"model":"all-minilm","input":[{{string.Join(',', Enumerable.Repeat("\"x\"", 2049))}}]}""");
        HttpAnswer keyless = await PostAsync("/v1/embeddings", "{}", Ollama);

        Assert.Equal((400, "array_above_max_length"), (many.Status, (string)many.Json["error"]!["code"]!));
        Assert.Equal((401, "invalid_api_key"), (keyless.Status, (string)keyless.Json["error"]!["code"]!));
        Assert.Equal((404, "model_not_found"), (await GetAsync("/v1/models/nope")) is var unknown ? (unknown.Status, (string)unknown.Json["error"]!["code"]!) : default);
    }

    private static readonly (string body, int status, string type, string error)[] TeiErrors =
    [
        ("", 400, "Validation", "Failed to parse the request body as JSON"),
        ("""{"inputs":""", 400, "Validation", "Failed to parse the request body as JSON"),
        ("{}", 422, "Validation", "Failed to deserialize the JSON body into the target type"),
        ("""{"inputs":5}""", 422, "Validation", "Failed to deserialize the JSON body into the target type"),
        ("""{"inputs":"x","truncate":"no"}""", 422, "Validation", "Failed to deserialize the JSON body into the target type: $.truncate"),
        ("""{"inputs":[]}""", 400, "Empty", "`inputs` cannot be empty"),
        ("""{"inputs":[1,2]}""", 422, "Validation", "Input validation error: `inputs` must be texts"),
        ("""{"inputs":"x","normalize":false}""", 422, "Validation", "Input validation error: `normalize` must be true"),
        ("""{"inputs":"x","dimensions":0}""", 422, "Validation", "Input validation error: `dimensions` should be positive"),
        ("""{"inputs":"x","dimensions":385}""", 422, "Validation", "Input validation error: `dimensions` should be smaller than the maximum embedding dimension."),
        ("""{"inputs":"x","truncation_direction":"Left"}""", 422, "Validation", "Input validation error: `truncation_direction` must be right"),
        ("""{"inputs":"x","prompt_name":"query"}""", 422, "Validation", "Input validation error: `default-prompt-name` is set to `query` but no prompts were found in the Sentence Transformers configuration"),
    ];

    [Fact]
    public async Task Errors_of_TEI()
    {
        foreach ((string body, int status, string type, string error) in TeiErrors)
        {
            HttpAnswer answer = await PostAsync("/embed", body);

            Assert.Equal(status, answer.Status);
            Assert.Equal(["error", "error_type"], answer.Json.AsObject().Select(field => field.Key));
            Assert.Equal(type, (string)answer.Json["error_type"]!);
            Assert.StartsWith(error, (string)answer.Json["error"]!);
        }
    }

    [Fact]
    public async Task TEI_takes_at_most_32_inputs()
    {
        HttpAnswer answer = await PostAsync("/embed", $$"""{"inputs":[{{string.Join(',', Enumerable.Repeat("\"x\"", 33))}}]}""");

        Assert.Equal((422, """{"error":"batch size 33 > maximum allowed batch size 32","error_type":"Validation"}"""), (answer.Status, answer.Text));
    }

    [Fact]
    public async Task A_model_that_can_not_be_used_is_said_so_in_each_shape()
    {
        Model.OpenProblem = "The model file is missing.";

        HttpAnswer ollama = await PostAsync("/api/embed", """{"model":"all-minilm","input":"x"}""");
        HttpAnswer openAi = await PostAsync("/v1/embeddings", """{"model":"all-minilm","input":"x"}""");
        HttpAnswer tei = await PostAsync("/embed", """{"inputs":"x"}""");

        Assert.Equal((503, 503, 424), (ollama.Status, openAi.Status, tei.Status));
        Assert.Contains("The model file is missing.", (string)ollama.Json["error"]!);
        Assert.Equal("server_error", (string)openAi.Json["error"]!["type"]!);
        Assert.Equal("Backend", (string)tei.Json["error_type"]!);
    }
}
