using System.Text;

namespace LocalRecall.Cli.Install;

/// <summary>Which lines of a text change, after Myers: the fewest of them.</summary>
internal static class LineDiff
{
    private const int MaxChanges = 2000;

    /// <param name="context">So many lines around each change.</param>
    /// <returns>Lines that begin with <c>+</c>, <c>-</c> or a blank; <c>@@ N</c> says which line comes next.</returns>
    public static IEnumerable<string> Of(byte[]? before, byte[]? after, int context = 2)
    {
        (string[] a, string[] b) = (Lines(before), Lines(after));
        List<(char Mark, string Line, int At)> script = [.. Script(a, b)];
        int shown = -1;
        for (int i = 0; i < script.Count; i++)
        {
            bool near = Enumerable.Range(Math.Max(0, i - context), Math.Min(script.Count, i + context + 1) - Math.Max(0, i - context)).Any(k => script[k].Mark != ' ');
            if (!near)
            {
                continue;
            }

            if (shown != i - 1 || shown < 0)
            {
                yield return $"@@ {script[i].At + 1}";
            }

            shown = i;
            yield return $"{script[i].Mark} {script[i].Line}";
        }
    }

    private static string[] Lines(byte[]? text) =>
        text is null or [] ? [] : Encoding.UTF8.GetString(text).TrimStart('\uFEFF').ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');

    private static List<(char, string, int)> Script(string[] a, string[] b)
    {
        var steps = new List<int[]>();
        int offset = a.Length + b.Length + 1;
        int[] reached = new int[(2 * offset) + 1];
        for (int d = 0; d <= Math.Min(a.Length + b.Length, MaxChanges); d++)
        {
            steps.Add(reached[(offset - d - 1)..(offset + d + 2)]);
            for (int k = -d; k <= d; k += 2)
            {
                int x = Down(reached, offset, k, d) ? reached[offset + k + 1] : reached[offset + k - 1] + 1;
                while (x < a.Length && x - k < b.Length && a[x] == b[x - k])
                {
                    x++;
                }

                reached[offset + k] = x;
                if (x >= a.Length && x - k >= b.Length)
                {
                    return Back(a, b, steps, d);
                }
            }
        }

        return [.. a.Select((line, i) => ('-', line, i)), .. b.Select(line => ('+', line, a.Length))];
    }

    private static List<(char, string, int)> Back(string[] a, string[] b, List<int[]> steps, int d)
    {
        var script = new List<(char, string, int)>();
        (int x, int y) = (a.Length, b.Length);
        for (; d >= 0; d--)
        {
            int[] reached = steps[d];
            int offset = d + 1;
            int k = x - y;
            int from = d == 0 ? 0 : Down(reached, offset, k, d) ? k + 1 : k - 1;
            int fromX = d == 0 ? 0 : reached[offset + from];
            int fromY = fromX - from;
            while (x > fromX && y > fromY)
            {
                script.Add((' ', a[--x], x));
                y--;
            }

            if (d > 0)
            {
                script.Add(x == fromX ? ('+', b[fromY], x) : ('-', a[fromX], fromX));
                (x, y) = (fromX, fromY);
            }
        }

        script.Reverse();
        return script;
    }

    private static bool Down(int[] reached, int offset, int k, int d) => k == -d || (k != d && reached[offset + k - 1] < reached[offset + k + 1]);
}
