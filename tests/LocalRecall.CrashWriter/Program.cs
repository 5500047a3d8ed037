using LocalRecall.CrashWriter;

// LocalRecall.CrashWriter HOME SEED: works until it is killed. Each line of stdout is "begin …" or "done …" and a step;
// "done" comes only after the store has returned.
string home = args[0];
var random = new Random(int.Parse(args[1]));
using var work = new CrashWork(home);
while (true)
{
    CrashStep step = CrashStep.Random(random);
    Console.Out.WriteLine($"begin {step}");
    Console.Out.Flush();
    work.Do(step);
    Console.Out.WriteLine($"done {step}");
    Console.Out.Flush();
}
