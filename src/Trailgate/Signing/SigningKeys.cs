namespace Trailgate.Signing;

/// <summary>The keys that this installation signs with: one, or old and new together while keys are being changed.</summary>
/// <param name="all">The keys; the first is the current one.</param>
public sealed class SigningKeys(IReadOnlyList<SigningKey> all) : IDisposable
{
    /// <summary>No keys: notes stay unsigned.</summary>
    internal static SigningKeys None { get; } = new([]);

    /// <summary>The keys; the first is the current one.</summary>
    public IReadOnlyList<SigningKey> All => all;

    /// <summary>Writes a note of a text, with a signature by each key.</summary>
    /// <exception cref="ArgumentException">The text can not be that of a note.</exception>
    public ReadOnlyMemory<byte> Sign(string text) => SignedNote.Write(text, all);

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (var key in all)
        {
            key.Dispose();
        }
    }
}
