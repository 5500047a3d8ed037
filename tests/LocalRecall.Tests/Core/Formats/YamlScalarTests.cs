using LocalRecall.Core.Formats;
using Xunit;

namespace LocalRecall.Tests.Core.Formats;

public sealed class YamlScalarTests
{
    /// <summary>What js-yaml 3.14.1 writes with <c>safeDump</c> for a value in a map.</summary>
    private static readonly string[][] Golden =
    [
        ["plain words", "plain words"],
        ["Plugin deployment issue: unbundled", "'Plugin deployment issue: unbundled'"],
        ["uses pure MCP protocol, not HTTP", "'uses pure MCP protocol, not HTTP'"],
        ["it is the user's", "it is the user's"],
        ["- starts with a dash", "'- starts with a dash'"],
        ["a - dash inside", "a - dash inside"],
        ["# hash", "'# hash'"],
        ["a #hash", "'a #hash'"],
        ["a#hash", "a#hash"],
        ["a # hash", "'a # hash'"],
        ["* star", "'* star'"],
        ["`code` first", "'`code` first'"],
        ["a `code` inside", "a `code` inside"],
        ["[list]", "'[list]'"],
        ["{map}", "'{map}'"],
        ["true", "'true'"],
        ["False", "'False'"],
        ["yes", "'yes'"],
        ["N", "'N'"],
        ["null", "'null'"],
        ["~", "'~'"],
        ["<<", "'<<'"],
        ["=", "'='"],
        ["0", "'0'"],
        ["12", "'12'"],
        ["0123", "'0123'"],
        ["089", "089"],
        ["1_000", "'1_000'"],
        ["1_", "1_"],
        ["0x1F", "'0x1F'"],
        ["0b101", "'0b101'"],
        ["0o17", "0o17"],
        ["1e3", "'1e3'"],
        ["1234e567", "'1234e567'"],
        ["60e9844276646665", "'60e9844276646665'"],
        ["81965e2470562052", "'81965e2470562052'"],
        ["cbde3d9b6a8b029f", "cbde3d9b6a8b029f"],
        [".5", "'.5'"],
        [".", "."],
        ["...", "..."],
        ["-.inf", "'-.inf'"],
        [".nan", "'.nan'"],
        ["1.2.3", "1.2.3"],
        ["12:30", "'12:30'"],
        ["2025-12-03", "'2025-12-03'"],
        ["2025-12-03T09:48:52.171Z", "'2025-12-03T09:48:52.171Z'"],
        ["2025-1-2", "2025-1-2"],
        ["trailing ", "'trailing '"],
        ["?", "'?'"],
        ["a? b!", "a? b!"],
        ["a @ b", "a @ b"],
        ["%x", "'%x'"],
        ["a & b", "a & b"],
        ["100%", "100%"],
        ["\"quoted\"", "'\"quoted\"'"],
        ["back\\slash", "back\\slash"],
        ["tab\there", "\"tab\\there\""],
        ["bell\u0007", "\"bell\\a\""],
        ["no-break\u00a0space", "\"no-break\\_space\""],
        ["line\u2028sep", "\"line\\Lsep\""],
        ["\u00e9\u2192\u65e5\u672c", "\u00e9\u2192\u65e5\u672c"],
        ["emoji \ud83d\ude00", "\"emoji \\U0001F600\""],
        ["\ufeffbom", "\"\\uFEFFbom\""],
        ["file:src/a.ts", "'file:src/a.ts'"],
        ["global", "global"],
        ["Hooks should NOT directly instantiate SearchEngine to avoid loading ONNX in multiple processes", ">-\n  Hooks should NOT directly instantiate SearchEngine to avoid loading ONNX in\n  multiple processes"],
        ["exactly seventy-eight columns are the most that stay on one line without a fold", ">-\n  exactly seventy-eight columns are the most that stay on one line without a\n  fold"],
        ["exactly seventy-nine columns are one too many for that line and so it gets folded", ">-\n  exactly seventy-nine columns are one too many for that line and so it gets\n  folded"],
        ["a_single_word_that_is_much_longer_than_the_width_of_the_line_and_has_no_place_at_all_to_break_it", ">-\n  a_single_word_that_is_much_longer_than_the_width_of_the_line_and_has_no_place_at_all_to_break_it"],
        ["short a_single_word_that_is_much_longer_than_the_width_of_the_line_and_has_no_place_at_all_to_break", ">-\n  short\n  a_single_word_that_is_much_longer_than_the_width_of_the_line_and_has_no_place_at_all_to_break"],
        ["double  spaces  between  words  are  kept  even  where  the  line  has  to  be  broken  somewhere  here", ">-\n  double  spaces  between  words  are  kept  even  where  the  line  has  to \n  be  broken  somewhere  here"],
        ["a colon: and a # hash are fine in a folded block, and so is 'quoting' of \"either\" kind, 100% [sure]", ">-\n  a colon: and a # hash are fine in a folded block, and so is 'quoting' of\n  \"either\" kind, 100% [sure]"],
        [" leading space keeps a long line from being folded, so that it has to be quoted although it is so long", "' leading space keeps a long line from being folded, so that it has to be quoted although it is so long'"],
        ["trailing space on a long line that has to be folded because it is longer than seventy-eight columns ", ">-\n  trailing space on a long line that has to be folded because it is longer than\n  seventy-eight columns "],
    ];

    [Fact]
    public void Writes_what_the_old_system_wrote() => Assert.All(Golden, g => Assert.Equal(g[1], YamlScalar.Write(g[0], indent: 2)));

    [Fact]
    public void Any_string_is_read_back() => Gen.ForAll(2000, gen =>
    {
        string value = gen.Chance(0.5) ? gen.Line(300) : gen.Block(300);
        string yaml = $"---\nid: x\nlist:\n  - {YamlScalar.Write(value, indent: 4)}\nsubject: {YamlScalar.Write(value, indent: 2)}\n---\n";
        FrontMatter front = FrontMatter.Find(yaml)!;
        Assert.Null(front.Fault);
        Assert.Equal(value, front["subject"]);
        Assert.Equal([value], front.List("list"));
    });
}
