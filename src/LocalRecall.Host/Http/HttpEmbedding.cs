using System.Runtime.InteropServices;
using LocalRecall.Contracts;
using LocalRecall.Contracts.Messages;
using Microsoft.AspNetCore.Http;

namespace LocalRecall.Host.Http;

/// <param name="Vectors">The model's unit vectors in the order of the texts.</param>
/// <param name="Tokens">Embedded, special tokens included.</param>
internal sealed record EmbeddedTexts(IReadOnlyList<float[]> Vectors, int Tokens);

/// <summary>Embeds what a request brings, through the gateway like everybody.</summary>
internal static class HttpEmbedding
{
    /// <summary>Says <c>query</c> (somebody waits) or <c>ingest</c> (it may take its time). Without it, little is a query.</summary>
    public const string LaneHeader = "X-LocalRecall-Lane";

    private const int QueryTexts = 4;
    private const int QueryCharacters = 4000;

    /// <summary>Messages under way for one request: while one runs, the next is already there.</summary>
    private const int Ahead = 2;

    /// <param name="maxTokens">Of a text; see <see cref="EmbedTexts"/>.</param>
    /// <param name="tooLong">What the client is told of one that has more.</param>
    /// <exception cref="HttpFailure">A text is too long, or the host refused.</exception>
    public static async Task<EmbeddedTexts> EmbedAsync(
        this HttpGateway gateway, HttpContext context, IReadOnlyList<string> texts, int maxTokens, Func<TextTooLong, HttpFailure> tooLong)
    {
        bool isQuery = IsQuery(context.Request, texts);
        IReadOnlyList<string>[] batches = [.. EmbedBatches.Of(texts)];
        var replies = new TextsEmbedded[batches.Length];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = Ahead, CancellationToken = context.RequestAborted };
        await Parallel.ForAsync(0, batches.Length, parallel, async (i, cancellation) =>
        {
            IReply reply = await gateway.AskAsync(context, header => new EmbedTexts(header, batches[i], isQuery, maxTokens), cancellation).ConfigureAwait(false);
            replies[i] = reply is TextTooLong text ? throw tooLong(text) : (TextsEmbedded)reply;
        }).ConfigureAwait(false);
        return new EmbeddedTexts([.. replies.SelectMany(VectorsOf)], replies.Sum(reply => reply.Tokens));
    }

    private static bool IsQuery(HttpRequest request, IReadOnlyList<string> texts) => request.Headers[LaneHeader].ToString() switch
    {
        "" => texts.Count <= QueryTexts && texts.Sum(text => text.Length) <= QueryCharacters,
        "query" => true,
        "ingest" => false,
        _ => throw new HttpFailure(StatusCodes.Status400BadRequest, $"{LaneHeader} is query or ingest"),
    };

    private static IEnumerable<float[]> VectorsOf(TextsEmbedded reply)
    {
        float[] floats = MemoryMarshal.Cast<byte, float>(reply.Vectors.Span).ToArray();
        return floats.Chunk(reply.Dimensions);
    }
}
