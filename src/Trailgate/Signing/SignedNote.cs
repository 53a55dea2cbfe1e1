using System.Buffers.Binary;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Unicode;

namespace Trailgate.Signing;

/// <summary>
/// A C2SP signed note that was read: lines of text, an empty line, and signature lines. What they say counts only after
/// <see cref="Check"/>.
/// </summary>
/// <remarks>See https://c2sp.org/signed-note.</remarks>
public sealed class SignedNote
{
    /// <summary>Longest note that is read, in bytes. A receipt for 100,000 events has less than half of it.</summary>
    public const int MaxBytes = 16 * 1024 * 1024;

    /// <summary>Most signature lines that are read; the format asks for 16 at least.</summary>
    public const int MaxSignatures = 64;

    private const int KeyIdLength = 4;
    private const int MaxSignatureLength = 16 * 1024; // those of other kinds are longer than ECDSA's 72 bytes

    private readonly byte[] _text;

    private SignedNote(byte[] text, IReadOnlyList<NoteSignature> signatures)
    {
        _text = text;
        Signatures = signatures;
    }

    /// <summary>The text, with the newline of its last line.</summary>
    public string Text => Encoding.UTF8.GetString(_text);

    /// <summary>What the signatures cover: the text's bytes.</summary>
    public ReadOnlyMemory<byte> TextBytes => _text;

    /// <summary>The signature lines. None stands under a note that was never signed.</summary>
    public IReadOnlyList<NoteSignature> Signatures { get; }

    private static ReadOnlySpan<byte> LineStart => "\u2014 "u8;

    /// <summary>Writes a note.</summary>
    /// <param name="text">Lines, each with its newline, without control characters.</param>
    /// <param name="keys">Whose signatures follow; none leaves a note unsigned.</param>
    /// <exception cref="ArgumentException">The text can not be that of a note.</exception>
    public static ReadOnlyMemory<byte> Write(string text, IReadOnlyList<SigningKey> keys)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        if (!text.EndsWith('\n') || HasControls(bytes))
        {
            throw new ArgumentException("The text of a note ends in a newline and has no other control characters.", nameof(text));
        }

        var note = new StringBuilder(text, text.Length + 1 + 160 * keys.Count).Append('\n');
        foreach (var key in keys)
        {
            var signature = key.Sign(bytes);
            var identified = new byte[KeyIdLength + signature.Length];
            BinaryPrimitives.WriteUInt32BigEndian(identified, key.Verifier.Id);
            signature.CopyTo(identified, KeyIdLength);
            note.Append("\u2014 ").Append(key.Name).Append(' ').Append(Convert.ToBase64String(identified)).Append('\n');
        }

        return Encoding.UTF8.GetBytes(note.ToString());
    }

    /// <summary>Reads bytes that anybody may have written.</summary>
    /// <param name="bytes">The whole note.</param>
    /// <param name="note">The note; its signatures are not checked yet.</param>
    /// <param name="problem">Why it is none, as the end of a sentence that names the note.</param>
    public static bool TryRead(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out SignedNote? note, [NotNullWhen(false)] out string? problem)
    {
        note = null;
        problem = FaultOf(bytes);
        if (problem is not null)
        {
            return false;
        }

        var end = bytes.LastIndexOf("\n\n"u8);
        if (end < 0)
        {
            problem = "is no signed note: no empty line ends its text";
            return false;
        }

        var signatures = new List<NoteSignature>();
        var lines = bytes[(end + 2)..];
        while (!lines.IsEmpty)
        {
            var newline = lines.IndexOf((byte)'\n');
            if (newline < 0 || !TryReadSignature(lines[..newline], out var signature))
            {
                problem = $"is no signed note: its signature line {signatures.Count + 1} does not read as one";
                return false;
            }

            if (signatures.Count == MaxSignatures)
            {
                problem = $"has more than {MaxSignatures} signatures";
                return false;
            }

            signatures.Add(signature);
            lines = lines[(newline + 1)..];
        }

        note = new SignedNote(bytes[..(end + 1)].ToArray(), signatures);
        return true;
    }

    /// <summary>
    /// Checks the signatures by the keys that are trusted. Lines of other keys say nothing; one line of a trusted key that is
    /// wrong spoils the note, whatever the others say.
    /// </summary>
    public NoteVerdict Check(TrustedKeys trusted)
    {
        var valid = false;
        foreach (var signature in Signatures)
        {
            var known = false;
            var right = false;
            foreach (var key in trusted.Find(signature.Name, signature.KeyId))
            {
                known = true;
                right |= key.Verify(_text, signature.Bytes.Span);
            }

            if (known && !right)
            {
                return NoteVerdict.WrongSignature;
            }

            valid |= right;
        }

        return (valid, Signatures.Count) switch
        {
            (true, _) => NoteVerdict.Valid,
            (false, 0) => NoteVerdict.NotSigned,
            _ => NoteVerdict.UnknownKey,
        };
    }

    private static string? FaultOf(ReadOnlySpan<byte> bytes) => bytes.Length switch
    {
        > MaxBytes => $"is longer than {MaxBytes} bytes",
        _ when !Utf8.IsValid(bytes) => "is no signed note: it is not UTF-8",
        _ when HasControls(bytes) => "is no signed note: it has control characters",
        _ => null,
    };

    private static bool HasControls(ReadOnlySpan<byte> bytes)
    {
        foreach (var value in bytes)
        {
            if (value < ' ' && value != '\n')
            {
                return true;
            }
        }

        return false;
    }

    private static bool TryReadSignature(ReadOnlySpan<byte> line, out NoteSignature signature)
    {
        signature = default;
        if (!line.StartsWith(LineStart))
        {
            return false;
        }

        line = line[LineStart.Length..];
        var space = line.IndexOf((byte)' ');
        if (space < 0)
        {
            return false;
        }

        var name = Encoding.UTF8.GetString(line[..space]);
        var base64 = line[(space + 1)..];
        if (!VerifierKey.IsValidName(name) || base64.Length > MaxSignatureLength)
        {
            return false;
        }

        var bytes = new byte[Base64.GetMaxDecodedFromUtf8Length(base64.Length)];
        if (Base64.DecodeFromUtf8(base64, bytes, out var read, out var length) != System.Buffers.OperationStatus.Done
            || read != base64.Length
            || length <= KeyIdLength
            || !IsCanonical(base64, bytes.AsSpan(0, length)))
        {
            return false;
        }

        signature = new NoteSignature(name, BinaryPrimitives.ReadUInt32BigEndian(bytes), bytes.AsMemory(KeyIdLength, length - KeyIdLength));
        return true;
    }

    // White space inside and loose bits at the end would be other bytes with the same meaning.
    private static bool IsCanonical(ReadOnlySpan<byte> base64, ReadOnlySpan<byte> bytes)
    {
        var again = new byte[Base64.GetMaxEncodedToUtf8Length(bytes.Length)];
        Base64.EncodeToUtf8(bytes, again, out _, out var length);
        return base64.SequenceEqual(again.AsSpan(0, length));
    }
}

/// <summary>A signature line.</summary>
/// <param name="Name">Who signed, as the line says.</param>
/// <param name="KeyId">Which key, as the line says: see <see cref="VerifierKey.Id"/>.</param>
/// <param name="Bytes">The signature.</param>
public readonly record struct NoteSignature(string Name, uint KeyId, ReadOnlyMemory<byte> Bytes);

/// <summary>What the signatures of a note are worth.</summary>
public enum NoteVerdict
{
    /// <summary>At least one trusted key signed it, and no line of a trusted key is wrong.</summary>
    Valid,

    /// <summary>No signature line stands under it.</summary>
    NotSigned,

    /// <summary>It is signed, but by no key that is trusted.</summary>
    UnknownKey,

    /// <summary>A line claims a trusted key, and that key did not sign this text.</summary>
    WrongSignature,
}
