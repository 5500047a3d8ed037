using System.Text;

namespace LocalRecall.Contracts;

/// <summary>Cuts a list of texts into requests that fit a frame.</summary>
public static class EmbedBatches
{
    /// <summary>Bytes around a text, and around all of them.</summary>
    private const int OverheadBytes = 6;
    private const int HeaderBytes = 64;

    /// <summary>A text that fits no request makes one of its own, which is then refused as too large.</summary>
    public static IEnumerable<IReadOnlyList<string>> Of(IReadOnlyList<string> texts)
    {
        var batch = new List<string>();
        int sizeBytes = HeaderBytes;
        foreach (string text in texts)
        {
            int textBytes = Encoding.UTF8.GetByteCount(text) + OverheadBytes;
            if (batch.Count > 0 && (batch.Count == WireLimits.MaxEmbedTexts || sizeBytes + textBytes > WireLimits.MaxMessageBytes))
            {
                yield return batch;
                batch = [];
                sizeBytes = HeaderBytes;
            }

            batch.Add(text);
            sizeBytes += textBytes;
        }

        if (batch.Count > 0)
        {
            yield return batch;
        }
    }
}
