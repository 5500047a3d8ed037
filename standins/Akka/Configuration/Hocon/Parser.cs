using System.Globalization;
using System.Text;

namespace Akka.Configuration.Hocon;

/// <summary>
/// Reads HOCON as Akka.NET 1.5 does: comments, dotted and quoted keys, = or :, nested and repeated objects, arrays,
/// triple-quoted text, include by callback and ${path} within one document. Like Akka.NET it has no += and no ${?path};
/// those are refused here rather than misread.
/// </summary>
public class Parser
{
    private const string NotInKey = "$\"{}[]:=,#`^?!@*&\\.";
    private const string NotInText = "$\"{}[]:=,#`^?!@*&\\";

    private readonly string _text;
    private readonly Func<string, HoconRoot> _include;
    private readonly List<HoconSubstitution> _substitutions = [];
    private int _at;

    private Parser(string text, Func<string, HoconRoot> include)
    {
        _text = text;
        _include = include;
    }

    /// <exception cref="FormatException">The text is not HOCON, or a substitution has nothing to stand for.</exception>
    public static HoconRoot Parse(string text, Func<string, HoconRoot> includeCallback)
    {
        var parser = new Parser(text, includeCallback);
        var root = new HoconValue([new HoconObject()]);
        parser.SkipBlank();
        if (parser.Take("{"))
        {
            parser.ReadMembers(root.GetObject(), "", '}');
            parser.SkipBlank();
            if (!parser.AtEnd)
                throw parser.Error("Text after the closing brace");
        }
        else
            parser.ReadMembers(root.GetObject(), "", '\0');

        var document = new Config(new HoconRoot(root));
        foreach (var substitution in parser._substitutions)
            substitution.ResolvedValue = document.GetValue(substitution.Path)
                ?? throw new FormatException($"Unresolved substitution: {substitution.Path}");
        return new HoconRoot(root, parser._substitutions);
    }

    private bool AtEnd => _at >= _text.Length;

    private char Peek => AtEnd ? '\0' : _text[_at];

    private bool At(string s) => string.CompareOrdinal(_text, _at, s, 0, s.Length) == 0;

    private bool AtComment => Peek == '#' || At("//");

    private bool Take(string s)
    {
        if (!At(s))
            return false;
        _at += s.Length;
        return true;
    }

    private void SkipBlank(bool sameLine = false)
    {
        while (!AtEnd)
        {
            if (AtComment)
                while (!AtEnd && Peek != '\n')
                    _at++;
            else if (sameLine ? Peek is ' ' or '\t' or '\r' : char.IsWhiteSpace(Peek))
                _at++;
            else
                return;
        }
    }

    private void ReadMembers(HoconObject into, string path, char end)
    {
        while (true)
        {
            SkipBlank();
            if (AtEnd)
            {
                if (end != '\0')
                    throw Error("An object is not closed");
                return;
            }

            if (Peek == end)
            {
                _at++;
                return;
            }

            if (AtInclude())
                ReadInclude(into, path);
            else
                ReadMember(into, path);
        }
    }

    private bool AtInclude()
    {
        if (!At("include"))
            return false;
        var next = _at + "include".Length;
        while (next < _text.Length && _text[next] is ' ' or '\t')
            next++;
        return next < _text.Length && _text[next] == '"';
    }

    private void ReadInclude(HoconObject into, string path)
    {
        _at += "include".Length;
        SkipBlank();
        var name = ReadQuoted();
        var included = (_include ?? throw Error("include needs an include callback"))(name);
        foreach (var substitution in included.Substitutions)
        {
            substitution.Path = path.Length == 0 ? substitution.Path : $"{path}.{substitution.Path}";
            _substitutions.Add(substitution);
        }

        into.Merge(included.Value.GetObject());
    }

    private void ReadMember(HoconObject into, string path)
    {
        var key = ReadKey();
        var here = path.Length == 0 ? key : $"{path}.{key}";
        var value = into.GetOrCreateKey(key);
        SkipBlank(sameLine: true);
        if (Take("."))
        {
            SkipBlank();
            ReadMember(ObjectIn(value), here);
        }
        else if (At("+="))
            throw Error("+= is not known to Akka.NET's HOCON");
        else if (Take("=") || Take(":"))
        {
            SkipBlank();
            ReadValue(value, here);
            Take(","); // after a value only, as in Akka.NET: not after an object without = or :
        }
        else
        {
            SkipBlank();
            if (!Take("{"))
                throw Error($"No value follows the key {here}");
            ReadMembers(ObjectIn(value), here, '}');
        }
    }

    private static HoconObject ObjectIn(HoconValue value)
    {
        if (value.Values is [HoconObject own])
            return own;
        // An object after a substitution lies over what the substitution stands for.
        var over = new HoconObject();
        if (value.Values.Count == 0 || value.Values[^1] is not HoconSubstitution)
            value.Clear();
        value.AppendValue(over);
        return over;
    }

    private string ReadKey()
    {
        if (Peek == '"')
            return ReadQuoted();
        var start = _at;
        while (!AtEnd && !AtComment && Peek is not ('\n' or '\r' or '+') && !NotInKey.Contains(Peek))
            _at++;
        var key = _text[start.._at].Trim();
        return key.Length > 0 ? key : throw Error("A key was expected");
    }

    private void ReadValue(HoconValue owner, string path)
    {
        if (Peek != '{')
            owner.Clear();
        var any = false;
        while (!AtEnd)
        {
            var blankFrom = _at;
            while (Peek is ' ' or '\t')
                _at++;
            if (_at > blankFrom && any)
                owner.AppendValue(new HoconLiteral { Value = _text[blankFrom.._at] });
            if (AtEnd || AtComment || Peek is '\n' or '\r' or ',' or '}' or ']')
                break;
            any = true;
            ReadPiece(owner, path);
        }

        if (!any)
            throw Error($"No value follows the key {path}");
        if (owner.Values is [.., HoconLiteral { IsBlank: true }] && owner.Values.Count > 1)
            owner.Values.RemoveAt(owner.Values.Count - 1);
    }

    private void ReadPiece(HoconValue owner, string path)
    {
        if (Take("{"))
            ReadMembers(ObjectIn(owner), path, '}');
        else if (Take("["))
            owner.AppendValue(ReadArray(path));
        else if (Take("\"\"\""))
        {
            var end = _text.IndexOf("\"\"\"", _at, StringComparison.Ordinal);
            if (end < 0)
                throw Error("A triple-quoted text is not closed");
            owner.AppendValue(new HoconLiteral { Value = _text[_at..end] });
            _at = end + 3;
        }
        else if (Peek == '"')
            owner.AppendValue(new HoconLiteral { Value = ReadQuoted() });
        else if (At("${?"))
            throw Error("${?path} is not known to Akka.NET's HOCON");
        else if (Take("${"))
        {
            var end = _text.IndexOf('}', _at);
            if (end < 0)
                throw Error("A substitution is not closed");
            var substitution = new HoconSubstitution(_text[_at..end].Trim());
            _at = end + 1;
            _substitutions.Add(substitution);
            owner.AppendValue(substitution);
        }
        else
            owner.AppendValue(new HoconLiteral { Value = ReadUnquoted() });
    }

    private HoconArray ReadArray(string path)
    {
        var array = new HoconArray();
        while (true)
        {
            SkipBlank();
            while (Take(","))
                SkipBlank();
            if (AtEnd)
                throw Error("An array is not closed");
            if (Take("]"))
                return array;
            var item = new HoconValue();
            ReadValue(item, path);
            array.Add(item);
        }
    }

    private string ReadUnquoted()
    {
        var start = _at;
        while (!AtEnd && !AtComment && !char.IsWhiteSpace(Peek) && !NotInText.Contains(Peek))
            _at++;
        if (_at == start || Peek is '=' or ':')
            throw new ConfigurationException(
                $"Text with '{Peek}' in it must be quoted (line {Line}): {_text[start..Math.Min(_text.Length, _at + 20)]}");
        return _text[start.._at];
    }

    private string ReadQuoted()
    {
        var text = new StringBuilder();
        _at++;
        while (true)
        {
            if (AtEnd)
                throw Error("A quoted text is not closed");
            var c = _text[_at++];
            if (c == '"')
                return text.ToString();
            text.Append(c == '\\' ? ReadEscape() : c);
        }
    }

    private char ReadEscape()
    {
        var c = Peek;
        _at++;
        switch (c)
        {
            case '"' or '\\' or '/':
                return c;
            case 'b':
                return '\b';
            case 'f':
                return '\f';
            case 'n':
                return '\n';
            case 'r':
                return '\r';
            case 't':
                return '\t';
            case 'u' when _at + 4 <= _text.Length:
                _at += 4;
                return (char)int.Parse(_text.AsSpan(_at - 4, 4), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            default:
                throw Error($"Unknown escape code: {c}");
        }
    }

    private int Line => 1 + _text.AsSpan(0, Math.Min(_at, _text.Length)).Count('\n');

    private FormatException Error(string what) => new($"{what} (line {Line}).");
}
