using LocalRecall.Core.Memories;
using LocalRecall.Core.Redaction;
using Xunit;

namespace LocalRecall.Tests.Core.Redaction;

/// <summary>All secrets are made up, and put together here so that no scanner of sources takes them for real.</summary>
public sealed class RedactorTests
{
    private const string Base62 = "x7Kq2mVbR9tYwE4uZpL8sNfH3jGdC6aQ1oXi";
    private const string Hex32 = "9f86d081884c7d659a2feaa0c55ad015";
    private const string Aws = "AKIA" + "Q3EGR7XNOTF5M2LA";
    private const string AwsSecret = "wJalrXUtnFEMI/K7MDENG/bPxRfi" + "CYzR4kQ9tLmW";
    private const string Azure = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/" + "K1SZFPTOtr/KBHBeksoGMGw==";
    private const string Jwt = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9" + ".eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4ifQ" + ".dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U";
    private const string KeyLine = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj";

    /// <summary>What must go, the text around it, the kind.</summary>
    public static TheoryData<string, string, string> Secrets { get; } = new()
    {
        // Well-known formats
        { Aws, "the id is {0}, they said", "aws-access-key" },
        { "ASIA" + "Q3EGR7XNOTF5M2LA", "aws_access_key_id = {0}", "aws-access-key" },
        { "ghp_" + Base62, "git clone with {0} works", "github-token" },
        { "gho_" + Base62, "'{0}'", "github-token" },
        { "ghs_" + Base62, "({0})", "github-token" },
        { "ghu_" + Base62, "{0}", "github-token" },
        { "ghp_" + Base62, "line one\\n{0}\\nline three", "github-token" },
        { "github_pat_" + "11ABCDEFG0" + Base62 + "_" + Base62, "GH: {0}.", "github-token" },
        { "glpat-" + "x7Kq2mVbR9tYwE4uZpL8", "a {0} b", "gitlab-token" },
        { "xoxb-" + "123456789012-1234567890123-x7Kq2mVbR9tYwE4uZpL8sNfH", "bot {0}", "slack-token" },
        { "xoxp-" + "123456789012-x7Kq2mVbR9tYwE4u", "user {0}", "slack-token" },
        { "hooks.slack.com/services/" + "T01ABCDEF/B02ABCDEF/x7Kq2mVbR9tYwE4uZpL8sNfH", "POST https://{0} now", "slack-webhook" },
        { "sk_live_" + "51H8x7Kq2mVbR9tYwE4uZpL8", "stripe {0}", "stripe-key" },
        { "rk_live_" + "51H8x7Kq2mVbR9tYwE4uZpL8", "stripe {0}", "stripe-key" },
        { "sk-" + Base62 + "x7Kq2mVbR9tY", "export X={0}", "openai-key" },
        { "sk-proj-" + Base62 + "_" + Base62 + "-" + Base62, "client = OpenAI(\"{0}\")", "openai-key" },
        { "sk-ant-" + "api03-" + Base62 + "-" + Base62 + "AA", "claude {0}", "anthropic-key" },
        { "AIza" + "SyA1x7Kq2mVbR9tYwE4uZpL8sNfH3jGdC6a", "maps?key={0}&x=1", "google-key" },
        { "npm_" + Base62, "//registry/:_authToken={0}", "npm-token" },
        { "pypi-" + "AgEIcHlwaS5vcmcCJDx7Kq2mVbR9tYwE4uZpL8sNfH3jGdC6aQ1oXi", "twine {0}", "pypi-token" },
        { "hf_" + "x7KqmVbRtYwEuZpLsNfHjGdCaQoXiABCD1", "login {0}", "huggingface-token" },
        { "SG." + "x7Kq2mVbR9tYwE4uZpL8sN" + "." + Base62 + "abcdefg", "mail {0}", "sendgrid-key" },
        { "SK" + Hex32, "twilio {0}", "twilio-key" },
        { Jwt, "cookie {0};", "jwt" },
        { "ya29." + Base62, "gcloud said {0}", "google-key" },
        { "hvs." + Base62, "vault {0}", "vault-token" },

        // In assignments
        { AwsSecret, "aws_secret_access_key = {0}", "secret" },
        { AwsSecret, "AWS_SECRET_ACCESS_KEY={0}\n", "secret" },
        { AwsSecret, "\"SecretAccessKey\": \"{0}\",", "secret" },
        { AwsSecret, "AWS Secret Access Key [None]: {0}", "secret" },
        { Azure, "DefaultEndpointsProtocol=https;AccountName=x;AccountKey={0};EndpointSuffix=core.windows.net", "secret" },
        { Azure, "Endpoint=sb://x.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey={0}", "secret" },
        { "hunter2", "password={0}", "password" },
        { "hunter2", "password = {0}", "password" },
        { "hunter2", "password: {0}", "password" },
        { "hunter2", "password: \"{0}\"", "password" },
        { "hunter2", "\"password\": \"{0}\"", "password" },
        { "hunter2", "\"password\":\"{0}\",\"user\":\"me\"", "password" },
        { "hunter2", "{{\\\"password\\\": \\\"{0}\\\", \\\"a\\\": 1}}", "password" },
        { "hunter2", "'password' => '{0}',", "password" },
        { "hunter2", "password := \"{0}\"", "password" },
        { "hunter2", "const dbPassword = '{0}';", "password" },
        { "hunter2", "let password: string = \"{0}\";", "password" },
        { "hunter2", "password: str = '{0}'", "password" },
        { "hunter2", "var password = $\"{0}\";", "password" },
        { "hunter2", "DB_PASSWORD={0}\nDB_HOST=x", "password" },
        { "hunter2", "export PGPASSWORD='{0}'", "password" },
        { "hunter2", "mysql --user root --password {0} db", "password" },
        { "hunter2", "mysql --password={0} db", "password" },
        { "hunter2", "Server=db;User Id=sa;Password={0};Encrypt=true", "password" },
        { "correcthorse", "\"Server=db;User Id=sa;Password={0};Encrypt=true\"", "password" },
        { "correcthorse", "Host=db;Pwd={0};", "password" },
        { "correcthorse", "password={0}", "password" },
        { "correcthorse", "DB_PASS={0}", "password" },
        { "Tr0ub4dor&3", "Password: {0}", "password" },
        { "hunter2", "https://x.y/login?password={0}&user=me", "password" },
        { "Tr0ub4dor&3", "**Password:** {0}", "password" },
        { "Tr0ub4dor&3", "- **password**: `{0}`", "password" },
        { "Tr0ub4dor&3", "the password is {0}.", "password" },
        { "Tr0ub4dor&3", "<password>{0}</password>", "password" },
        { "Tr0ub4dor&3", "<add key=\"Password\" value=\"{0}\" />", "password" },
        { "Tr0ub4dor&3", "config['password'] = '{0}'", "password" },
        { "Tr0ub4dor&3", "- name: DB_PASSWORD\n  value: {0}\n", "password" },
        { "s3cr3t!pa'ss", "password = \"{0}\"", "password" },
        { "correct horse battery staple", "passphrase: \"{0}\"", "password" },
        { "p,a;s)s&1", "DB_PASSWORD={0}\n", "password" },
        { "hunter2", "if (password == \"{0}\")", "password" },
        { "x7Kq2mVbR9tYwE4u", "api_key = \"{0}\"", "secret" },
        { "x7Kq2mVbR9tYwE4u", "apiKey: '{0}',", "secret" },
        { "x7Kq2mVbR9tYwE4u", "API_KEY={0}", "secret" },
        { "x7Kq2mVbR9tYwE4u", "X-Api-Key: {0}", "secret" },
        { "x7Kq2mVbR9tYwE4u", "-H \"PRIVATE-TOKEN: {0}\"", "secret" },
        { "x7Kq2mVbR9tYwE4u", "https://x.y/z?access_token={0}&a=b", "secret" },
        { "x7Kq2mVbR9tYwE4u", "--token {0}", "secret" },
        { "x7Kq2mVbR9tYwE4u", "--api-key={0}", "secret" },
        { "x7Kq2mVbR9tYwE4u", "client_secret: {0}", "secret" },
        { "x7Kq2mVbR9tYwE4u", "ClientSecret = \"{0}\"", "secret" },
        { "x7Kq2mVbR9tYwE4u", "secret: {0}", "secret" },
        { Hex32, "auth_token: \"{0}\"", "secret" },
        { Hex32, "TWILIO_AUTH_TOKEN={0}", "secret" },
        { "123e4567-e89b-42d3-a456-426614174000", "HEROKU_API_KEY={0}", "secret" },
        { "django-insecure-x7kq2mvbr9tywe4u", "SECRET_KEY = '{0}'", "secret" },
        { "abcdefghijkl", "GITHUB_TOKEN={0}\n", "secret" },

        // Headers and addresses
        { "dXNlcjpodW50ZXIy", "Authorization: Basic {0}", "authorization" },
        { "dXNlcjpodW50ZXIy", "curl -H 'authorization: basic {0}' x", "authorization" },
        { Base62, "Authorization: Bearer {0}", "authorization" },
        { Base62, "\"Authorization\": \"Bearer {0}\"", "authorization" },
        { Base62, "headers: {{ Authorization: `Bearer {0}` }}", "authorization" },
        { Base62, "it sends Bearer {0} each time", "authorization" },
        { "hunter2", "postgres://admin:{0}@db:5432/x", "url-password" },
        { "hunter2", "git clone https://me:{0}@example.org/x.git", "url-password" },
        { "p%40ss", "amqp://guest:{0}@mq", "url-password" },
        { "hunter2", "redis://:{0}@cache:6379", "url-password" },
        { "hunter2", "curl -u me:{0} https://x", "url-password" },

        // Near such words
        { Base62, "the api key we use there: see {0}", "secret" },
        { Base62, "{0} is the new token", "secret" },

        // Private keys
        { $"-----BEGIN PRIVATE KEY-----\n{KeyLine}\n{KeyLine}\nAb1=\n-----END PRIVATE KEY-----", "before\n{0}\nafter", "private-key" },
        { $"-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00FF\n\n{KeyLine}\n-----END RSA PRIVATE KEY-----", "{0}", "private-key" },
        { $"-----BEGIN OPENSSH PRIVATE KEY-----\r\n{KeyLine}\r\n-----END OPENSSH PRIVATE KEY-----", "{0}\r\n", "private-key" },
        { $"-----BEGIN PGP PRIVATE KEY BLOCK-----\nVersion: GnuPG v2\n\n{KeyLine}\n=aBcD\n-----END PGP PRIVATE KEY BLOCK-----", "{0}", "private-key" },
        { $"-----BEGIN PRIVATE KEY-----\\n{KeyLine}\\n{KeyLine}\\n-----END PRIVATE KEY-----", "\"private_key\": \"{0}\\n\",", "private-key" },
        { $"-----BEGIN EC PRIVATE KEY----- {KeyLine} {KeyLine} -----END EC PRIVATE KEY-----", "{0} and so on", "private-key" },
        { $"-----BEGIN PRIVATE KEY-----\n{KeyLine}\n{KeyLine[..40]}", "{0}\nAnd that was the file.", "private-key" },
        { $"-----BEGIN PRIVATE KEY-----\n    {KeyLine}\n    {KeyLine}\n    -----END PRIVATE KEY-----", "key: |\n    {0}\nnext: 1", "private-key" },
        { $"-----BEGIN PRIVATE KEY-----\n     2\t{KeyLine}\n     3\t-----END PRIVATE KEY-----", "     1\t{0}\n     4\tx", "private-key" },
    };

    /// <summary>What stays as it is.</summary>
    public static TheoryData<string> Harmless { get; } =
    [
        "",
        "Nothing to see here.",
        "the token budget is 1000",
        "max_tokens: 1000, temperature: 0.2",
        "tokens_used=15234 token_count = 4096",
        "The tokenizer splits words; tokenization is WordPiece.",
        "password: string",
        "password: string;",
        "password?: string | null;",
        "password: str",
        "password: Optional[str] = None",
        "string password;",
        "public string Password { get; init; }",
        "public required string? Password { get; set; } = null;",
        "password VARCHAR(255) NOT NULL",
        "CancellationToken token = default",
        "token: CancellationToken",
        "const token = await getToken();",
        "const password = req.body.password;",
        "self.password = password",
        "connect(user=user, password=pw, token=token)",
        "login(password=password, secret=new_secret)",
        "process.env.API_KEY",
        "const apiKey = process.env.API_KEY;",
        "api_key = os.environ[\"API_KEY\"]",
        "api_key=os.getenv('API_KEY')",
        "token: ${TOKEN}",
        "TOKEN=$TOKEN",
        "TOKEN=$(cat token.txt)",
        "password: ${{ secrets.DB_PASSWORD }}",
        "password: {{ .Values.password }}",
        "API_KEY=<your-key>",
        "API_KEY=your-api-key-here",
        "api_key: \"YOUR_API_KEY\"",
        "password: ****",
        "password: ********",
        "password=xxxxxxxx",
        "Password: [redacted:password]",
        "password: null, token: undefined",
        "\"password\": \"string\"",
        "\"password\": \"Password\"",
        "\"forgot_password\": \"Forgot your password?\"",
        "label: { password: \"Enter your password\" }",
        "Password: must be at least 8 characters",
        "The password is too short, it needs 8 characters.",
        "the password is required",
        "Use --password to give one, --token for the other.",
        "secret: the art of war",
        "secretName: my-tls-secret",
        "secretKeyRef:\n  name: app-secret\n  key: password",
        "token_url = \"https://example.org/oauth/token\"",
        "token: https://example.org/oauth/token",
        "PWD=/home/me/work1",
        "OLDPWD=/var/lib/x2",
        "password_file: /run/secrets/db1",
        "tests: pass=12345678, fail=0",
        "bypass: 12345678a, compass: north1234",
        "Authorization: Bearer <token>",
        "Authorization: Bearer ${token}",
        "Authorization: Bearer $TOKEN",
        "Authorization: Bearer token",
        "The bearer of this letter is internationally known.",
        "bearer authentication-middleware is used",
        "Authorization: Basic authentication is off",
        "a basic understanding of authorization",
        "\"output_tokens\":3},\"requestId\":\"req_011CSkYzZmrLKTfC5kKrttht\"",
        "the token came with msg_011CSkYzZmrLKTfC5kKrttht",
        "commit 3f2a9c1d8e7b6a5f4c3d2e1f0a9b8c7d6e5f4a3b fixes the token refresh",
        "fixes token refresh (9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08)",
        "token bug, session 123e4567-e89b-42d3-a456-426614174000",
        "content_hash: 9f86d081884c7d65",
        "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
        "\"integrity\": \"sha512-x7Kq2mVbR9tYwE4uZpL8sNfH3jGdC6aQ1oXix7Kq2mVbR9tYwE4uZpL8sNfH3jGdC6aQ1oXi==\"",
        "![secret diagram](data:image/png;base64,iVBORw0KGgo=)",
        "src/LocalRecall.Core/Redaction/Redactor2.cs holds the secret scanner, see Sha256TokenProviderV2Options",
        "/home/me/.secrets/Token2File.txt",
        "https://example.org:8443/path?x=1@2",
        "http://localhost:8080/@scope/package",
        "git@github.com:owner/name.git",
        "ssh://git@github.com/owner/name",
        "https://user@example.org/",
        "postgres://user:${DB_PASSWORD}@db/x",
        "postgres://user:<password>@db/x",
        "docker run -u 1000:1000 image",
        "sk-learn and scikit-learn, sk-container-id-1, sk-estimator-doc-link-hover-tooltip",
        "task-management-for-the-risk-averse-2024-edition",
        "npm_config_registry and npm_lifecycle_event are set",
        "hf_hub_download and hf_transfer",
        "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        "AKIA is what ids begin with",
        "eyJ is how a JWT begins",
        "-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAu1SU1LfVLPHCozMxH2Mo\n-----END PUBLIC KEY-----",
        "It begins with -----BEGIN PRIVATE KEY----- and is base64.",
        "the private key: never share it",
        "primary_key: id, foreign_key: user_id, cache_key = \"user:42\"",
        "passwd: files systemd",
        "secret santa is on 2026-12-05",
        "How to reset a password in version 10.0.19045.3693?",
        "Token::Kind::Identifier",
        "password -> bcrypt -> users.password_hash",
        "password=request.form['password'],",
        "password=args.password)",
        "cert_file=None,\n        key_password=None,\n        strict=None",
        "def encode_private(self, private_key: ed25519.Ed25519PrivateKey) -> ed448.Ed448PrivateKey:",
        "my $pwd = $ftp->pwd;",
        "passphrase: &#x3C;string>",
        "headers[\"authorization\"] = \"Basic \" + b64encode(auth)",
        "exports.HEADER = exports.TOKEN = exports2.STRICT_TOKEN = x",
    ];

    [Theory]
    [MemberData(nameof(Secrets))]
    public void A_secret_is_replaced_and_what_stands_around_it_stays(string secret, string around, string kind)
    {
        string text = string.Format(System.Globalization.CultureInfo.InvariantCulture, around, secret);

        Redacted<string> cleaned = Redactor.Clean(text);

        Assert.DoesNotContain(secret, cleaned.Kept, StringComparison.Ordinal);
        Assert.Contains(kind, cleaned.Kinds);
        int at = text.IndexOf(secret, StringComparison.Ordinal);
        Assert.StartsWith(text[..at], cleaned.Kept, StringComparison.Ordinal);
        Assert.Equal($"{text[..at]}[redacted:{kind}]{text[(at + secret.Length)..]}", cleaned.Kept);
    }

    [Theory]
    [MemberData(nameof(Harmless))]
    public void What_is_no_secret_stays(string text)
    {
        Redacted<string> cleaned = Redactor.Clean(text);

        Assert.Equal(text, cleaned.Kept);
        Assert.Empty(cleaned.Kinds);
        Assert.False(cleaned.IsChanged);
    }

    [Theory]
    [MemberData(nameof(Secrets))]
    public void What_was_cleaned_is_clean(string secret, string around, string _)
    {
        string once = Redactor.Clean(string.Format(System.Globalization.CultureInfo.InvariantCulture, around, secret)).Kept;

        Assert.False(Redactor.Clean(once).IsChanged, once);
    }

    [Fact]
    public void Every_field_of_a_memory_is_cleaned()
    {
        var memory = new Memory(
            MemoryId.New(), MemoryKind.Episodic, "password=hunter2", ["ghp_" + Base62, "<private>a</private>", "word"], AppliesTo.Parse("area:token=" + Base62),
            DateTimeOffset.UnixEpoch, "/repo", "It was <private>nothing</private> special.");

        Redacted<Memory> cleaned = Redactor.Clean(memory);

        Assert.Equal("password=[redacted:password]", cleaned.Kept.Subject);
        Assert.Equal(["[redacted:github-token]", "word"], cleaned.Kept.Keywords);
        Assert.Equal("area:token=[redacted:secret]", cleaned.Kept.AppliesTo.Text);
        Assert.Equal("It was  special.", cleaned.Kept.Body);
        Assert.Equal(["password", "github-token", "private", "secret"], cleaned.Kinds);
        Assert.Equal(memory.Id, cleaned.Kept.Id);
    }

    [Fact]
    public void A_subject_that_was_private_is_taken_from_what_is_left()
    {
        var memory = new Memory(MemoryId.New(), MemoryKind.Episodic, "<private>x</private>", ["w"], AppliesTo.Global, DateTimeOffset.UnixEpoch, null, "The rest of it.");

        Assert.Equal("The rest of it.", Redactor.Clean(memory).Kept.Subject);
    }

    [Fact]
    public void A_memory_without_secrets_is_the_same_one()
    {
        var memory = new Memory(MemoryId.New(), MemoryKind.Episodic, "Subject", ["w"], AppliesTo.Global, DateTimeOffset.UnixEpoch, null, "The body.");

        Assert.Same(memory, Redactor.Clean(memory).Kept);
    }

    /// <summary>However long a text is and whatever it repeats, it is done in one go: every rule looks a bounded way around each place.</summary>
    [Theory]
    [InlineData("password:")]
    [InlineData("pwd='pwd=\"pwd=`")]
    [InlineData("authorization=")]
    [InlineData("sk-")]
    [InlineData("eyJ-")]
    [InlineData("a://b:")]
    [InlineData("-----BEGIN PRIVATE KEY-----")]
    [InlineData("-----BEGIN PRIVATE KEY-----\n")]
    [InlineData("<pri<private")]
    [InlineData("[redacted:")]
    public void A_megabyte_of_anything_is_cleaned(string piece)
    {
        string text = string.Concat(Enumerable.Repeat(piece, 1_000_000 / piece.Length));
        string secret = "\n\"password\": \"hunter2\", and so on";

        string kept = Redactor.Clean(text + secret).Kept;

        Assert.DoesNotContain("hunter2", kept, StringComparison.Ordinal);
    }

    [Fact]
    public void A_secret_longer_than_any_rule_looks_goes_as_a_whole()
    {
        string secret = string.Concat(Enumerable.Repeat(Base62, 3000));
        foreach (string around in (string[])["API_KEY={0}\nnext", "\"api_key\": \"{0}\", \"next\"", "api_key: {0} next", "sk-{0} next", "Bearer {0} next", "Authorization: {0} next"])
        {
            string kept = Redactor.Clean(string.Format(System.Globalization.CultureInfo.InvariantCulture, around, secret)).Kept;
            Assert.True(kept.Length < 60 && kept.Contains("next", StringComparison.Ordinal), kept[..Math.Min(kept.Length, 200)]);
        }
    }

    /// <summary>Whatever is put together from pieces of secrets, marks and words: nothing is left to find in what was cleaned.</summary>
    [Fact]
    public void To_clean_twice_is_to_clean_once()
    {
        string[] pieces =
        [
            .. Secrets.Select(row => (string)row[0]), .. Secrets.Select(row => (string)row[1]), "password", "=", ": ", "\"", "'", "\\\"", "\n", "\\n", " ", "token", "[redacted:", "]", "<private>", "</private>",
            "://", "@", "-----BEGIN PRIVATE KEY-----", "-----END ", "Bearer ", "eyJ", ".", "&", ";", "--", "x", Base62,
        ];
        var random = new Random(20261122);
        for (int i = 0; i < 5_000; i++)
        {
            string text = string.Concat(Enumerable.Range(0, random.Next(1, 9)).Select(_ => pieces[random.Next(pieces.Length)]));
            string once = Redactor.Clean(text).Kept;
            Redacted<string> twice = Redactor.Clean(once);
            Assert.True(once == twice.Kept, $"{text}\n---\n{once}\n---\n{twice.Kept}");
        }
    }
}
