using System.Collections;
using Xunit;
using Xunit.Sdk;

namespace Akka.TestKit.Xunit2
{
    /// <summary>Failed expectations as xunit's own exceptions.</summary>
    public class XunitAssertions : ITestKitAssertions
    {
        public void Fail(string format = "", params object[] args) => Assert.Fail(Format(format, args));

        public void AssertTrue(bool condition, string format = "", params object[] args) => Assert.True(condition, Format(format, args));

        public void AssertFalse(bool condition, string format = "", params object[] args) => Assert.False(condition, Format(format, args));

        public void AssertEqual<T>(T expected, T actual, string format = "", params object[] args) =>
            AssertEqual(expected, actual, AreEqual, format, args);

        public void AssertEqual<T>(T expected, T actual, Func<T, T, bool> comparer, string format = "", params object[] args)
        {
            if (!comparer(expected, actual))
                throw new Internals.AkkaEqualException($"Expected: {expected ?? (object)"null"}\nActual: {actual ?? (object)"null"}\n{Format(format, args)}");
        }

        /// <summary>By the static type's own equality or order, else item by item, else by Equals.</summary>
        private static bool AreEqual<T>(T x, T y)
        {
            if (x is null || y is null)
                return x is null && y is null;
            return x switch
            {
                IEquatable<T> equatable => equatable.Equals(y),
                IComparable<T> comparable => comparable.CompareTo(y) == 0,
                IComparable comparable => comparable.CompareTo(y) == 0,
                IEnumerable items when y is IEnumerable others => items.Cast<object>().SequenceEqual(others.Cast<object>(), ItemComparer.Instance),
                _ => x.GetType() == y.GetType() && x.Equals(y),
            };
        }

        private static string Format(string format, object[] args) =>
            args is null or { Length: 0 } ? format ?? "" : string.Format(format ?? "", args);

        private sealed class ItemComparer : IEqualityComparer<object>
        {
            public static readonly ItemComparer Instance = new();

            bool IEqualityComparer<object>.Equals(object x, object y) => AreEqual(x, y);

            public int GetHashCode(object obj) => throw new NotSupportedException();
        }
    }
}

namespace Akka.TestKit.Xunit2.Internals
{
    public class AkkaEqualException(string message) : XunitException(message);
}
