namespace LocalRecall.Contracts;

public static class ActorPaths
{
    public const string SystemName = "localrecall";

    /// <summary>The only actor a remote message reaches.</summary>
    public const string Gateway = "/user/gateway";
}
