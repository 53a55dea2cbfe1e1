namespace Trailgate.Tests.Support;

/// <summary>A test of the public samples; skipped, with the reason, in a clone alone.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class CorpusFactAttribute : FactAttribute
{
    public CorpusFactAttribute() => Skip = Corpus.Folder is null ? Corpus.Missing : null;
}

/// <summary>As <see cref="CorpusFactAttribute"/>, of a row each.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class CorpusTheoryAttribute : TheoryAttribute
{
    public CorpusTheoryAttribute() => Skip = Corpus.Folder is null ? Corpus.Missing : null;
}
