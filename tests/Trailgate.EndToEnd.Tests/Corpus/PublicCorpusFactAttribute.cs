namespace Trailgate.EndToEnd.Tests.Corpus;

/// <summary>A test of the public samples; skipped, with the reason, where they are not.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PublicCorpusFactAttribute : FactAttribute
{
    public PublicCorpusFactAttribute()
    {
        if (CorpusFile.Public.Count == 0)
        {
            Skip = "The public samples lie neither in ../shared nor where TRAILGATE_SHARED says.";
        }
    }
}
