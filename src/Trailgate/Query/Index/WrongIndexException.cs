namespace Trailgate.Query.Index;

/// <summary>A file of the index does not fit to the archive, or went away: what was found by it is to be found anew, without it.</summary>
internal sealed class WrongIndexException(DayFile file) : Exception($"The index of {file.Region} of {file.Date:yyyy-MM-dd} does not fit to the archive.");
