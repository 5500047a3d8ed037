using LocalRecall.Core.Redaction;
using Xunit;

namespace LocalRecall.Tests.Core.Redaction;

public sealed class PrivateBlocksTests
{
    [Theory]
    [InlineData("before <private>inside</private> after", "before  after")]
    [InlineData("before<private>inside</private>after", "before after")]
    [InlineData("<private>inside</private>", "")]
    [InlineData("a\n<private>\nmany\nlines\n</private>\nb", "a\n\nb")]
    [InlineData("a <PRIVATE>x</Private> b", "a  b")]
    [InlineData("a <private reason=\"mine\" n='1'>x</private> b", "a  b")]
    [InlineData("a <private >x</private > b", "a  b")]
    [InlineData("a <private>x<private>y</private>z</private> b", "a  b")]
    [InlineData("a <private>x<private>y</private>z", "a ")]
    [InlineData("a <private>x", "a ")]
    [InlineData("a <private", "a ")]
    [InlineData("a </private> b", "a  b")]
    [InlineData("a <private/> b", "a  b")]
    [InlineData("a <private note=\"/>\">x</private> b", "a  b")]
    [InlineData("a <private>x</private> b <private>y</private> c", "a  b  c")]
    [InlineData("a <private><b>x</b> < y</private> b", "a  b")]
    [InlineData("<pri<private>x</private>vate>y", "<pri vate>y")]
    public void What_is_private_goes(string text, string kept)
    {
        Assert.Equal(kept, PrivateBlocks.Drop(text));
        Assert.Equal(kept, PrivateBlocks.Drop(kept));
    }

    [Theory]
    [InlineData("")]
    [InlineData("private property, private key")]
    [InlineData("<privateer>x</privateer>")]
    [InlineData("<private-note>x</private-note>")]
    [InlineData("List<PrivateType> and <my:private>")]
    [InlineData("a < private b")]
    public void Other_text_stays(string text) => Assert.Equal(text, PrivateBlocks.Drop(text));
}
