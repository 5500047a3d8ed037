using System.Text;
using System.Text.Json.Nodes;
using LocalRecall.Contracts.Mcp;
using LocalRecall.Contracts.Messages;
using Xunit;

namespace LocalRecall.Tests.Contracts.Mcp;

public sealed class JsonRpcMessageTests
{
    [Theory]
    [InlineData("""{"jsonrpc":"2.0","id":0,"method":"ping"}""", JsonRpcKind.Request, "0", "ping")]
    [InlineData("""{"method":"ping","params":{"id":7,"method":"other"},"jsonrpc":"2.0","id":-12}""", JsonRpcKind.Request, "-12", "ping")]
    [InlineData("""{"id":"a \" \\ \u00e9 é","method":"ping"}""", JsonRpcKind.Request, """ "a \" \\ \u00e9 é" """, "ping")]
    [InlineData("""{"id":12345678901234567890.5e3,"method":"ping"}""", JsonRpcKind.Request, "12345678901234567890.5e3", "ping")]
    [InlineData("""{"\u0069d":"","\u006dethod":"p\u0069ng"}""", JsonRpcKind.Request, "\"\"", "ping")]
    [InlineData("""{"method":"notifications/initialized"}""", JsonRpcKind.Notification, null, "notifications/initialized")]
    [InlineData("""{"id":1,"result":{}}""", JsonRpcKind.Response, "1", null)]
    [InlineData("""{"id":null,"error":{"code":1,"message":"m"}}""", JsonRpcKind.Response, null, null)]
    [InlineData("""{"id":null,"method":"ping"}""", JsonRpcKind.Invalid, null, "ping")]
    [InlineData("""{"id":true,"method":"ping"}""", JsonRpcKind.Invalid, null, "ping")]
    [InlineData("""{"id":{"a":[1]},"method":"ping"}""", JsonRpcKind.Invalid, null, "ping")]
    [InlineData("""{"id":[1],"method":"ping"}""", JsonRpcKind.Invalid, null, "ping")]
    [InlineData("""{"id":3,"method":5}""", JsonRpcKind.Invalid, "3", null)]
    [InlineData("""{"id":3}""", JsonRpcKind.Invalid, "3", null)]
    [InlineData("{}", JsonRpcKind.Invalid, null, null)]
    [InlineData("""{"id":1,"method":"\ud800"}""", JsonRpcKind.Invalid, null, null)]
    [InlineData("""[{"id":1,"method":"ping"}]""", JsonRpcKind.Invalid, null, null)]
    [InlineData("5", JsonRpcKind.Invalid, null, null)]
    [InlineData("""{"id":1,"method":"ping"} {}""", JsonRpcKind.NoJson, null, null)]
    [InlineData("""{"id":1,"method":"ping""", JsonRpcKind.NoJson, null, null)]
    [InlineData("""{"id":1,"method":"ping","params":[}""", JsonRpcKind.NoJson, null, null)]
    [InlineData("""{"id":1,"method":"ping","params":"\ud800"}""", JsonRpcKind.Request, "1", "ping")]
    [InlineData("hello", JsonRpcKind.NoJson, null, null)]
    [InlineData("", JsonRpcKind.NoJson, null, null)]
    public void Kind_id_and_method_are_read_and_nothing_else(string json, JsonRpcKind kind, string? id, string? method)
    {
        Assert.Equal(new JsonRpcMessage(kind, id?.Trim(), method), JsonRpcMessage.Read(Encoding.UTF8.GetBytes(json)));
    }

    [Fact]
    public void Bytes_that_are_no_text_and_nesting_without_end_are_no_json()
    {
        Assert.Equal(default, JsonRpcMessage.Read([.. "{\"method\":\""u8, 0xC3, 0x28, .. "\"}"u8]));
        Assert.Equal(default, JsonRpcMessage.Read(Encoding.UTF8.GetBytes($"{{\"method\":\"ping\",\"params\":{new string('[', 50_000)}{new string(']', 50_000)}}}")));
    }

    [Theory]
    [InlineData("""{"jsonrpc":"2.0","id":5,"method":"tools/call","params":{"text":"aaa""", """aaa"}}""", JsonRpcKind.Request, "5")]
    [InlineData("""{"method":"tools/call","params":{"text":"aaa""", """aaa"},"jsonrpc":"2.0","id":"x-1"} """, JsonRpcKind.Request, "\"x-1\"")]
    [InlineData("""{"method":"tools/call","params":{"text":"aaa""", """aaa","id":3}}""", JsonRpcKind.Invalid, null)]
    [InlineData("""{"method":"notifications/x","params":{"text":"aaa""", """aaa \"id\":3}" } }""", JsonRpcKind.Notification, null)]
    [InlineData("""{"id":5,"result":{"text":"aaa""", """aaa"}}""", JsonRpcKind.Response, "5")]
    [InlineData("aaaaa", "aaaaa", JsonRpcKind.Invalid, null)]
    [InlineData("[[[[[", "]]]]]", JsonRpcKind.Invalid, null)]
    public void Of_a_message_in_pieces_the_id_is_found_at_either_end(string beginning, string end, JsonRpcKind kind, string? id)
    {
        JsonRpcMessage message = JsonRpcMessage.ReadPieces(Encoding.UTF8.GetBytes(beginning), Encoding.UTF8.GetBytes(end));

        Assert.Equal((kind, id), (message.Kind, message.Id));
    }

    [Fact]
    public void An_error_is_a_response_on_one_line()
    {
        string error = JsonRpcError.Of("\"a\\n\"", FailureCode.HostUnavailable, "No host.\n\"Really\".");

        Assert.DoesNotContain('\n', error);
        Assert.Equal(
            """{"jsonrpc":"2.0","id":"a\n","error":{"code":-32603,"message":"No host.\n\"Really\".","data":{"code":"host-unavailable"}}}""",
            JsonNode.Parse(error)!.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));
        Assert.Equal("""{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"m"}}""", JsonRpcError.Of(null, JsonRpcError.ParseError, "m"));
    }
}
