namespace LocalRecall.Actors.Mcp.Tools;

/// <summary>Parameters that several tools share, as members of a JSON schema, and how they are read.</summary>
internal static class Parameters
{
    public const string Question = "\"query\":" + """{"type":"string","description":"What you want to know, in plain words; exact names and error texts help."}""";
    public const string InScope = "\"scope\":" + """{"type":"string","description":"global, file:PATH or area:NAME. Global memories are always included."}""";
    public const string Id = "\"id\":" + """{"type":"string","description":"The memory's id."}""";
    public const string MaxTokens = "\"max_tokens\":" + """{"type":"integer","default":2000,"description":"Of the contents returned, about."}""";
    public const string Kinds = "\"kinds\":" + """{"type":"array","items":{"type":"string","enum":["episodic","thinking","exchange","document"]},"description":"Default: all."}""";
    public const string Project = "\"project\":" + """{"type":"string","description":"A repository's path, or any. Default: the one you work in. Memories of no project are always included."}""";
    public const string Since = "\"since\":" + """{"type":"string","description":"A time (2026-11-21, 2026-11-21T14:00Z) or an age (12h, 7d, 2w)."}""";
    public const string Until = "\"until\":" + """{"type":"string","description":"As since; exclusive."}""";
    public const string Subject = "\"subject\":" + """{"type":"string","maxLength":200,"description":"The fact in one line, as one would look for it."}""";
    public const string Keywords = "\"keywords\":" + """{"type":"array","items":{"type":"string","maxLength":50},"maxItems":20,"description":"Words to find it by."}""";
    public const string AppliesTo = "\"applies_to\":" + """{"type":"string","description":"global, file:PATH or area:NAME."}""";
    public const string Content = "\"content\":" + """{"type":"string","minLength":10,"description":"The whole of it, Markdown, understandable without this session."}""";

    public const int DefaultMaxTokens = 2000;
    public const int MaxMaxTokens = 25_000;

    public static string Limit(int fallback, int max) => "\"limit\":" + $$"""{"type":"integer","default":{{fallback}},"maximum":{{max}}}""";

    public static string Join(params string[] properties) => string.Join(",", properties);

    public static int MaxTokensOf(ToolArguments arguments, int fallback = DefaultMaxTokens) => arguments.Number("max_tokens", fallback, 1, MaxMaxTokens);

    /// <summary>The path to look in, or null for all.</summary>
    public static string? ProjectOf(RecallCall call, ToolArguments arguments) => arguments.Name("project") switch
    {
        null => call.Project,
        "any" or "all" or "*" => null,
        var path => path,
    };
}
