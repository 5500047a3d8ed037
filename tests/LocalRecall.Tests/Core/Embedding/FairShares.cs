using LocalRecall.Core.Embedding;
using Xunit;

namespace LocalRecall.Tests.Core.Embedding;

/// <summary>While two clients of a lane both wait, neither gets further ahead of the other than by a run and a text.</summary>
internal sealed class FairShares(EmbeddingLimits limits)
{
    private const int LongestText = 256;
    private readonly Dictionary<(ClientId, ClientId), (long Now, long Least, long Most)> _leads = [];

    /// <summary>Who waits now; for whoever does not, the account begins anew.</summary>
    public void Wait(IEnumerable<ClientId> clients)
    {
        List<ClientId> waiting = [.. clients.Distinct().OrderBy(client => client.Value)];
        HashSet<(ClientId, ClientId)> pairs = [.. waiting.SelectMany((a, i) => waiting.Skip(i + 1).Select(b => (a, b)))];
        foreach ((ClientId, ClientId) gone in _leads.Keys.Where(pair => !pairs.Contains(pair)).ToList())
        {
            _leads.Remove(gone);
        }

        foreach ((ClientId, ClientId) pair in pairs)
        {
            _leads.TryAdd(pair, default);
        }
    }

    public void Check(IEnumerable<(ClientId Client, int Tokens)> run)
    {
        ILookup<ClientId, int> served = run.ToLookup(text => text.Client, text => text.Tokens);
        foreach (((ClientId a, ClientId b), (long Now, long Least, long Most) lead) in _leads.ToList())
        {
            long now = lead.Now + served[a].Sum() - served[b].Sum();
            long least = Math.Min(now, lead.Least);
            long most = Math.Max(now, lead.Most);
            _leads[(a, b)] = (now, least, most);
            Assert.True(most - least <= 2 * (limits.MaxRunTokens + LongestText), $"{a} led {b} by between {least} and {most} tokens");
        }
    }
}
