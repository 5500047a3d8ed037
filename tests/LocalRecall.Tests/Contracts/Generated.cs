using System.Reflection;
using System.Text.Json;
using LocalRecall.Contracts.Messages;

namespace LocalRecall.Tests.Contracts;

/// <summary>Makes messages of any type by their constructors.</summary>
internal static class Generated
{
    public static IReadOnlyList<Type> MessageTypes { get; } =
        [.. typeof(IWireMessage).Assembly.GetTypes().Where(t => t.IsAssignableTo(typeof(IWireMessage)) && !t.IsInterface).OrderBy(t => t.Name)];

    /// <summary>Always the same message: every optional value is there, every list has two elements.</summary>
    public static IWireMessage Full(Type type)
    {
        int next = 1;
        return (IWireMessage)Make(type, nullable: false, new Choices(
            IsNull: () => false, Count: () => 2, Number: () => next++, Text: () => $"text-{next++} ä€😀"));
    }

    /// <summary>Absent values, empty lists, extremes and odd strings included.</summary>
    public static IWireMessage Any(Type type, Random random)
    {
        string[] odd = ["", "\0", "\u001b[31m", "ﬁ\u0301", "😀", "a\r\nb", "' OR 1=1 --", new('x', 300), "\uFEFF"];
        long[] extremes = [0, 1, -1, int.MaxValue, int.MinValue];
        return (IWireMessage)Make(type, nullable: false, new Choices(
            IsNull: () => random.Next(3) == 0,
            Count: () => random.Next(4),
            Number: () => random.Next(2) == 0 ? random.Next() : extremes[random.Next(extremes.Length)],
            Text: () => random.Next(2) == 0 ? odd[random.Next(odd.Length)] : $"text {random.Next()}"));
    }

    /// <summary>For comparing: records with lists in them are not equal by value.</summary>
    public static string Text(IWireMessage message) => JsonSerializer.Serialize(message, message.GetType());

    private static object Make(Type type, bool nullable, Choices choices)
    {
        if ((nullable || Nullable.GetUnderlyingType(type) is not null) && choices.IsNull())
        {
            return null!;
        }

        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(string))
        {
            return choices.Text();
        }

        if (type == typeof(bool))
        {
            return choices.Number() % 2 != 0;
        }

        if (type == typeof(Guid))
        {
            return new Guid((int)choices.Number(), 0x1234, 0x5678, 9, 10, 11, 12, 13, 14, 15, 16);
        }

        if (type == typeof(DateTimeOffset))
        {
            return new DateTimeOffset(2026, 11, 21, 22, 0, 0, TimeSpan.Zero).AddTicks(choices.Number());
        }

        if (type == typeof(ReadOnlyMemory<byte>))
        {
            return new ReadOnlyMemory<byte>(BitConverter.GetBytes((float)choices.Number()));
        }

        if (type.IsEnum)
        {
            return Enum.GetValues(type).GetValue((int)Math.Abs(choices.Number() % Enum.GetValues(type).Length))!;
        }

        if (type.IsPrimitive)
        {
            return type == typeof(int) ? (int)choices.Number() : Convert.ChangeType(choices.Number(), type);
        }

        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>))
        {
            Type element = type.GetGenericArguments()[0];
            var list = Array.CreateInstance(element, choices.Count());
            for (int i = 0; i < list.Length; i++)
            {
                list.SetValue(Make(element, nullable: false, choices), i);
            }

            return list;
        }

        ConstructorInfo constructor = type.GetConstructors().MaxBy(c => c.GetParameters().Length)!;
        var nullability = new NullabilityInfoContext();
        return constructor.Invoke([.. constructor.GetParameters().Select(p =>
            Make(p.ParameterType, !p.ParameterType.IsValueType && nullability.Create(p).WriteState == NullabilityState.Nullable, choices))]);
    }

    private sealed record Choices(Func<bool> IsNull, Func<int> Count, Func<long> Number, Func<string> Text);
}
