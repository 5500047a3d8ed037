using LocalRecall.ProcessTests.Processes;
using Xunit;

namespace LocalRecall.ProcessTests;

public sealed class ProgramsTests
{
    [Fact]
    public void Both_programs_are_built_with_the_tests()
    {
        Assert.Equal("localrecall-host", Path.GetFileNameWithoutExtension(Programs.Host));
        Assert.Equal("recall", Path.GetFileNameWithoutExtension(Programs.Recall));
    }
}
