namespace Trailgate.Events;

/// <summary>
/// What an action was done to, in words. Code Engine names the project as the target, and the object in the request: then it
/// is the object of the target.
/// </summary>
public static class ObjectName
{
    /// <summary>Says it as "web of shop", or by the one name that there is.</summary>
    /// <param name="targetName">The target's name; empty when it has none.</param>
    /// <param name="targetId">The target's id, said where it has no name; empty when it has none.</param>
    /// <param name="requested">The name in the request; empty when it has none.</param>
    /// <returns>Empty when nothing is named. As long and as unsafe for a terminal as what was given.</returns>
    public static string Of(string targetName, string targetId, string requested)
    {
        var target = targetName.Length > 0 ? targetName : targetId;
        return requested.Length == 0 || requested == target ? target : target.Length == 0 ? requested : $"{requested} of {target}";
    }
}
