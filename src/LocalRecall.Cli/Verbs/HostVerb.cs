using System.CommandLine;
using LocalRecall.Cli.Output;
using LocalRecall.Client;
using LocalRecall.Contracts;
using LocalRecall.Contracts.Messages;

namespace LocalRecall.Cli.Verbs;

internal static class HostVerb
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    public static Command Create(Shell shell)
    {
        var run = new Command("run", "Runs the host in the foreground until it is stopped.") { Options.Json() };
        run.SetAction(parse =>
        {
            try
            {
                return HostPorts.Of(parse).Program().Run();
            }
            catch (RecallException e)
            {
                return shell.Fail(parse, ExitCodes.Of(e.Code), "host-unavailable", e.Message);
            }
        });

        Command start = Verb("start", "Starts the host in the background, unless it runs already.");
        start.SetAction((parse, cancellation) => StartAsync(shell, parse, cancellation));

        Command stop = Verb("stop", "Stops the host; returns once its process has ended.");
        stop.SetAction((parse, cancellation) => StopAsync(shell, parse, cancellation, wasRunning =>
        {
            if (parse.GetValue<bool>(Options.JsonName))
            {
                Json.Write(shell.Out, json =>
                {
                    json.WriteBoolean("running", false);
                    json.WriteBoolean("wasRunning", wasRunning);
                });
            }
            else
            {
                shell.Text.Write(wasRunning ? "The host has stopped." : "No host is running.");
            }
        }));

        Command restart = Verb("restart", "Stops the host and starts it again.");
        restart.SetAction(async (parse, cancellation) =>
        {
            int stopped = await StopAsync(shell, parse, cancellation).ConfigureAwait(false);
            return stopped != (int)ExitCode.Ok
                ? stopped
                : await StartAsync(shell, parse, cancellation).ConfigureAwait(false);
        });

        foreach (Command starting in (Command[])[run, start, restart])
        {
            foreach (Option<int?> port in HostPorts.Options())
            {
                starting.Add(port);
            }
        }

        return new Command("host", "Controls the host process.") { run, start, stop, restart };
    }

    private static Command Verb(string name, string description) => new(name, description) { Options.Timeout("60"), Options.Json() };

    /// <summary>No host to stop is a success.</summary>
    private static Task<int> StopAsync(Shell shell, ParseResult parse, CancellationToken cancellation, Action<bool>? print = null) =>
        shell.RunAsync(
            parse, Timeout,
            async (client, token) =>
            {
                bool wasRunning = await client.StopHostAsync(cancellation: token).ConfigureAwait(false);
                print?.Invoke(wasRunning);
                return ExitCode.Ok;
            },
            cancellation, connect: false);

    private static Task<int> StartAsync(Shell shell, ParseResult parse, CancellationToken cancellation)
    {
        HostPorts ports = HostPorts.Of(parse);
        return shell.RunAsync(
            parse, Timeout, (client, _) => Task.FromResult(Running(shell, parse, client.Endpoint!, ports)), cancellation, ports: ports);
    }

    private static ExitCode Running(Shell shell, ParseResult parse, HostEndpoint endpoint, HostPorts ports)
    {
        if (ports.Mismatch(endpoint) is { } mismatch)
        {
            return (ExitCode)shell.Fail(parse, ExitCode.Failure, "port", mismatch);
        }

        if (parse.GetValue<bool>(Options.JsonName))
        {
            Json.Write(shell.Out, json =>
            {
                json.WriteBoolean("running", true);
                json.WriteNumber("pid", endpoint.Pid);
                json.WriteString("version", endpoint.Version);
                json.WriteString("address", endpoint.Address);
                Json.Http(json, endpoint);
            });
        }
        else
        {
            shell.Text.Write($"Host {Clean.Line(endpoint.Version)} runs as process {endpoint.Pid} at {Clean.Line(endpoint.Address)}.");
            shell.Text.Http(endpoint);
        }

        return ExitCode.Ok;
    }
}
