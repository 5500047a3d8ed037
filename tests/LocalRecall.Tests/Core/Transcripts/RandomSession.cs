using LocalRecall.Core.Transcripts;

namespace LocalRecall.Tests.Core.Transcripts;

/// <summary>Sessions as agents have them: turns with thoughts and tools, subagents, commands, interruptions, wake-ups, compaction.</summary>
internal static class RandomSession
{
    /// <summary>The transcript, and what the agent's Stop hook said each time.</summary>
    public static (Sample Sample, List<TurnEnd> Ends) Write(Random random, int turns = 6, Sample? into = null)
    {
        Sample sample = into ?? new Sample(session: $"{random.Next():x8}-0000-4000-8000-000000000001");
        List<TurnEnd> ends = [];
        int message = 0;
        for (int turn = 0; turn < turns; turn++)
        {
            if (random.Next(3) == 0) sample.Noise();
            if (random.Next(8) == 0) sample.Prompt("<command-name>/cost</command-name>").Prompt("<local-command-stdout>0</local-command-stdout>");
            string? cwd = sample.Cwd;
            if (random.Next(5) == 0) sample.Cwd = null;
            sample.Prompt($"Prompt {random.Next()}");
            if (random.Next(2) == 0) sample.Cwd = cwd;
            for (int step = random.Next(4); step > 0; step--) Work();
            if (random.Next(5) == 0) sample.Prompt("[Request interrupted by user]");
            else Stop();
            if (random.Next(5) == 0)
            {
                sample.Prompt("<task-notification>\n<task-id>b</task-id>");
                Work();
                Stop();
            }
            sample.Cwd = cwd;
        }
        return (sample, ends);

        void Work()
        {
            string id = $"{++message}";
            if (random.Next(2) == 0) sample.Say(id, "\n\n").Think(id, $"Thought {random.Next()}");
            if (random.Next(2) == 0) sample.Say(id, $"Word {random.Next()}");
            sample.Use(id);
            if (random.Next(6) == 0) sample.Prompt($"Task {random.Next()}", $"a{message}").Say($"s{id}", $"Report {random.Next()}", $"a{message}");
            sample.Result();
            if (random.Next(10) == 0) sample.Summary("This session is being continued");
        }

        void Stop()
        {
            string id = $"{++message}", answer = $"Answer {random.Next()}";
            if (random.Next(3) == 0) sample.Think(id, $"Last thought {random.Next()}");
            sample.Say(id, answer);
            ends.Add(new TurnEnd(sample.Now, random.Next(4) == 0 ? null : answer));
        }
    }
}
