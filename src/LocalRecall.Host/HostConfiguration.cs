using Akka.Configuration;

namespace LocalRecall.Host;

/// <summary>The shipped <c>hocon/host.conf</c>, under what the user's own <c>host.conf</c> in the home folder says.</summary>
internal static class HostConfiguration
{
    /// <summary><c>off</c>: whatever the files say, no form of the model takes its place by itself. For measurements, which want the same one everywhere.</summary>
    public const string CheckFormsVariable = "LOCALRECALL_CHECK_FORMS";

    /// <exception cref="InvalidDataException">The user's own can't be understood; the message says where.</exception>
    public static Config Load(HostPaths paths)
    {
        Config shipped = ConfigurationFactory.ParseString(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "hocon", "host.conf")));
        Config own = File.Exists(paths.Configuration) ? Parse(paths.Configuration).WithFallback(shipped) : shipped;
        return Environment.GetEnvironmentVariable(CheckFormsVariable) == "off" ? ConfigurationFactory.ParseString("localrecall.models.check-forms = off").WithFallback(own) : own;
    }

    private static Config Parse(string path)
    {
        string text = File.ReadAllText(path);
        try
        {
            return ConfigurationFactory.ParseString(text);
        }
        catch (Exception e) // the parser throws whatever comes: FormatException, plain Exception
        {
            throw new InvalidDataException($"{path} is not HOCON: {e.Message} Mend it, or move it away for the defaults.", e);
        }
    }
}
