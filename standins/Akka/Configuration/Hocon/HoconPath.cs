using System.Text;

namespace Akka.Configuration.Hocon;

internal static class HoconPath
{
    /// <summary>The keys of <c>a.b."c.d"</c>.</summary>
    public static List<string> Split(string path)
    {
        List<string> keys = [];
        if (!path.Contains('"'))
        {
            keys.AddRange(path.Split('.'));
            return keys;
        }

        var key = new StringBuilder();
        var quoted = false;
        foreach (var c in path)
        {
            if (c == '"')
                quoted = !quoted;
            else if (c == '.' && !quoted)
            {
                keys.Add(key.ToString());
                key.Clear();
            }
            else
                key.Append(c);
        }

        keys.Add(key.ToString());
        return keys;
    }

    public static string QuoteKey(string key) =>
        key.Length > 0 && key.All(c => char.IsLetterOrDigit(c) || c is '-' or '_' or '/') ? key : $"\"{key}\"";
}
