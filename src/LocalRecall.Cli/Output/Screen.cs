using System.Runtime.InteropServices;

namespace LocalRecall.Cli.Output;

/// <summary>
/// A terminal drawn on in place, on its second screen; the first is back, as it was, once this is disposed.
/// Pressing q, Ctrl-C or a request to end cancel <see cref="Left"/>.
/// </summary>
internal sealed class Screen : IDisposable
{
    private const string Open = "\u001b[?1049h\u001b[?25l\u001b[?7l";
    // Also undoes what reading keys sets up: keys of the cursor and the number pad in application mode.
    private const string Close = "\u001b[?1l\u001b>\u001b[?7h\u001b[?25h\u001b[?1049l";

    private readonly TextWriter writer;
    private readonly bool colour;
    private readonly CancellationTokenSource left = new();
    private readonly PosixSignalRegistration[] signals;

    public Screen(TextWriter writer, bool colour)
    {
        (this.writer, this.colour) = (writer, colour);
        signals = [.. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP }.Select(signal => PosixSignalRegistration.Create(signal, Leave))];
        if (!Console.IsInputRedirected)
        {
            new Thread(ReadKeys) { IsBackground = true }.Start();
        }

        Write(Open);
    }

    public CancellationToken Left => left.Token;

    public void Draw(IEnumerable<string> lines) => Write(Frame(lines, Console.WindowWidth, Console.WindowHeight, colour));

    public void Dispose()
    {
        Write(Close);
        foreach (PosixSignalRegistration signal in signals)
        {
            signal.Dispose();
        }
    }

    /// <summary>What draws these lines over whatever is there, without clearing it first: that would flicker.</summary>
    /// <param name="colour">Whether the first line is to stand out.</param>
    internal static string Frame(IEnumerable<string> lines, int width, int height, bool colour)
    {
        string[] fitting = [.. lines.Take(height).Select(line => line.Length > width ? line[..width] : line)];
        if (colour && fitting.Length > 0)
        {
            fitting[0] = $"\u001b[1m{fitting[0]}\u001b[0m";
        }

        return $"\u001b[H{string.Join("\r\n", fitting.Select(line => line + "\u001b[K"))}\u001b[J";
    }

    private void Write(string text)
    {
        writer.Write(text);
        writer.Flush();
    }

    private void Leave(PosixSignalContext context)
    {
        context.Cancel = true; // the screen is to be given back first
        left.Cancel();
    }

    private void ReadKeys()
    {
        try
        {
            while (Console.ReadKey(intercept: true).KeyChar is not ('q' or 'Q'))
            {
            }

            left.Cancel();
        }
        catch (InvalidOperationException)
        {
            // There are no keys after all.
        }
    }
}
