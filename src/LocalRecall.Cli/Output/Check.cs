namespace LocalRecall.Cli.Output;

internal enum CheckState { Ok, Warning, Failed }

/// <summary>One link of the chain that <c>recall doctor</c> looks at.</summary>
/// <param name="Advice">What to do about it.</param>
internal sealed record Check(string Name, CheckState State, string Detail, string? Advice = null);
