namespace Trailgate.Archive;

/// <summary>A batch that an archive run consumes.</summary>
/// <param name="Name">Its path in the inbox.</param>
/// <param name="Sha256">SHA-256 of the whole blob, 64 lower-case hexadecimal digits.</param>
public readonly record struct BatchReference(string Name, string Sha256);
