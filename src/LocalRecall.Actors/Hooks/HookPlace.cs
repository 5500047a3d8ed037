using LocalRecall.Contracts.Messages;

namespace LocalRecall.Actors.Hooks;

internal static class HookPlace
{
    /// <summary>The project whose memories an agent is shown, beside those of no project. Empty: of no project only.</summary>
    public static string PlaceOf(this HookInput hook) => hook.Project ?? hook.Cwd ?? "";
}
