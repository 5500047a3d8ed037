using System.Xml.Linq;
using LocalRecall.Tests.Infrastructure;
using Xunit;

namespace LocalRecall.Tests.Architecture;

/// <summary>References point one way. Read from the project files, before any stand-in takes a package's place.</summary>
public sealed class ReferenceRulesTests
{
    private static readonly string Source = Path.Combine(ModelFixture.ProjectRoot(), "src");

    [Theory]
    [InlineData("Core")]
    [InlineData("Contracts")]
    [InlineData("Client", "Contracts")]
    [InlineData("Cli", "Client")]
    [InlineData("Actors", "Core", "Contracts")]
    [InlineData("Infrastructure", "Core", "Contracts")]
    [InlineData("Host", "Actors", "Infrastructure")]
    public void A_project_references_these_and_no_others(string project, params string[] references) =>
        Assert.Equal(references.Order(), Projects(Load(project)).Order());

    [Fact]
    public void There_are_rules_for_every_project() =>
        Assert.Equal(["Actors", "Cli", "Client", "Contracts", "Core", "Host", "Infrastructure"], AllProjects().Order());

    [Theory]
    [InlineData("Akka", "Actors", "Host")]
    [InlineData("Microsoft.ML.", "Infrastructure")]
    [InlineData("Microsoft.Data.Sqlite", "Infrastructure")]
    [InlineData("SQLitePCLRaw", "Infrastructure")]
    [InlineData("Google.Protobuf", "Contracts", "Client", "Infrastructure")]
    [InlineData("ModelContextProtocol", "Actors")]
    public void A_package_is_referenced_only_by(string prefix, params string[] allowed) =>
        Assert.Equal(allowed.Order(), AllProjects().Where(project => Packages(Load(project)).Any(id => id.StartsWith(prefix, StringComparison.Ordinal))).Order());

    // Where NuGet finds two wishes for a package it takes the nearer one: Akka.Remote's own wish for Google.Protobuf must not be farther away than ours.
    [Fact]
    public void Whoever_has_Akka_Remote_and_a_client_names_Akka_Remote_itself()
    {
        var tests = Path.Combine(ModelFixture.ProjectRoot(), "tests");
        var both = Directory.GetFiles(tests, "*.csproj", SearchOption.AllDirectories).Select(XDocument.Load).Where(project => Projects(project).Contains("Client") && Projects(project).Contains("Host")).ToArray();

        Assert.NotEmpty(both);
        Assert.All(both, project => Assert.Contains("Akka.Remote", Packages(project)));
        Assert.All(both, project => Assert.DoesNotContain("Google.Protobuf", Packages(project)));
    }

    [Fact]
    public void Nothing_in_src_names_the_stand_ins()
    {
        var named =
            from file in Directory.EnumerateFiles(Source, "*", SearchOption.AllDirectories)
            where Path.GetExtension(file) is ".cs" or ".csproj" or ".proto" or ".props" or ".targets" or ".conf" or ".json"
            where !file[Source.Length..].Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj")
            where File.ReadAllText(file) is var text && (text.Contains("standin", StringComparison.OrdinalIgnoreCase) || text.Contains("stand-in", StringComparison.OrdinalIgnoreCase))
            select file;
        Assert.Empty(named);
    }

    private static IEnumerable<string> AllProjects() =>
        Directory.GetFiles(Source, "*.csproj", SearchOption.AllDirectories).Select(file => ShortName(file));

    private static XDocument Load(string project) => XDocument.Load(Path.Combine(Source, "LocalRecall." + project, $"LocalRecall.{project}.csproj"));

    private static IEnumerable<string> Projects(XDocument project) => Includes(project, "ProjectReference").Select(ShortName);

    private static IEnumerable<string> Packages(XDocument project) => Includes(project, "PackageReference");

    private static IEnumerable<string> Includes(XDocument project, string element) => project.Descendants(element).Select(item => (string)item.Attribute("Include")!);

    private static string ShortName(string path) => Path.GetFileNameWithoutExtension(path)["LocalRecall.".Length..];
}
