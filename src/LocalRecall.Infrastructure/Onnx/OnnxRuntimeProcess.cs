using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace LocalRecall.Infrastructure.Onnx;

/// <summary>What of ONNX Runtime belongs to the process: its one environment, begun silent and ended before the process is.</summary>
public static partial class OnnxRuntimeProcess
{
    private static readonly Lock Gate = new();
    private static bool _silenced;

    /// <summary>Ends the environment. Call it when every embedder is disposed, before the process exits: left to static destruction, some versions crash.</summary>
    public static void Shutdown()
    {
        lock (Gate)
        {
            if (OrtEnv.IsCreated)
                OrtEnv.Instance().Dispose();
        }
    }

    /// <summary>Begins the environment with telemetry off, if it has not begun.</summary>
    internal static void Start()
    {
        lock (Gate)
        {
            if (!_silenced)
            {
                SetEnvironment("ORT_DISABLE_TELEMETRY", "1");
                SetEnvironment("ORT_TELEMETRY_DISABLED", "1");
                _silenced = true;
            }
            if (OrtEnv.IsCreated)
                return;
            var options = new EnvironmentCreationOptions { logId = "localrecall", logLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
            OrtEnv.CreateInstanceWithOptions(ref options).DisableTelemetryEvents();
        }
    }

    /// <summary>Gives memory that was freed back to the system; glibc would keep most of it.</summary>
    internal static void TrimNativeMemory()
    {
        if (!OperatingSystem.IsLinux())
            return;
        try
        {
            _ = MallocTrim(0);
        }
        catch (EntryPointNotFoundException)
        {
            // Not glibc.
        }
    }

    private static void SetEnvironment(string name, string value)
    {
        Environment.SetEnvironmentVariable(name, value);
        // On Unix .NET changes only its own copy; native code reads the C library's.
        if (!OperatingSystem.IsWindows())
            _ = SetEnv(name, value, 1);
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnv(string name, string value, int overwrite);

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int MallocTrim(nuint pad);
}
