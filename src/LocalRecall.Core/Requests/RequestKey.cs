namespace LocalRecall.Core.Requests;

/// <summary>One request, however often it is sent: its id and what it asks for. So nobody meets another's request by using its id.</summary>
/// <param name="Content">A cryptographic hash of what it asks for.</param>
public readonly record struct RequestKey(Guid RequestId, UInt128 Content);
