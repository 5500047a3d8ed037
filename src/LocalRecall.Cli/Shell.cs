using System.CommandLine;
using System.Text;
using LocalRecall.Cli.Output;
using LocalRecall.Client;
using LocalRecall.Contracts;
using LocalRecall.Contracts.Messages;

namespace LocalRecall.Cli;

/// <summary>The program's surroundings: streams, terminal, home folder.</summary>
/// <param name="Colour">Whether <paramref name="Out"/> shows colour.</param>
/// <param name="ErrorIsTerminal">Whether a line on <paramref name="Error"/> can be drawn over.</param>
internal sealed record Shell(TextWriter Out, TextWriter Error, Func<TextReader> In, bool Colour, bool ErrorIsTerminal, string Home)
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    public static Shell OfProcess()
    {
        if (OperatingSystem.IsWindows() && !Console.IsOutputRedirected)
        {
            Console.OutputEncoding = Utf8;
        }

        return new Shell(
            new StreamWriter(Console.OpenStandardOutput(), Utf8),
            new StreamWriter(Console.OpenStandardError(), Utf8, bufferSize: 256) { AutoFlush = true },
            () => new StreamReader(Console.OpenStandardInput(), Utf8),
            Colour: !Console.IsOutputRedirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")),
            ErrorIsTerminal: !Console.IsErrorRedirected,
            HomeFolder.Resolve())
        {
            OutIsTerminal = !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("TERM") != "dumb",
        };
    }

    /// <summary>Whether <see cref="Out"/> can be drawn on.</summary>
    public bool OutIsTerminal { get; init; }

    public Text Text => new(Out, Colour);

    /// <summary>Connects, does the work, and turns every failure into a message and an exit code.</summary>
    public async Task<int> RunAsync(
        ParseResult parse, TimeSpan timeout, Func<RecallClient, CancellationToken, Task<ExitCode>> work, CancellationToken cancellation,
        bool startHost = true, bool connect = true, HostPorts? ports = null)
    {
        try
        {
            var options = new RecallClientOptions
            {
                Home = Home, ClientName = "recall", StartHost = startHost, Timeout = parse.GetValue<TimeSpan?>(Options.TimeoutName) ?? timeout,
                Program = ports is null or { Http: null, Ollama: null } ? null : ports.Program(),
            };
            await using RecallClient client = connect ? await RecallClient.ConnectAsync(options, cancellation).ConfigureAwait(false) : new RecallClient(options);
            return (int)await work(client, cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return (int)ExitCode.Interrupted; // the host has been told
        }
        catch (RecallException e)
        {
            return Fail(parse, ExitCodes.Of(e.Code), e.Code.ToName(), e.Message);
        }
    }

    public int Fail(ParseResult parse, ExitCode exit, string code, string message)
    {
        if (parse.GetValue<bool>(Options.JsonName))
        {
            Json.Write(Out, json =>
            {
                json.WriteStartObject("error");
                json.WriteString("code", code);
                json.WriteString("message", message);
                json.WriteEndObject();
            });
        }
        else
        {
            Error.WriteLine($"recall: {Clean.Lines(message)}");
        }

        return (int)exit;
    }
}
