using System.Text;

namespace Akka.Util;

/// <summary>Short names for numbers: base 64 with the least significant digit first.</summary>
internal static class Base64Encoding
{
    private const string Base64Chars = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+~";

    public static string Base64Encode(this long value, string prefix)
    {
        var text = new StringBuilder(prefix);
        do
        {
            text.Append(Base64Chars[(int)(value & 63)]);
            value >>= 6;
        } while (value > 0);

        return text.ToString();
    }
}
