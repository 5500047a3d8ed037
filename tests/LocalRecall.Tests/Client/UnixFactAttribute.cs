using Xunit;

namespace LocalRecall.Tests.Client;

/// <summary>Needs a Unix shell or its programs.</summary>
internal sealed class UnixFactAttribute : FactAttribute
{
    public UnixFactAttribute() => Skip = OperatingSystem.IsWindows() ? "There is no /bin/sh." : null;
}

/// <inheritdoc cref="UnixFactAttribute"/>
internal sealed class UnixTheoryAttribute : TheoryAttribute
{
    public UnixTheoryAttribute() => Skip = OperatingSystem.IsWindows() ? "There is no /bin/sh." : null;
}
