using System.Text;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Event;
using Akka.Hosting.Logging;
using Microsoft.Extensions.Logging;
using LogLevel = Akka.Event.LogLevel;

namespace Akka.Hosting;

/// <summary>Which loggers the actor system has, and from which level on.</summary>
public sealed class LoggerConfigBuilder
{
    private readonly List<Type> _loggers = [typeof(DefaultLogger)];
    private readonly AkkaConfigurationBuilder _builder;

    internal LoggerConfigBuilder(AkkaConfigurationBuilder builder) => _builder = builder;

    public LogLevel LogLevel { get; set; } = LogLevel.InfoLevel;

    public bool LogConfigOnStart { get; set; }

    public DeadLetterOptions? DeadLetterOptions { get; set; }

    /// <summary>Also removes the default logger, to the standard output.</summary>
    public LoggerConfigBuilder ClearLoggers()
    {
        _loggers.Clear();
        return this;
    }

    public LoggerConfigBuilder AddLogger<T>() where T : IRequiresMessageQueue<ILoggerMessageQueueSemantics> => AddLogger(typeof(T));

    internal LoggerConfigBuilder AddLogger(Type logger)
    {
        _loggers.Add(logger);
        return this;
    }

    internal LoggerConfigBuilder AddLoggerFactory(ILoggerFactory? factory)
    {
        if (factory is not null)
            _builder.AddSetup(new LoggerFactorySetup(factory));
        return AddLogger(typeof(LoggerFactoryLogger));
    }

    internal AkkaConfigurationBuilder Build()
    {
        var hocon = new StringBuilder()
            .AppendLine($"akka.loglevel = {LogLevel.ToString().Replace("Level", "")}")
            .AppendLine($"akka.loggers = [{string.Join(",", _loggers.Select(logger => logger.AssemblyQualifiedName.ToHocon()))}]")
            .AppendLine($"akka.log-config-on-start = {LogConfigOnStart.ToHocon()}")
            .Append(DeadLetterOptions);
        return _builder.AddHoconConfiguration(ConfigurationFactory.ParseString(hocon.ToString()), HoconAddMode.Prepend);
    }
}

public enum TriStateValue
{
    None,
    All,
    Some,
}

/// <summary>How many dead letters are logged.</summary>
public class DeadLetterOptions
{
    public TriStateValue ShouldLog { get; set; } = TriStateValue.Some;

    public int LogCount { get; set; } = 10;

    public bool? LogDuringShutdown { get; set; }

    public TimeSpan? LogSuspendDuration { get; set; }

    /// <summary>As HOCON.</summary>
    public override string ToString()
    {
        var count = ShouldLog switch { TriStateValue.All => "on", TriStateValue.None => "off", _ => LogCount.ToHocon() };
        var hocon = new StringBuilder().AppendLine($"akka.log-dead-letters = {count}");
        if (LogDuringShutdown is { } during)
            hocon.AppendLine($"akka.log-dead-letters-during-shutdown = {during.ToHocon()}");
        if (LogSuspendDuration is { } duration)
            hocon.AppendLine($"akka.log-dead-letters-suspend-duration = {duration.ToHocon(allowInfinite: true, zeroIsInfinite: true)}");
        return hocon.ToString();
    }
}

public static class LoggingExtensions
{
    public static AkkaConfigurationBuilder ConfigureLoggers(this AkkaConfigurationBuilder builder, Action<LoggerConfigBuilder> configurator)
    {
        var loggers = new LoggerConfigBuilder(builder);
        configurator(loggers);
        return loggers.Build();
    }

    public static LoggerConfigBuilder AddDefaultLogger(this LoggerConfigBuilder configBuilder) => configBuilder.AddLogger<DefaultLogger>();

    /// <summary>Logs to the application's own logger factory.</summary>
    public static LoggerConfigBuilder AddLoggerFactory(this LoggerConfigBuilder configBuilder) => configBuilder.AddLoggerFactory(null);

    public static LoggerConfigBuilder AddLoggerFactory(this LoggerConfigBuilder configBuilder, ILoggerFactory loggerFactory) =>
        configBuilder.AddLoggerFactory(loggerFactory);
}
