using System.Runtime.InteropServices;
using Google.Protobuf;
using LocalRecall.Infrastructure.Models.Conversion;
using Xunit;

namespace LocalRecall.Tests.Infrastructure.Models.Conversion;

public sealed class Int8ConversionTests : IDisposable
{
    private const int Float = 1, Int8 = 3, Integer = 2;
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_product_becomes_one_of_int8_weights_and_tokens()
    {
        // Two outputs of 32 inputs: the first 7, 6, ... -8, 7, ... of 0.5 each, the second all -8 but one of 5, of 2 each.
        var first = Enumerable.Range(0, 32).Select(i => 7 - (i % 16)).ToArray();
        var second = Enumerable.Range(0, 32).Select(i => i == 3 ? 5 : -8).ToArray();

        var graph = Convert(Product([first, second], [0.5f, 2f]));

        Assert.Equal(["Abs", "ReduceMax", "Div", "QuantizeLinear", "MatMulIntegerToFloat", "Mul", "Relu"], graph.Node.Select(node => node.OpType));
        Assert.Equal(["x/q", "w", "int8/step", "w/scale", "int8/zero"], graph.Node[4].Input);
        Assert.Equal(["y/unit", "x/scale"], graph.Node[5].Input);
        Assert.Equal(["y"], graph.Node[5].Output);
        var scales = MemoryMarshal.Cast<byte, float>(Stored(graph, "w/scale", Float, 2)).ToArray();
        Assert.Equal([4f / 63, 16f / 63], scales);
        var weights = MemoryMarshal.Cast<byte, sbyte>(Stored(graph, "w", Int8, 32, 2)).ToArray();
        for (var input = 0; input < 32; input++)
        {
            Assert.InRange(weights[input * 2] * scales[0], (first[input] * 0.5f) - (scales[0] / 2), (first[input] * 0.5f) + (scales[0] / 2));
            Assert.Equal(input == 3 ? 39 : -63, weights[(input * 2) + 1]);
        }
    }

    [Fact]
    public void Products_of_the_same_input_share_its_quantisation()
    {
        var model = Product([new int[32]], [1f]);
        model.Graph.Node.Add(Quantised("v", "z", bits: 4));
        model.Graph.Initializer.Add(model.Graph.Initializer.Where(t => t.Name.StartsWith('w')).Select(t => { var copy = t.Clone(); copy.Name = "v" + t.Name[1..]; return copy; }).ToList());

        var graph = Convert(model);

        Assert.Single(graph.Node, node => node.OpType == "QuantizeLinear");
        Assert.Equal(2, graph.Node.Count(node => node.OpType == "MatMulIntegerToFloat"));
    }

    [Fact]
    public void A_large_table_gets_one_scale_a_row()
    {
        var table = Enumerable.Range(0, 2048).Select(i => i < 2 ? 0 : (float)i - 1000).ToArray();
        var model = Model(
            [new NodeProto { OpType = "Gather", Name = "g", Input = { "table", "ids" }, Output = { "y" } }],
            [Tensor("table", Float, MemoryMarshal.AsBytes(table.AsSpan()), 1024, 2)]);

        var graph = Convert(model);

        Assert.Equal(["Gather", "Gather", "Cast", "Mul"], graph.Node.Select(node => node.OpType));
        Assert.Equal(["y"], graph.Node[3].Output);
        var scales = MemoryMarshal.Cast<byte, float>(Stored(graph, "table/scale", Float, 1024, 1));
        var words = MemoryMarshal.Cast<byte, sbyte>(Stored(graph, "table", Int8, 1024, 2));
        Assert.Equal([1, 998f / 127, 1047f / 127], [scales[0], scales[1], scales[^1]]);
        Assert.Equal([0, 0, -127, -127], words[..4].ToArray().Select(word => (int)word));
        Assert.Equal([127, 127], words[^2..].ToArray().Select(word => (int)word));
    }

    [Fact]
    public void What_it_does_not_know_is_kept()
    {
        var model = Product([new int[32]], [1f]).ToByteArray();

        // ir_version = 10, which the subset of the format that is read leaves out.
        Convert([0x08, 10, .. model], out var converted);

        Assert.Equal([0x08, 10], converted[^2..]);
    }

    [Fact]
    public void A_model_of_another_kind_is_refused()
    {
        var eightBits = Product([new int[32]], [1f]);
        eightBits.Graph.Node[0] = Quantised("w", "y", bits: 8);
        var zeroPoints = Product([new int[32]], [1f]);
        zeroPoints.Graph.Node[0].Input.Add("zeros");

        Assert.Throws<InvalidDataException>(() => Convert(eightBits));
        Assert.Throws<InvalidDataException>(() => Convert(zeroPoints));
        Assert.Throws<InvalidDataException>(() => Convert([0xff, 0xff], out _));
    }

    /// <summary>y = x times 4-bit weights, then Relu.</summary>
    private static ModelProto Product(int[][] weights, float[] scales)
    {
        var packed = weights.SelectMany(row => row.Chunk(2).Select(pair => (byte)((pair[0] + 8) | ((pair[1] + 8) << 4)))).ToArray();
        return Model(
            [Quantised("w", "y", bits: 4, weights.Length), new NodeProto { OpType = "Relu", Input = { "y" }, Output = { "out" } }],
            [
                Tensor("w", 2, packed, weights.Length, 1, 16),
                Tensor("w_scales", Float, MemoryMarshal.AsBytes(scales.AsSpan()), scales.Length),
            ]);
    }

    private static NodeProto Quantised(string weights, string output, int bits, int outputs = 1) => new()
    {
        OpType = "MatMulNBits",
        Name = "product",
        Input = { "x", weights, weights + "_scales" },
        Output = { output },
        Attribute = { Integers(("K", 32), ("N", outputs), ("block_size", 32), ("bits", bits)) },
    };

    private static IEnumerable<AttributeProto> Integers(params (string Name, int Value)[] values) =>
        values.Select(value => new AttributeProto { Name = value.Name, I = value.Value, Type = Integer });

    private static ModelProto Model(NodeProto[] nodes, TensorProto[] tensors) => new() { Graph = new GraphProto { Node = { nodes }, Initializer = { tensors } } };

    private static TensorProto Tensor(string name, int type, ReadOnlySpan<byte> bytes, params long[] dims) =>
        new() { Name = name, DataType = type, Dims = { dims }, RawData = ByteString.CopyFrom(bytes) };

    private GraphProto Convert(ModelProto model) => Convert(model.ToByteArray(), out _);

    private GraphProto Convert(byte[] model, out byte[] converted)
    {
        File.WriteAllBytes(_folder["in.onnx"], model);
        Int8Conversion.Convert(_folder["in.onnx"], _folder["out.onnx"]);
        converted = File.ReadAllBytes(_folder["out.onnx"]);
        return ModelProto.Parser.ParseFrom(converted).Graph;
    }

    private byte[] Stored(GraphProto graph, string name, int type, params long[] dims)
    {
        var tensor = graph.Initializer.Single(tensor => tensor.Name == name);
        Assert.Equal(type, tensor.DataType);
        Assert.Equal(dims, tensor.Dims);
        var place = tensor.ExternalData.ToDictionary(entry => entry.Key, entry => entry.Value);
        Assert.Equal("out.onnx_data", place["location"]);
        Assert.Equal(0, int.Parse(place["offset"]) % 4096);
        return File.ReadAllBytes(_folder["out.onnx_data"])[int.Parse(place["offset"])..][..int.Parse(place["length"])];
    }
}
