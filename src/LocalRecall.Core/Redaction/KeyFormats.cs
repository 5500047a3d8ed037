using System.Buffers;

namespace LocalRecall.Core.Redaction;

/// <summary>Keys that show by their first letters what they are.</summary>
internal static class KeyFormats
{
    /// <param name="Least">Characters after the prefix at least.</param>
    /// <param name="Exact">Just so many: a longer run is something else.</param>
    private sealed record Format(string Prefix, string Kind, SearchValues<char> Set, int Least, bool Exact = false);

    private const int MaxLooked = 128;
    private const int MaxJwtHeader = 4096;
    private const string Jwt = "eyJ";

    private static readonly Format[] Formats =
    [
        // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
        new("AKIA", "aws-access-key", Charset.Upper, 16, Exact: true),
        new("ASIA", "aws-access-key", Charset.Upper, 16, Exact: true),
        new("ABIA", "aws-access-key", Charset.Upper, 16, Exact: true),
        new("ACCA", "aws-access-key", Charset.Upper, 16, Exact: true),

        // https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/about-authentication-to-github
        new("ghp_", "github-token", Charset.Alphanumeric, 30),
        new("gho_", "github-token", Charset.Alphanumeric, 30),
        new("ghu_", "github-token", Charset.Alphanumeric, 30),
        new("ghs_", "github-token", Charset.Dotted, 30),
        new("ghr_", "github-token", Charset.Alphanumeric, 30),
        new("github_pat_", "github-token", Charset.Identifier, 30),

        new("glpat-", "gitlab-token", Charset.Dotted, 20),
        new("gldt-", "gitlab-token", Charset.Dotted, 20),
        new("glrt-", "gitlab-token", Charset.Dotted, 20),
        new("glptt-", "gitlab-token", Charset.Dotted, 20),

        new("xoxb-", "slack-token", Charset.Base64Url, 10),
        new("xoxp-", "slack-token", Charset.Base64Url, 10),
        new("xoxa-", "slack-token", Charset.Base64Url, 10),
        new("xoxr-", "slack-token", Charset.Base64Url, 10),
        new("xoxs-", "slack-token", Charset.Base64Url, 10),
        new("xoxo-", "slack-token", Charset.Base64Url, 10),
        new("xoxe-", "slack-token", Charset.Base64Url, 10),
        new("xoxc-", "slack-token", Charset.Base64Url, 10),
        new("xoxd-", "slack-token", Charset.Base64Url, 10),
        new("xoxe.", "slack-token", Charset.Dotted, 10),
        new("xapp-", "slack-token", Charset.Base64Url, 10),
        new("hooks.slack.com/services/", "slack-webhook", SearchValues.Create("/ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"), 20),

        new("sk_live_", "stripe-key", Charset.Alphanumeric, 16),
        new("rk_live_", "stripe-key", Charset.Alphanumeric, 16),
        new("sk_test_", "stripe-key", Charset.Alphanumeric, 16),
        new("rk_test_", "stripe-key", Charset.Alphanumeric, 16),
        new("whsec_", "stripe-key", Charset.Base64, 16),

        new("sk-ant-", "anthropic-key", Charset.Base64Url, 16),
        new("sk-", "openai-key", Charset.Base64Url, 20),
        new("gsk_", "groq-key", Charset.Alphanumeric, 32),
        new("xai-", "xai-key", Charset.Alphanumeric, 32),
        new("pplx-", "perplexity-key", Charset.Alphanumeric, 32),
        new("r8_", "replicate-token", Charset.Alphanumeric, 32),

        new("AIza", "google-key", Charset.Base64Url, 35, Exact: true),
        new("GOCSPX-", "google-key", Charset.Base64Url, 20),
        new("ya29.", "google-key", Charset.Dotted, 20),

        new("npm_", "npm-token", Charset.Alphanumeric, 30),
        new("pypi-", "pypi-token", Charset.Base64Url, 32),
        new("rubygems_", "rubygems-key", Charset.Hex, 40),
        new("dckr_pat_", "docker-token", Charset.Base64Url, 20),
        new("hf_", "huggingface-token", Charset.Alphanumeric, 30),
        new("SG.", "sendgrid-key", Charset.Dotted, 40),
        new("SK", "twilio-key", Charset.Hex, 32, Exact: true),
        new("shpat_", "shopify-token", Charset.Hex, 32),
        new("dop_v1_", "digitalocean-token", Charset.Hex, 40),
        new("hvs.", "vault-token", Charset.Base64Url, 20),
        new("dapi", "databricks-token", Charset.Hex, 32),
        new("PMAK-", "postman-key", Charset.Base64Url, 40),
        new("lin_api_", "linear-key", Charset.Alphanumeric, 32),
        new("sntrys_", "sentry-token", Charset.Bearer, 32),
        new("AGE-SECRET-KEY-1", "age-key", Charset.Upper, 40),
    ];

    private static readonly SearchValues<string> Prefixes = SearchValues.Create([Jwt, .. Formats.Select(f => f.Prefix)], StringComparison.Ordinal);

    public static void Find(string text, List<Secret> found)
    {
        int at = 0;
        while (text.AsSpan(at).IndexOfAny(Prefixes) is var next and >= 0)
        {
            at += next;
            int end = 0;
            string kind = "";
            if (Charset.IsWordStart(text, at))
            {
                foreach (Format format in Formats)
                {
                    if (string.CompareOrdinal(text, at, format.Prefix, 0, format.Prefix.Length) == 0 && EndOf(text, at, format) is var candidate and > 0)
                    {
                        (end, kind) = (candidate, format.Kind);
                        break;
                    }
                }
                if (end == 0 && string.CompareOrdinal(text, at, Jwt, 0, Jwt.Length) == 0) (end, kind) = (EndOfJwt(text, at), "jwt");
            }
            if (end > 0) found.Add(new Secret(at, end, kind));
            at = end > 0 ? end : at + 1;
        }
    }

    /// <summary>0 if it is no such key: too short, too long, or a name or placeholder that begins like one.</summary>
    private static int EndOf(string text, int at, Format format)
    {
        int from = at + format.Prefix.Length;
        int length = Charset.Run(text, from, format.Set, format.Exact ? format.Least + 1 : MaxLooked);
        int end = from + length;
        if (length < format.Least || (format.Exact && (length > format.Least || (end < text.Length && Charset.IsWord(text[end]))))) return 0;
        if (!Randomness.IsMixed(text.AsSpan(from, length))) return 0;
        if (length == MaxLooked) end = from + Charset.Run(text, from, format.Set);
        while (text[end - 1] == '.') end--; // of the sentence
        return end;
    }

    /// <summary>Three parts, or two of one that was cut off.</summary>
    private static int EndOfJwt(string text, int at)
    {
        int end = at + Charset.Run(text, at, Charset.Base64Url, MaxJwtHeader);
        if (end - at < 12 || string.CompareOrdinal(text, end, ".eyJ", 0, 4) != 0) return 0;
        end += 1 + Charset.Run(text, end + 1, Charset.Base64Url);
        while (end + 1 < text.Length && text[end] == '.' && Charset.Base64Url.Contains(text[end + 1])) end += 1 + Charset.Run(text, end + 1, Charset.Base64Url);
        return end;
    }
}
