using System.Text;

namespace Akka.Configuration.Hocon;

public interface IHoconElement
{
    bool IsString();

    string GetString();

    bool IsArray();

    IList<HoconValue> GetArray();
}

public interface IMightBeAHoconObject
{
    bool IsObject();

    HoconObject GetObject();
}

public class HoconRoot
{
    public HoconRoot(HoconValue value) : this(value, []) { }

    public HoconRoot(HoconValue value, IEnumerable<HoconSubstitution> substitutions)
    {
        Value = value;
        Substitutions = substitutions;
    }

    public HoconValue Value { get; }

    public IEnumerable<HoconSubstitution> Substitutions { get; }
}

public class HoconLiteral : IHoconElement
{
    public string Value { get; set; }

    internal bool IsBlank => string.IsNullOrWhiteSpace(Value);

    public bool IsString() => true;

    public string GetString() => Value;

    public bool IsArray() => false;

    public IList<HoconValue> GetArray() => throw new NotSupportedException("This element is not an array.");

    public override string ToString() => Value;
}

public class HoconArray : List<HoconValue>, IHoconElement
{
    public bool IsString() => false;

    public string GetString() => throw new NotSupportedException("This element is an array.");

    public bool IsArray() => true;

    public IList<HoconValue> GetArray() => this;

    public override string ToString() => $"[{string.Join(",", this)}]";
}

/// <summary><c>${path}</c>: stands for the value at a path of the same document.</summary>
public class HoconSubstitution(string path) : IHoconElement, IMightBeAHoconObject
{
    public string Path { get; set; } = path;

    public HoconValue ResolvedValue { get; set; }

    public bool IsString() => ResolvedValue.IsString();

    public string GetString() => ResolvedValue.GetString();

    public bool IsArray() => ResolvedValue.IsArray();

    public IList<HoconValue> GetArray() => ResolvedValue.GetArray();

    public bool IsObject() => ResolvedValue?.IsObject() ?? false;

    public HoconObject GetObject() => ResolvedValue.GetObject();
}

public class HoconObject : IHoconElement
{
    public Dictionary<string, HoconValue> Items { get; } = [];

    public IDictionary<string, object> Unwrapped => Items.ToDictionary(
        item => item.Key, item => item.Value.GetObject() is { } obj ? (object)obj.Unwrapped : item.Value);

    public HoconValue GetKey(string key) => Items.GetValueOrDefault(key);

    public HoconValue GetOrCreateKey(string key)
    {
        if (!Items.TryGetValue(key, out var value))
            Items[key] = value = new HoconValue();
        return value;
    }

    public void Merge(HoconObject other)
    {
        foreach (var (key, theirs) in other.Items)
            Items[key] = Items.TryGetValue(key, out var ours) ? Combine(ours, theirs) : theirs;
    }

    /// <summary>A new object: this one with another's keys laid over it.</summary>
    internal HoconObject MergedWith(HoconObject over)
    {
        var merged = new HoconObject();
        foreach (var (key, value) in Items)
            merged.Items[key] = value;
        merged.Merge(over);
        return merged;
    }

    private static HoconValue Combine(HoconValue under, HoconValue over) =>
        under.GetObject() is { } a && over.GetObject() is { } b ? new HoconValue([a.MergedWith(b)]) : over;

    public bool IsString() => false;

    public string GetString() => throw new NotSupportedException("This element is an object.");

    public bool IsArray() => false;

    public IList<HoconValue> GetArray() => throw new NotSupportedException("This element is an object.");

    public override string ToString() => ToString(0);

    public string ToString(int indent)
    {
        var text = new StringBuilder();
        var margin = new string(' ', Math.Max(0, indent - 1) * 2);
        foreach (var (key, value) in Items)
            text.Append(margin).Append(HoconPath.QuoteKey(key)).Append(" : ").Append(value.ToString(indent)).Append('\n');
        return text.ToString();
    }
}
