using System.Text;
using Akka.Configuration;
using Microsoft.Extensions.Configuration;

namespace Akka.Hosting.Configuration;

public static class ConfigurationHoconAdapter
{
    /// <summary>
    /// The tree of keys as HOCON: "_" becomes "-", a key may be a dotted path, children named 0, 1, 2… are a list.
    /// </summary>
    /// <param name="normalizeKeys">Keys become lower case.</param>
    public static Config ToHocon(this IConfiguration config, bool normalizeKeys = true)
    {
        var text = new StringBuilder();
        var children = config is IConfigurationSection section ? [section] : config.GetChildren();
        foreach (var child in children)
            AppendEntry(text, child, normalizeKeys);
        return ConfigurationFactory.ParseString(text.ToString());
    }

    private static void AppendEntry(StringBuilder text, IConfigurationSection section, bool normalizeKeys)
    {
        var key = (normalizeKeys ? section.Key.ToLowerInvariant() : section.Key).Replace('_', '-');
        text.Append(key).Append(" = ");
        AppendValue(text, section, normalizeKeys);
        text.Append('\n');
    }

    private static void AppendValue(StringBuilder text, IConfigurationSection section, bool normalizeKeys)
    {
        var children = section.GetChildren().ToList();
        if (children.Count > 0 && children.All(child => int.TryParse(child.Key, out _)))
        {
            text.Append('[');
            foreach (var child in children.OrderBy(child => int.Parse(child.Key)))
            {
                AppendValue(text, child, normalizeKeys);
                text.Append('\n');
            }
            text.Append(']');
        }
        else if (children.Count > 0 && section.Value is null)
        {
            text.Append("{\n");
            foreach (var child in children)
                AppendEntry(text, child, normalizeKeys);
            text.Append('}');
        }
        else
        {
            text.Append(section.Value switch { "True" => "on", "False" => "off", var value => value.ToHocon() });
        }
    }
}
