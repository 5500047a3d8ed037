namespace LocalRecall.Core.Redaction;

/// <summary>What stands where a secret would, and is none: variables, masks, hints, types, what was redacted before.</summary>
internal static class Placeholders
{
    private static readonly string[] Beginnings =
    [
        "<", "&lt;", "&#", "{", "${", "$(", "$env:", "#{", "%(", "@(", "process.env", "os.environ", "os.getenv", "getenv", "env.", "ENV[", "System.getenv", "Environment.",
        "config.", "secrets.", "settings.", "vault:", "op://", "ssm:", "keyring:", "file:", "http://", "https://", "./", "../", "~/", "your", "my_", "example",
        "changeme", "change-me", "change_me", "change me", "replace", "placeholder", "insert", "redacted", "[redacted", "removed", "hidden", "masked", "todo", "xxx", "...", "…",
    ];

    private static readonly HashSet<string> Words = new(StringComparer.OrdinalIgnoreCase)
    {
        "string", "str", "text", "number", "boolean", "bool", "int", "integer", "char", "varchar", "bytes", "byte", "buffer", "object", "any", "unknown", "never", "void", "float", "double", "date",
        "array", "list", "map", "dict", "optional", "required", "mandatory", "null", "nil", "none", "undefined", "true", "false", "yes", "no", "on", "off", "default", "empty", "missing", "unset",
        "secure", "securestring", "secretstr", "hashed", "encrypted", "plain", "plaintext", "password", "passwd", "pwd", "pass", "secret", "token", "key", "apikey", "api_key", "api-key", "access_token",
        "hidden", "n/a", "na", "tbd", "test", "new", "self", "this", "await", "async", "return", "prompt", "stdin", "bearer", "basic", "digest", "header", "cookie", "query", "field", "input", "type", "value",
        "string?", "str?", "string;", "string[]", "uint", "uint8array", "int32", "int64", "uint32", "uint64", "base64", "base64url", "sha256", "sha512", "sha1", "md5", "hs256", "rs256", "es256", "utf8", "oauth2", "oauth2.0", "bcrypt", "argon2", "argon2id", "scrypt",
    };

    public static bool Is(ReadOnlySpan<char> value)
    {
        value = value.Trim();
        if (value.IsEmpty || value.Contains(Secret.Mark, StringComparison.Ordinal) || IsMask(value)) return true;
        if (Words.GetAlternateLookup<ReadOnlySpan<char>>().Contains(value)) return true;
        foreach (string beginning in Beginnings)
        {
            if (value.StartsWith(beginning, StringComparison.OrdinalIgnoreCase)) return true;
        }
        return IsVariable(value) || IsPath(value)
            || value.IndexOf("${") >= 0 || value.IndexOf("{{") >= 0 || value.IndexOf("$(") >= 0 || value.IndexOf("#{") >= 0 || value.IndexOf("<your", StringComparison.OrdinalIgnoreCase) >= 0
            || value.EndsWith("_here", StringComparison.OrdinalIgnoreCase) || value.EndsWith("-here", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary><c>****</c>, <c>xxxxxxxx</c>, <c>--------</c>, <c>0000</c>: one or two characters all along.</summary>
    private static bool IsMask(ReadOnlySpan<char> value)
    {
        char first = value[0];
        int second = value.IndexOfAnyExcept(first);
        return second < 0 || (value.Length > 3 && value.IndexOfAnyExcept(first, value[second]) < 0) || value.IndexOf("***") >= 0 || value.IndexOf("•••") >= 0;
    }

    /// <summary><c>$NAME</c>, <c>%NAME%</c>, <c>!Ref</c>, <c>&amp;name</c>.</summary>
    private static bool IsVariable(ReadOnlySpan<char> value) =>
        (value[0] == '$' && value.Length > 1 && !value[1..].TrimEnd(";)").ContainsAnyExcept(Charset.Identifier) && !char.IsAsciiDigit(value[1]))
        || (value.Length > 2 && value[0] == '%' && value.TrimEnd(";")[^1] == '%')
        || value.StartsWith("%s") || value.StartsWith("%d") || value.StartsWith("!Ref") || value.StartsWith("!Sub");

    /// <summary>From the root or a drive, with a folder of letters.</summary>
    private static bool IsPath(ReadOnlySpan<char> value)
    {
        if (value.Length > 2 && value[1] == ':' && value[2] is '\\' or '/') return char.IsAsciiLetter(value[0]);
        if (value.Length < 2 || value[0] != '/') return false;
        int next = value[1..].IndexOf('/');
        ReadOnlySpan<char> folder = next < 0 ? value[1..] : value[1..(next + 1)];
        return !folder.ContainsAnyExcept(Charset.Header) || folder[0] == '.';
    }
}
