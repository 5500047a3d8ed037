using System.Text;

namespace Akka.Util.Internal;

internal static class TypeNames
{
    /// <summary>"Namespace.Type, Assembly" without version, as it stands in configuration and in manifests.</summary>
    public static string TypeQualifiedName(this Type type)
    {
        var name = new StringBuilder();
        Append(name, type);
        var assembly = type.Assembly == typeof(object).Assembly ? "System.Private.CoreLib" : type.Assembly.GetName().Name;
        return name.Append(", ").Append(assembly).ToString();
    }

    private static void Append(StringBuilder name, Type type)
    {
        if (!type.IsGenericType)
        {
            name.Append(type.FullName);
            return;
        }

        var open = type.GetGenericTypeDefinition().FullName;
        name.Append(open).Append('[')
            .AppendJoin(',', type.GetGenericArguments().Select(a => $"[{a.TypeQualifiedName()}]")).Append(']');
    }

    /// <summary>Finds a type named in configuration; <c>Akka.*</c> names may leave out the assembly.</summary>
    public static Type Find(string name) => Type.GetType(name, throwOnError: false);
}
