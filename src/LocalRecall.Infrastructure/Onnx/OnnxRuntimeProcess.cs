using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace LocalRecall.Infrastructure.Onnx;

/// <summary>What of ONNX Runtime belongs to the process: its one environment, begun silent and ended before the process is.</summary>
public static partial class OnnxRuntimeProcess
{
    private static readonly Lock Gate = new();
    private static int _open;

    /// <summary>Ends the environment. Call it when every embedder is disposed, before the process exits: left to static destruction, some versions crash. False, and nothing is done, while an embedder is open.</summary>
    public static bool Shutdown()
    {
        lock (Gate)
        {
            if (_open > 0)
                return false;
            if (OrtEnv.IsCreated)
                OrtEnv.Instance().Dispose();
            return true;
        }
    }

    /// <summary>Opens a session. With the first one the environment begins.</summary>
    /// <exception cref="OnnxRuntimeException">The model does not load.</exception>
    internal static InferenceSession Open(string path, Func<SessionOptions> createOptions)
    {
        lock (Gate)
        {
            Start();
            using var options = createOptions();
            var session = new InferenceSession(path, options);
            _open++;
            return session;
        }
    }

    internal static void Close(InferenceSession session)
    {
        lock (Gate)
        {
            session.Dispose();
            _open--;
        }
        GiveMemoryBack();
    }

    /// <summary>Gives what was freed back to the system; .NET and glibc would keep most of it.</summary>
    private static void GiveMemoryBack()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
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

    private static void Start()
    {
        if (OrtEnv.IsCreated)
            return;
        // ONNX Runtime 1.29 and later phone home unless told not to before the first call.
        SetEnvironment("ORT_DISABLE_TELEMETRY", "1");
        SetEnvironment("ORT_TELEMETRY_DISABLED", "1");
        var options = new EnvironmentCreationOptions { logId = "localrecall", logLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        OrtEnv.CreateInstanceWithOptions(ref options).DisableTelemetryEvents();
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
