using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace LocalRecall.Core.Ranking;

/// <summary>Dot products of rows of unsigned bytes with one row of signed bytes: exact integers, the same on every path.</summary>
/// <remarks>Rows hold their values plus 128, because x86 multiplies unsigned by signed bytes; the caller takes 128 times the query's sum off again.</remarks>
internal static class Int8Kernel
{
    /// <summary>Rows are this many bytes, or a multiple.</summary>
    public const int Block = 64;

    /// <param name="rows">dots.Length rows of query.Length bytes.</param>
    /// <param name="query">A multiple of <see cref="Block"/> values, none of them -128.</param>
    public static void Dot(ReadOnlySpan<byte> rows, ReadOnlySpan<sbyte> query, Span<int> dots)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(rows.Length, query.Length * dots.Length, nameof(rows));
        ArgumentOutOfRangeException.ThrowIfNotEqual(query.Length % Block, 0, nameof(query));
        if (AvxVnni.IsSupported) DotVnni(rows, query, dots);
        else if (Avx2.IsSupported) DotAvx2(rows, query, dots);
        else if (Dp.IsSupported) DotArm(rows, query, dots);
        else if (Vector128.IsHardwareAccelerated) DotVector128(rows, query, dots);
        else DotScalar(rows, query, dots);
    }

    internal static void DotScalar(ReadOnlySpan<byte> rows, ReadOnlySpan<sbyte> query, Span<int> dots)
    {
        for (int r = 0; r < dots.Length; r++)
        {
            ReadOnlySpan<byte> row = rows.Slice(r * query.Length, query.Length);
            int sum = 0;
            for (int i = 0; i < row.Length; i++) sum += row[i] * query[i];
            dots[r] = sum;
        }
    }

    internal static void DotVnni(ReadOnlySpan<byte> rows, ReadOnlySpan<sbyte> query, Span<int> dots)
    {
        ref byte row = ref MemoryMarshal.GetReference(rows);
        ref sbyte q = ref MemoryMarshal.GetReference(query);
        nuint at = 0, length = (nuint)query.Length;
        for (int r = 0; r < dots.Length; r++, at += length)
        {
            Vector256<int> sum0 = default, sum1 = default;
            for (nuint i = 0; i < length; i += Block)
            {
                sum0 = AvxVnni.MultiplyWideningAndAdd(sum0, Vector256.LoadUnsafe(ref row, at + i), Vector256.LoadUnsafe(ref q, i));
                sum1 = AvxVnni.MultiplyWideningAndAdd(sum1, Vector256.LoadUnsafe(ref row, at + i + 32), Vector256.LoadUnsafe(ref q, i + 32));
            }
            dots[r] = Vector256.Sum(sum0 + sum1);
        }
    }

    internal static void DotAvx2(ReadOnlySpan<byte> rows, ReadOnlySpan<sbyte> query, Span<int> dots)
    {
        Span<short> wide = query.Length <= 4096 ? stackalloc short[query.Length] : new short[query.Length];
        TensorPrimitives.ConvertTruncating(query, wide);
        ref byte row = ref MemoryMarshal.GetReference(rows);
        ref short q = ref MemoryMarshal.GetReference(wide);
        nuint at = 0, length = (nuint)query.Length;
        for (int r = 0; r < dots.Length; r++, at += length)
        {
            Vector256<int> sum0 = default, sum1 = default;
            for (nuint i = 0; i < length; i += 32)
            {
                Vector256<short> low = Avx2.ConvertToVector256Int16(Vector128.LoadUnsafe(ref row, at + i));
                Vector256<short> high = Avx2.ConvertToVector256Int16(Vector128.LoadUnsafe(ref row, at + i + 16));
                sum0 += Avx2.MultiplyAddAdjacent(low, Vector256.LoadUnsafe(ref q, i));
                sum1 += Avx2.MultiplyAddAdjacent(high, Vector256.LoadUnsafe(ref q, i + 16));
            }
            dots[r] = Vector256.Sum(sum0 + sum1);
        }
    }

    /// <summary>ARM multiplies signed by signed: 128 is taken off each byte, and the query's sum that many times put back.</summary>
    internal static void DotArm(ReadOnlySpan<byte> rows, ReadOnlySpan<sbyte> query, Span<int> dots)
    {
        int bias = 0;
        foreach (sbyte value in query) bias += value;
        bias *= 128;
        ref byte row = ref MemoryMarshal.GetReference(rows);
        ref sbyte q = ref MemoryMarshal.GetReference(query);
        Vector128<byte> flip = Vector128.Create((byte)0x80);
        nuint at = 0, length = (nuint)query.Length;
        for (int r = 0; r < dots.Length; r++, at += length)
        {
            Vector128<int> sum0 = default, sum1 = default;
            for (nuint i = 0; i < length; i += 32)
            {
                sum0 = Dp.DotProduct(sum0, (Vector128.LoadUnsafe(ref row, at + i) ^ flip).AsSByte(), Vector128.LoadUnsafe(ref q, i));
                sum1 = Dp.DotProduct(sum1, (Vector128.LoadUnsafe(ref row, at + i + 16) ^ flip).AsSByte(), Vector128.LoadUnsafe(ref q, i + 16));
            }
            dots[r] = Vector128.Sum(sum0 + sum1) + bias;
        }
    }

    /// <summary>A product of 255 and 127 still fits 16 bits.</summary>
    internal static void DotVector128(ReadOnlySpan<byte> rows, ReadOnlySpan<sbyte> query, Span<int> dots)
    {
        Span<short> wide = query.Length <= 4096 ? stackalloc short[query.Length] : new short[query.Length];
        TensorPrimitives.ConvertTruncating(query, wide);
        ref byte row = ref MemoryMarshal.GetReference(rows);
        ref short q = ref MemoryMarshal.GetReference(wide);
        nuint at = 0, length = (nuint)query.Length;
        for (int r = 0; r < dots.Length; r++, at += length)
        {
            Vector128<int> sum0 = default, sum1 = default;
            for (nuint i = 0; i < length; i += 16)
            {
                Vector128<byte> bytes = Vector128.LoadUnsafe(ref row, at + i);
                Vector128<short> low = Vector128.WidenLower(bytes).AsInt16() * Vector128.LoadUnsafe(ref q, i);
                Vector128<short> high = Vector128.WidenUpper(bytes).AsInt16() * Vector128.LoadUnsafe(ref q, i + 8);
                sum0 += Vector128.WidenLower(low) + Vector128.WidenUpper(low);
                sum1 += Vector128.WidenLower(high) + Vector128.WidenUpper(high);
            }
            dots[r] = Vector128.Sum(sum0 + sum1);
        }
    }
}
