using System.Globalization;
using System.Text.Json;
using LocalRecall.Contracts;
using LocalRecall.Contracts.Messages;

namespace LocalRecall.Actors.Mcp.Tools;

/// <summary>What an agent gave a tool. Agents write numbers as strings and lists as one string; that is understood.</summary>
/// <exception cref="RecallFailedException">Each reader: the argument is missing or not what it must be.</exception>
internal sealed class ToolArguments(IDictionary<string, JsonElement>? given, TimeProvider time)
{
    public string Text(string name) => OptionalText(name) ?? throw Wrong(name, "is missing");

    /// <summary>Null: not given.</summary>
    public string? OptionalText(string name) => Find(name) is { } value ? TextOf(name, value) : null;

    /// <summary>As <see cref="OptionalText"/>, for what an empty text says nothing about.</summary>
    public string? Name(string name) => OptionalText(name) is { } text && !string.IsNullOrWhiteSpace(text) ? text.Trim() : null;

    /// <summary>What is out of range is taken for the nearest that is not.</summary>
    public int Number(string name, int fallback, int min, int max)
    {
        if (Name(name) is not { } text)
        {
            return fallback;
        }

        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && !double.IsNaN(number)
            ? (int)Math.Clamp(number, min, max)
            : throw Wrong(name, "must be a number");
    }

    /// <summary>0 to 1; null: not given.</summary>
    public double? Share(string name) => Name(name) is not { } text ? null
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double share) && share is >= 0 and <= 1 ? share
        : throw Wrong(name, "must be a number from 0 to 1");

    /// <summary>False unless given.</summary>
    public bool Flag(string name) => Name(name) is { } text && (bool.TryParse(text, out bool flag) ? flag : throw Wrong(name, "must be true or false"));

    public Guid Id(string name)
    {
        string text = Text(name).Trim();
        return Guid.TryParseExact(text, "D", out Guid id) || MemoryResources.TryParse(text, out id, out _) ? id : throw Wrong(name, "must be a memory's id");
    }

    /// <summary>Null: not given.</summary>
    public IReadOnlyList<string>? Texts(string name)
    {
        if (Find(name) is not { } value)
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.Array)
        {
            return [.. value.EnumerateArray().Select(item => TextOf(name, item))];
        }

        string text = TextOf(name, value).Trim();
        return text.StartsWith('[') && ListIn(text) is { } list ? list : text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>Null: not given.</summary>
    public DateTimeOffset? Time(string name) => Name(name) is { } text
        ? TimeArgument.TryParse(text, time.GetUtcNow()) ?? throw Wrong(name, "must be a time (2026-11-21, 2026-11-21T14:00Z) or an age (12h, 7d)")
        : null;

    private static RecallFailedException Wrong(string name, string what) => new(FailureCode.BadRequest, $"The parameter '{name}' {what}.");

    private static string TextOf(string name, JsonElement value)
    {
        try
        {
            return value.ValueKind switch
            {
                JsonValueKind.String => value.GetString()!,
                JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
                _ => throw Wrong(name, "must be text"),
            };
        }
        catch (InvalidOperationException)
        {
            throw Wrong(name, "holds broken surrogate pairs");
        }
    }

    private static string[]? ListIn(string text)
    {
        try
        {
            using var list = JsonDocument.Parse(text);
            return [.. list.RootElement.EnumerateArray().Select(item => item.ToString())];
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private JsonElement? Find(string name) =>
        given is not null && given.TryGetValue(name, out JsonElement value) && value.ValueKind is not (JsonValueKind.Null or JsonValueKind.Undefined) ? value : null;
}
