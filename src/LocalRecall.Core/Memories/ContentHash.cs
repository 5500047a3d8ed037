using System.Security.Cryptography;
using System.Text;

namespace LocalRecall.Core.Memories;

/// <summary>The short hash that memory files carry: first 16 hex digits of SHA-256 over the UTF-8 text, untrimmed.</summary>
public static class ContentHash
{
    public static string Of(string text) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 8));
}
