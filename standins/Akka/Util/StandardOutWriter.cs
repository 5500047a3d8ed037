namespace Akka.Util;

/// <summary>Writes whole lines to standard output, coloured where it is a terminal.</summary>
public static class StandardOutWriter
{
    private static readonly Lock Gate = new();

    public static void Write(string message, ConsoleColor? foregroundColor = null, ConsoleColor? backgroundColor = null)
    {
        lock (Gate)
        {
            if (Console.IsOutputRedirected || (foregroundColor is null && backgroundColor is null))
            {
                Console.Write(message);
                return;
            }

            Console.ForegroundColor = foregroundColor ?? Console.ForegroundColor;
            Console.BackgroundColor = backgroundColor ?? Console.BackgroundColor;
            Console.Write(message);
            Console.ResetColor();
        }
    }

    public static void WriteLine(
        string message, ConsoleColor? foregroundColor = null, ConsoleColor? backgroundColor = null) =>
        Write(message + Environment.NewLine, foregroundColor, backgroundColor);
}
