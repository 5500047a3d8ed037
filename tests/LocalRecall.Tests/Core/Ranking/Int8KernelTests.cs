using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using LocalRecall.Core.Ranking;
using Xunit;

namespace LocalRecall.Tests.Core.Ranking;

public sealed class Int8KernelTests
{
    private delegate void Kernel(ReadOnlySpan<byte> rows, ReadOnlySpan<sbyte> query, Span<int> dots);

    [Fact]
    public void Every_path_gives_what_plain_loops_give()
    {
        List<Kernel> kernels = [Int8Kernel.Dot, Int8Kernel.DotVector128];
        if (Avx2.IsSupported) kernels.Add(Int8Kernel.DotAvx2);
        if (Dp.IsSupported) kernels.Add(Int8Kernel.DotArm);
        if (AvxVnni.IsSupported) kernels.Add(Int8Kernel.DotVnni);
        Gen.ForAll(200, gen =>
        {
            int count = gen.Int(0, 20);
            sbyte[] query = new sbyte[gen.Int(1, 20) * Int8Kernel.Block];
            byte[] rows = new byte[query.Length * count];
            bool extreme = gen.Chance(0.2);
            for (int i = 0; i < query.Length; i++) query[i] = (sbyte)(extreme ? gen.Pick([-127, 127]) : gen.Int(-127, 128));
            for (int i = 0; i < rows.Length; i++) rows[i] = (byte)(extreme ? gen.Pick([0, 1, 255]) : gen.Int(0, 256));

            int[] expected = new int[count];
            Int8Kernel.DotScalar(rows, query, expected);
            foreach (Kernel kernel in kernels)
            {
                int[] dots = new int[count];
                kernel(rows, query, dots);
                Assert.Equal(expected, dots);
            }
        });
    }

    [Fact]
    public void Extremes_do_not_overflow()
    {
        byte[] row = new byte[4096];
        sbyte[] query = new sbyte[4096];
        row.AsSpan().Fill(255);
        query.AsSpan().Fill(-127);
        int[] dot = new int[1];
        Int8Kernel.Dot(row, query, dot);
        Assert.Equal(-255 * 127 * 4096, dot[0]);
    }

    [Fact]
    public void Lengths_must_fit()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Int8Kernel.Dot(new byte[64], new sbyte[64], new int[2]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Int8Kernel.Dot(new byte[60], new sbyte[60], new int[1]));
    }
}
