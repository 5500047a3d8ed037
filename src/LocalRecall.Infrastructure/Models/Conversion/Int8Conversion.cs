using System.Runtime.InteropServices;
using Google.Protobuf;

namespace LocalRecall.Infrastructure.Models.Conversion;

/// <summary>
/// Makes an int8 form of a model with 4-bit weights (<c>MatMulNBits</c>, blocks of one scale each). Weights get one scale an output channel.
/// What is multiplied with them is quantised as it comes, with one scale a token: one for all, as <c>DynamicQuantizeLinear</c> has it, would
/// make a text's vector depend on those it runs with, and less exact. The word table gets one scale a word.
/// The same input gives the same bytes on every machine.
/// </summary>
internal sealed class Int8Conversion : IDisposable
{
    /// <summary>
    /// Weights are 7 bits wide: without VNNI, AVX2 and AVX-512 add products of two neighbours in 16 bits, and 2 x 255 x 64 is what fits.
    /// </summary>
    private const int WeightLimit = 63;

    /// <summary>What is looked up or quantised as it comes is 8 bits wide.</summary>
    private const int Limit = 127;
    private const int LargeTableRows = 1024;
    private const int PageBytes = 4096;

    // TensorProto.DataType, TensorProto.DataLocation and AttributeProto.AttributeType.
    private const int Float = 1, UInt8 = 2, Int8 = 3, Int64 = 7, External = 1, IntAttribute = 2;

    // Initializers that every product uses.
    private const string Step = "int8/step", Zero = "int8/zero", LastAxis = "int8/last_axis";

    private readonly string _folder;
    private readonly string _dataName;
    private readonly GraphProto _graph;
    private readonly Dictionary<string, TensorProto> _tensors;
    private readonly Dictionary<string, TensorProto> _kept = [];
    private readonly HashSet<string> _quantised = [];
    private readonly List<NodeProto> _nodes = [];
    private readonly FileStream _output;

    private Int8Conversion(string folder, GraphProto graph, string dataPath)
    {
        _folder = folder;
        _graph = graph;
        _tensors = graph.Initializer.ToDictionary(tensor => tensor.Name);
        _dataName = Path.GetFileName(dataPath);
        _output = File.Create(dataPath);
    }

    /// <param name="sourcePath">The ONNX file, its weights beside it.</param>
    /// <param name="targetPath">To be written; its weights go into a file beside it, named like it with <c>_data</c>.</param>
    /// <exception cref="InvalidDataException">The source is not such a model.</exception>
    public static void Convert(string sourcePath, string targetPath)
    {
        var model = Read(sourcePath);
        using (var conversion = new Int8Conversion(Path.GetDirectoryName(sourcePath)!, model.Graph, targetPath + "_data"))
            conversion.Run();
        using var target = File.Create(targetPath);
        model.WriteTo(target);
    }

    public void Dispose() => _output.Dispose();

    private static ModelProto Read(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            return ModelProto.Parser.ParseFrom(file);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new InvalidDataException($"{path} is not an ONNX model: {e.Message}", e);
        }
    }

    private void Run()
    {
        Inline(Step, Float, [], MemoryMarshal.AsBytes<float>([1f / Limit]));
        Inline(Zero, UInt8, [], [128]);
        Inline(LastAxis, Int64, [1], MemoryMarshal.AsBytes<long>([-1]));
        foreach (var node in _graph.Node)
        {
            if (node.OpType == "MatMulNBits")
                ReplaceProduct(node);
            else if (node.OpType == "Gather" && _tensors.TryGetValue(node.Input[0], out var table) && table.DataType == Float && table.Dims[0] >= LargeTableRows)
                ReplaceLookUp(node, table);
            else
                _nodes.Add(node);
        }
        foreach (var name in _nodes.SelectMany(node => node.Input).Distinct())
        {
            if (!_kept.ContainsKey(name) && _tensors.TryGetValue(name, out var tensor))
                Inline(name, tensor.DataType, tensor.Dims, Bytes(tensor));
        }
        _graph.Node.Clear();
        _graph.Node.Add(_nodes);
        _graph.Initializer.Clear();
        _graph.Initializer.Add(_kept.Values);
    }

    private void ReplaceProduct(NodeProto product)
    {
        var (inputs, outputs, blockSize) = ((int)Attribute(product, "K"), (int)Attribute(product, "N"), (int)Attribute(product, "block_size"));
        if (Attribute(product, "bits") != 4 || inputs % blockSize != 0 || product.Input.Skip(3).Any(name => name != ""))
            throw new InvalidDataException($"{product.Name} is not a product with whole blocks of 4-bit weights without zero points or bias.");
        var packed = Bytes(_tensors[product.Input[1]]);
        var blockScales = MemoryMarshal.Cast<byte, float>(Bytes(_tensors[product.Input[2]]));
        var weights = new sbyte[inputs * outputs];
        var scales = new float[outputs];
        var column = new float[inputs];
        for (var output = 0; output < outputs; output++)
        {
            for (var input = 0; input < inputs; input++)
            {
                var at = (output * inputs) + input;
                var bits = (input & 1) == 0 ? packed[at / 2] & 15 : packed[at / 2] >> 4;
                column[input] = (bits - 8) * blockScales[at / blockSize];
            }
            scales[output] = Scale(column, WeightLimit);
            for (var input = 0; input < inputs; input++)
                weights[(input * outputs) + output] = Quantise(column[input], scales[output]);
        }

        var (x, name, y) = (product.Input[0], product.Input[1], product.Output[0]);
        if (_quantised.Add(x))
            Quantise(x);
        Keep(name, Int8, [inputs, outputs], MemoryMarshal.AsBytes(weights.AsSpan()));
        Keep(name + "/scale", Float, [outputs], MemoryMarshal.AsBytes(scales.AsSpan()));
        AddNode("MatMulIntegerToFloat", [x + "/q", name, Step, name + "/scale", Zero], y + "/unit", "com.microsoft");
        AddNode("Mul", [y + "/unit", x + "/scale"], y);
    }

    /// <summary>A token's largest number becomes 1, and that 127. There is no token of nothing but zeros.</summary>
    private void Quantise(string x)
    {
        AddNode("Abs", [x], x + "/abs");
        AddNode("ReduceMax", [x + "/abs", LastAxis], x + "/scale");
        AddNode("Div", [x, x + "/scale"], x + "/unit");
        AddNode("QuantizeLinear", [x + "/unit", Step, Zero], x + "/q");
    }

    private void ReplaceLookUp(NodeProto lookUp, TensorProto table)
    {
        var (rows, width) = ((int)table.Dims[0], (int)table.Dims[1]);
        var values = MemoryMarshal.Cast<byte, float>(Bytes(table));
        var words = new sbyte[values.Length];
        var scales = new float[rows];
        for (var row = 0; row < rows; row++)
        {
            scales[row] = Scale(values.Slice(row * width, width), Limit);
            for (var at = row * width; at < (row + 1) * width; at++)
                words[at] = Quantise(values[at], scales[row]);
        }

        var (name, ids, output) = (table.Name, lookUp.Input[1], lookUp.Output[0]);
        Keep(name, Int8, [rows, width], MemoryMarshal.AsBytes(words.AsSpan()));
        Keep(name + "/scale", Float, [rows, 1], MemoryMarshal.AsBytes(scales.AsSpan()));
        AddNode("Gather", [name, ids], output + "/q");
        AddNode("Gather", [name + "/scale", ids], output + "/scale");
        AddNode("Cast", [output + "/q"], output + "/unit").Attribute.Add(new AttributeProto { Name = "to", I = Float, Type = IntAttribute });
        AddNode("Mul", [output + "/unit", output + "/scale"], output);
    }

    private static float Scale(ReadOnlySpan<float> values, int limit)
    {
        var largest = 0f;
        foreach (var value in values)
            largest = Math.Max(largest, Math.Abs(value));
        return largest == 0 ? 1 : largest / limit;
    }

    private static sbyte Quantise(float value, float scale) => (sbyte)MathF.Round(value / scale);

    private static long Attribute(NodeProto node, string name) =>
        node.Attribute.SingleOrDefault(attribute => attribute.Name == name)?.I ?? throw new InvalidDataException($"{node.Name} has no attribute {name}.");

    private NodeProto AddNode(string type, string[] inputs, string output, string domain = "")
    {
        var node = new NodeProto { OpType = type, Domain = domain, Name = $"{output}/{type}", Input = { inputs }, Output = { output } };
        _nodes.Add(node);
        return node;
    }

    /// <summary>Large tensors go beside the model, at a page's begin, from where they are mapped and read as they are needed.</summary>
    private void Keep(string name, int type, long[] dims, ReadOnlySpan<byte> bytes)
    {
        _output.Position = (_output.Position + PageBytes - 1) / PageBytes * PageBytes;
        var tensor = new TensorProto { Name = name, DataType = type, DataLocation = External, Dims = { dims } };
        Add("location", _dataName);
        Add("offset", $"{_output.Position}");
        Add("length", $"{bytes.Length}");
        _output.Write(bytes);
        _kept.Add(name, tensor);

        void Add(string key, string value) => tensor.ExternalData.Add(new StringStringEntryProto { Key = key, Value = value });
    }

    private void Inline(string name, int type, IEnumerable<long> dims, ReadOnlySpan<byte> bytes) =>
        _kept.Add(name, new TensorProto { Name = name, DataType = type, Dims = { dims }, RawData = ByteString.CopyFrom(bytes) });

    private ReadOnlySpan<byte> Bytes(TensorProto tensor)
    {
        if (tensor.DataLocation != External)
            return tensor.RawData.Span;
        var place = tensor.ExternalData.ToDictionary(entry => entry.Key, entry => entry.Value);
        using var file = File.OpenRead(Path.Combine(_folder, place["location"]));
        file.Position = long.Parse(place["offset"]);
        var bytes = new byte[long.Parse(place["length"])];
        file.ReadExactly(bytes);
        return bytes;
    }
}
