using LocalRecall.Contracts;
using LocalRecall.Tests.Client;
using Xunit;

namespace LocalRecall.Tests.Contracts;

public sealed class LockFileTests
{
    [Fact]
    public void One_holds_it_at_a_time_and_the_content_stays()
    {
        using var home = new TemporaryHome();
        string path = Path.Combine(home.Path, "lock");
        using (FileStream? first = LockFile.TryTake(path))
        {
            Assert.Null(LockFile.TryTake(path));
            Assert.True(LockFile.IsHeld(path));
            first!.WriteByte(7);
        }

        Assert.False(LockFile.IsHeld(path));
        using FileStream? next = LockFile.TryTake(path);
        Assert.Equal(7, next!.ReadByte());
    }

    [Fact]
    public void Where_no_file_can_be_it_is_no_lock_but_an_error() =>
        Assert.ThrowsAny<IOException>(() => LockFile.TryTake(Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString(), "lock")));
}
