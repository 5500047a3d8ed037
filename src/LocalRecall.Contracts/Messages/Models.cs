namespace LocalRecall.Contracts.Messages;

/// <summary>Which embedding models there are. Answered by <see cref="ModelList"/>.</summary>
public sealed record ListModels(RequestHeader Header) : IRequest;

/// <param name="Chunks">That there are, each of which should have a vector of the model in force.</param>
/// <param name="Problems">Manifests that can't be read, a model in force that is gone.</param>
/// <param name="Advice">Name of a form of the model in force that the last check found better on this machine, and how many times as fast.</param>
public sealed record ModelList(
    Guid RequestId, IReadOnlyList<ModelEntry> Models, long Chunks, IReadOnlyList<string> Problems, ModelAdvice? Advice = null) : IReply;

public sealed record ModelAdvice(string Name, double Speedup);

/// <param name="Id">Name and revision.</param>
/// <param name="Name">What <see cref="UseModel"/> calls it; empty: only its vectors are left.</param>
/// <param name="Provisioned">Its files are there.</param>
/// <param name="Role"><c>in-force</c>, <c>previous</c>, <c>building</c> or empty.</param>
public sealed record ModelEntry(string Id, string Name, int Dimensions, long SizeBytes, bool Provisioned, string Role, long Vectors);

/// <summary>
/// Puts a model in force, once every chunk has a vector of it; searches go on with the one that is in force until then. Answered by
/// <see cref="ModelProgress"/> now and then, and <see cref="ModelUsed"/>. Broken off, the next such request goes on where this one was.
/// </summary>
/// <param name="Name">Name or id.</param>
/// <param name="Rollback">The previous model, whatever the name: at once. What was added since gets its vectors afterwards.</param>
/// <param name="DryRun">Only say what it would do.</param>
public sealed record UseModel(RequestHeader Header, string Name, bool Rollback, bool DryRun) : IRequest;

/// <param name="Step"><c>wait</c> (for another such request), <c>fetch</c>, <c>check</c>, <c>embed</c> or <c>switch</c>.</param>
/// <param name="Done">Bytes or chunks.</param>
/// <param name="Total">0: not known.</param>
/// <param name="PerSecond">Chunks of this request; 0: not known.</param>
public sealed record ModelProgress(Guid RequestId, string Step, long Done, long Total, double PerSecond) : IProgressReply;

/// <param name="Previous">What was in force before; in force still, if <paramref name="Switched"/> is false.</param>
/// <param name="Chunks">That there were when it began.</param>
/// <param name="Pending">Of these, without a vector of the model when it began.</param>
/// <param name="Embedded">By this request.</param>
/// <param name="Cut">Of these, as long as the model reads or longer.</param>
/// <param name="Switched">False: it was in force already, or this was a dry run.</param>
public sealed record ModelUsed(
    Guid RequestId, string ModelId, string Previous, long Chunks, long Pending, long Embedded, long Cut, bool Switched, long ElapsedMs) : IReply;

/// <summary>
/// Tries, by turns, a model and the form of it that can be made on this machine, once both are there: is the form faster here, and does it
/// rank alike? Answered by <see cref="ModelsChecked"/>; what is in force stays.
/// </summary>
public sealed record CheckModels(RequestHeader Header) : IRequest;

/// <param name="SourceMs">Median time of a text.</param>
/// <param name="Speedup">How many times as long a text took with the source: the median over <paramref name="Texts"/> texts.</param>
/// <param name="Agreement">Spearman's rank correlation of both models' cosines over <paramref name="Pairs"/> pairs of texts.</param>
/// <param name="Approved">The form lost nothing in the evaluation.</param>
/// <param name="Better">Approved, much faster here, and it ranks alike.</param>
public sealed record ModelsChecked(
    Guid RequestId, string SourceId, string FormId, string FormName, int Texts, double SourceMs, double FormMs, double Speedup, int Pairs,
    double Agreement, bool Approved, bool Better) : IReply;
