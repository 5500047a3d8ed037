using LocalRecall.Core.Embedding;

namespace LocalRecall.Core.Requests;

/// <summary>Who serves which session, and how many lines of it are worked on. Who is at work is never asked to go.</summary>
/// <param name="capacity">Sessions at once.</param>
/// <param name="idleLimit">A session that is quiet for so long may end.</param>
public sealed class SessionTable<TServer>(int capacity, TimeSpan idleLimit)
    where TServer : class
{
    private readonly Dictionary<Guid, Entry> _sessions = [];
    private readonly Dictionary<TServer, Entry> _servers = [];

    public int Count => _sessions.Count;

    /// <summary>One more line of this session is worked on. Null: nobody serves it.</summary>
    /// <param name="client">Who sent it: the session is this client's from now on.</param>
    public TServer? Enter(Guid session, ClientId client, DateTimeOffset now)
    {
        if (!_sessions.TryGetValue(session, out Entry? entry))
        {
            return null;
        }

        entry.Begin(client, now);
        return entry.Server;
    }

    /// <summary>A new session, with its first line.</summary>
    public void Add(Guid session, TServer server, ClientId client, DateTimeOffset now)
    {
        var entry = new Entry(session, server);
        entry.Begin(client, now);
        _sessions.Add(session, entry);
        _servers.Add(server, entry);
    }

    /// <summary>A line is done. Nothing happens if its server is gone already.</summary>
    public void Leave(TServer server, DateTimeOffset now)
    {
        if (_servers.TryGetValue(server, out Entry? entry))
        {
            entry.End(now);
        }
    }

    /// <summary>False: there is no room for another session, all are at work.</summary>
    /// <param name="leaver">Who has to go, being quiet the longest; null: nobody.</param>
    public bool TryMakeRoom(out TServer? leaver)
    {
        leaver = null;
        if (_sessions.Count < capacity)
        {
            return true;
        }

        leaver = _sessions.Values.Where(entry => entry.Lines == 0).MinBy(entry => entry.LastUsed)?.Server;
        return leaver is not null && Remove(leaver);
    }

    public bool Remove(TServer server) => _servers.Remove(server, out Entry? entry) && _sessions.Remove(entry.Session);

    public IReadOnlyList<TServer> RemoveIdle(DateTimeOffset now) => Remove(entry => entry.Lines == 0 && now - entry.LastUsed >= idleLimit);

    public IReadOnlyList<TServer> RemoveOf(ClientId client) => Remove(entry => entry.Client == client);

    private TServer[] Remove(Func<Entry, bool> which)
    {
        TServer[] servers = [.. _sessions.Values.Where(which).Select(entry => entry.Server)];
        foreach (TServer server in servers)
        {
            Remove(server);
        }

        return servers;
    }

    private sealed class Entry(Guid session, TServer server)
    {
        public Guid Session { get; } = session;

        public TServer Server { get; } = server;

        public ClientId Client { get; private set; }

        public int Lines { get; private set; }

        public DateTimeOffset LastUsed { get; private set; }

        public void Begin(ClientId client, DateTimeOffset now)
        {
            (Client, LastUsed) = (client, now);
            Lines++;
        }

        public void End(DateTimeOffset now)
        {
            LastUsed = now;
            Lines--;
        }
    }
}
