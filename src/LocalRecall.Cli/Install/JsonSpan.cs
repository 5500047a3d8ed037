using System.Text.Json;

namespace LocalRecall.Cli.Install;

/// <summary>A value in a JSON text, and where it is: bytes <paramref name="Start"/> up to <paramref name="End"/>.</summary>
/// <param name="Kind">The token it begins with.</param>
/// <param name="Text">What a string says; null for anything else.</param>
internal sealed record JsonSpan(JsonTokenType Kind, int Start, int End, string? Text, IReadOnlyList<JsonMember> Members, IReadOnlyList<JsonSpan> Items)
{
    public bool IsObject => Kind == JsonTokenType.StartObject;

    public bool IsArray => Kind == JsonTokenType.StartArray;

    /// <summary>The last of that name, as for every agent's parser; null: there is none.</summary>
    public JsonSpan? Member(string name) => Members.LastOrDefault(m => m.Name == name)?.Value;

    /// <summary>Its members' or items' starts and ends, in their order.</summary>
    public IReadOnlyList<(int Start, int End)> Elements =>
        IsObject ? [.. Members.Select(m => (m.Start, m.Value.End))] : [.. Items.Select(i => (i.Start, i.End))];
}

/// <param name="Start">Where its name begins.</param>
internal sealed record JsonMember(string Name, int Start, JsonSpan Value);
