namespace LocalRecall.Cli.Install;

/// <summary>A configuration file can't be edited; nothing of it was changed.</summary>
internal sealed class ConfigException(string message, Exception? inner = null) : Exception(message, inner);
