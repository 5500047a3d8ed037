using LocalRecall.Core.Memories;
using LocalRecall.Core.Requests;
using Xunit;

namespace LocalRecall.Tests.Core.Memories;

public sealed class MemoryIdTests
{
    private static readonly RequestKey Request = new(Guid.Parse("11111111-2222-4333-8444-555555555555"), 42);

    /// <summary>A host of another version must come to the same file.</summary>
    [Fact]
    public void A_requests_memory_is_always_the_same()
    {
        Assert.Equal(MemoryId.Of(Request), MemoryId.Of(new RequestKey(Request.RequestId, 42)));
        Assert.Equal("40e93b07-b094-4fe2-ae9d-3d2a34ab4722", MemoryId.Of(Request).ToString());
        Assert.True(MemoryId.Of(Request).IsVersion4);
    }

    [Fact]
    public void Another_id_or_another_content_is_another_memory()
    {
        MemoryId[] ids = [MemoryId.Of(Request), MemoryId.Of(Request with { Content = 43 }), MemoryId.Of(Request with { RequestId = Guid.NewGuid() })];

        Assert.Equal(3, ids.Distinct().Count());
    }
}
