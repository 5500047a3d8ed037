using System.Globalization;
using Akka.Util;

namespace Akka.Actor;

/// <summary>
/// The place of an actor in its system's tree: <c>akka://system/user/parent/child</c>. The uid tells apart actors that had
/// the same path one after another; it takes no part in equality and stands behind a <c>#</c> where it is written.
/// </summary>
public abstract class ActorPath : IEquatable<ActorPath>, IComparable<ActorPath>, ISurrogated
{
    public const string ValidSymbols = "\"-_.*$+:@&=,!~';()";

    internal const string ValidActorNameDescription =
        "Actor paths MUST: not start with `$`, include only ASCII letters and can only contain these special characters: "
        + ValidSymbols + ".";

    private readonly ActorPath _parent;

    protected ActorPath(Address address, string name)
    {
        Address = address;
        Name = name;
    }

    protected ActorPath(ActorPath parentPath, string name, long uid)
    {
        _parent = parentPath;
        Address = parentPath.Address;
        Depth = parentPath.Depth + 1;
        Name = name;
        Uid = uid;
    }

    public Address Address { get; }

    public string Name { get; }

    public long Uid { get; }

    public int Depth { get; }

    public ActorPath Parent => _parent ?? this;

    public ActorPath Root => ParentOf(0);

    /// <summary>The names from below the root to this.</summary>
    public IReadOnlyList<string> Elements
    {
        get
        {
            var names = new string[Depth];
            for (var path = this; path.Depth > 0; path = path._parent)
                names[path.Depth - 1] = path.Name;
            return names;
        }
    }

    /// <summary>As <see cref="Elements"/>, the last with its uid.</summary>
    internal IReadOnlyList<string> ElementsWithUid
    {
        get
        {
            var names = (string[])Elements;
            if (names.Length > 0)
                names[^1] += UidSuffix;
            return names;
        }
    }

    private string UidSuffix => Uid == ActorCell.UndefinedUid ? "" : "#" + Uid.ToString(CultureInfo.InvariantCulture);

    public ActorPath Child(string childName) => this / childName;

    /// <summary>The ancestor at a depth; a negative depth counts up from here.</summary>
    public ActorPath ParentOf(int depth)
    {
        var target = depth >= 0 ? depth : Math.Max(0, Depth + depth);
        var path = this;
        while (path.Depth > target)
            path = path._parent;
        return path;
    }

    public ActorPath WithUid(long uid) => uid == Uid || _parent is null ? this : new ChildActorPath(_parent, Name, uid);

    public static bool IsValidPathElement(string s)
    {
        if (string.IsNullOrEmpty(s) || s[0] == '$')
            return false;
        for (var i = 0; i < s.Length; i++)
        {
            if (char.IsAsciiLetterOrDigit(s[i]) || ValidSymbols.Contains(s[i]))
                continue;
            if (s[i] == '%' && i + 2 < s.Length && char.IsAsciiHexDigit(s[i + 1]) && char.IsAsciiHexDigit(s[i + 2]))
                i += 2;
            else
                return false;
        }

        return true;
    }

    public static string FormatPathElements(IEnumerable<string> pathElements) => string.Join("/", pathElements);

    public static ActorPath Parse(string path) => TryParse(path, out var parsed)
        ? parsed
        : throw new UriFormatException($"Can not parse an ActorPath: {path}");

    public static bool TryParse(string path, out ActorPath actorPath)
    {
        actorPath = null;
        return TryParseAddress(path, out var address, out var rest)
            && TryParse(new RootActorPath(address), rest, out actorPath);
    }

    public static bool TryParse(ActorPath basePath, string absoluteUri, out ActorPath actorPath) =>
        TryParse(basePath, absoluteUri.AsSpan(), out actorPath);

    public static bool TryParse(ActorPath basePath, ReadOnlySpan<char> absoluteUri, out ActorPath actorPath)
    {
        actorPath = basePath;
        long uid = ActorCell.UndefinedUid;
        var fragment = absoluteUri.LastIndexOf('#');
        if (fragment > absoluteUri.LastIndexOf('/'))
        {
            if (!long.TryParse(absoluteUri[(fragment + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out uid))
                return false;
            absoluteUri = absoluteUri[..fragment];
        }

        foreach (var part in absoluteUri.Split('/'))
            if (absoluteUri[part] is { IsEmpty: false } name)
                actorPath = new ChildActorPath(actorPath, name.ToString(), ActorCell.UndefinedUid);
        actorPath = actorPath.WithUid(uid);
        return true;
    }

    public static bool TryParseAddress(string path, out Address address) => TryParseAddress(path, out address, out _);

    public static bool TryParseAddress(string path, out Address address, out ReadOnlySpan<char> absoluteUri) =>
        Address.TryParse(path.AsSpan(), out address, out absoluteUri);

    /// <summary><c>/user/a/b</c>; the root is <c>/</c>.</summary>
    public string ToStringWithoutAddress() => "/" + FormatPathElements(Elements);

    public override string ToString() => Address + ToStringWithoutAddress();

    public string ToStringWithUid() => ToString() + UidSuffix;

    public string ToStringWithAddress() => ToString();

    /// <summary>With the given address where this path has only a local one.</summary>
    public string ToStringWithAddress(Address address) =>
        (Address.Host is not null && Address.Port is not null ? Address : address) + ToStringWithoutAddress();

    public string ToSerializationFormat() => ToStringWithUid();

    public string ToSerializationFormatWithAddress(Address address) => ToStringWithAddress(address) + UidSuffix;

    public bool Equals(ActorPath other)
    {
        if (other is null || Depth != other.Depth || Address != other.Address)
            return false;
        for (ActorPath a = this, b = other; !ReferenceEquals(a, b) && a is not null; a = a._parent, b = b._parent)
            if (a.Name != b.Name)
                return false;
        return true;
    }

    public override bool Equals(object obj) => Equals(obj as ActorPath);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.Add(Address);
        for (var path = this; path is not null; path = path._parent)
            hash.Add(path.Name);
        return hash.ToHashCode();
    }

    public int CompareTo(ActorPath other) => string.CompareOrdinal(ToString(), other?.ToString());

    public ISurrogate ToSurrogate(ActorSystem system) => new Surrogate(ToSerializationFormat());

    public static ActorPath operator /(ActorPath path, string name)
    {
        var (plain, uid) = ActorCell.GetNameAndUid(name);
        return new ChildActorPath(path, plain, uid);
    }

    public static ActorPath operator /(ActorPath path, IEnumerable<string> name) =>
        name.Where(n => !string.IsNullOrEmpty(n)).Aggregate(path, (parent, n) => parent / n);

    public static bool operator ==(ActorPath left, ActorPath right) => Equals(left, right);

    public static bool operator !=(ActorPath left, ActorPath right) => !Equals(left, right);

    public sealed class Surrogate(string path) : ISurrogate
    {
        public string Path { get; } = path;

        public ISurrogated FromSurrogate(ActorSystem system) => TryParse(Path, out var path) ? path : null;
    }
}

public sealed class RootActorPath(Address address, string name = "") : ActorPath(address, name);

public sealed class ChildActorPath(ActorPath parentPath, string name, long uid) : ActorPath(parentPath, name, uid);
