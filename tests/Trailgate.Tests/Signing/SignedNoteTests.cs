using System.Text;
using FsCheck;
using Trailgate.Signing;

namespace Trailgate.Tests.Signing;

public sealed class SignedNoteTests
{
    private static readonly TrustedKeys Known = Trust(Published.EcdsaKey);

    [Fact]
    public void The_published_example_is_read()
    {
        var note = Read(Published.Example);

        Assert.Equal("This is an example message.\n", note.Text);
        var signature = Assert.Single(note.Signatures);
        Assert.Equal(("example.com/foo", 0x530d903au, 64), (signature.Name, signature.KeyId, signature.Bytes.Length));
        Assert.Equal(NoteVerdict.UnknownKey, note.Check(Known));
    }

    [Fact]
    public void A_note_holds_by_the_key_that_is_known_whatever_other_lines_say() =>
        Assert.Equal(NoteVerdict.Valid, Read(Published.Checkpoint).Check(Known));

    [Theory]
    [InlineData(Published.CheckpointText + "\n" + Published.EcdsaLine)]
    [InlineData(Published.CheckpointText + "\n" + Published.Ed25519Line + Published.EcdsaLine)]
    [InlineData(Published.CheckpointText + "\n" + Published.EcdsaLine + Published.EcdsaLine)]
    public void Neither_the_order_of_lines_nor_a_repeated_one_matters(string note) =>
        Assert.Equal(NoteVerdict.Valid, Read(note).Check(Known));

    [Fact]
    public void A_changed_text_does_not_hold() =>
        Assert.Equal(NoteVerdict.WrongSignature, Read(Published.Checkpoint.Replace("\n7\n", "\n8\n", StringComparison.Ordinal)).Check(Known));

    [Fact]
    public void A_wrong_line_of_a_known_key_spoils_the_note_though_another_line_is_right()
    {
        using var key = Key();
        var wrong = Line(SignedNote.Write("something else\n", [key]));

        Assert.Equal(NoteVerdict.WrongSignature, Read(Published.Checkpoint + wrong).Check(Known));
    }

    [Fact]
    public void A_note_without_signatures_says_so() =>
        Assert.Equal(NoteVerdict.NotSigned, Read(Published.CheckpointText + "\n").Check(Known));

    [Fact]
    public void A_line_under_another_name_is_not_the_known_keys() =>
        Assert.Equal(
            NoteVerdict.UnknownKey,
            Read(Published.CheckpointText + "\n" + Published.EcdsaLine.Replace("audit.", "other.", StringComparison.Ordinal)).Check(Known));

    [Fact]
    public void A_key_that_came_without_a_name_holds_under_any()
    {
        Assert.True(VerifierKey.TryParse(Published.EcdsaKey, out var named, out _));
        Assert.True(VerifierKey.TryParsePem(named.ToPem(), name: null, out var key, out _));
        var renamed = Published.CheckpointText + "\n" + Published.EcdsaLine.Replace("audit.", "other.", StringComparison.Ordinal);

        Assert.Equal(NoteVerdict.Valid, Read(renamed).Check(TrustedKeys.Of([key])));
    }

    [Fact]
    public void What_is_written_is_read_and_holds()
    {
        using var key = Key();
        var bytes = SignedNote.Write(Published.CheckpointText, [key]);

        Assert.StartsWith(Published.CheckpointText + "\n\u2014 audit.example.com/archive E2l/w", Encoding.UTF8.GetString(bytes.Span), StringComparison.Ordinal);
        Assert.Equal(NoteVerdict.Valid, Read(bytes.Span).Check(Known));
    }

    [Fact]
    public void Two_keys_sign_beside_each_other_and_either_is_enough()
    {
        using var old = Key();
        using var next = SigningKey.Create("audit.example.com/archive");
        var note = Read(SignedNote.Write("text\n", [next, old]).Span);

        Assert.Equal(2, note.Signatures.Count);
        Assert.Equal(NoteVerdict.Valid, note.Check(Known));
        Assert.Equal(NoteVerdict.Valid, note.Check(TrustedKeys.Of([next.Verifier])));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("text\n")]
    [InlineData("This is an example message.\n\u2014 example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n")]
    [InlineData("text\r\n\r\n\u2014 name AAAAAAE=\r\n")]
    [InlineData("te\txt\n\n\u2014 name AAAAAAE=\n")]
    [InlineData("text\n\n\u2014 name AAAAAAE=")]
    [InlineData("text\n\n- name AAAAAAE=\n")]
    [InlineData("text\n\n\u2014 name\n")]
    [InlineData("text\n\n\u2014  AAAAAAE=\n")]
    [InlineData("text\n\n\u2014 na+me AAAAAAE=\n")]
    [InlineData("text\n\n\u2014 name AAAAAA==\n")]
    [InlineData("text\n\n\u2014 name AAAAAAE\n")]
    [InlineData("text\n\n\u2014 name AAAAAAF=\n")]
    [InlineData("text\n\n\u2014 name AAAAAAE= \n")]
    [InlineData("text\n\n\u2014 name AAAAAAE=\nmore\n")]
    public void What_is_no_signed_note_is_refused(string text)
    {
        Assert.False(SignedNote.TryRead(Encoding.UTF8.GetBytes(text), out _, out var problem));

        Assert.NotEmpty(problem);
    }

    [Fact]
    public void The_text_ends_at_the_last_empty_line() =>
        Assert.Equal("one\n\ntwo\n", Read("one\n\ntwo\n\n\u2014 name AAAAAAE=\n").Text);

    [Fact]
    public void Bytes_that_are_not_UTF_8_are_refused() =>
        Assert.False(SignedNote.TryRead([0xff, (byte)'\n', (byte)'\n'], out _, out _));

    [Theory]
    [InlineData(16, true)]
    [InlineData(SignedNote.MaxSignatures, true)]
    [InlineData(SignedNote.MaxSignatures + 1, false)]
    public void Signatures_are_taken_up_to_a_limit(int count, bool taken)
    {
        var text = "text\n\n" + string.Concat(Enumerable.Repeat("\u2014 name AAAAAAE=\n", count));

        Assert.Equal(taken, SignedNote.TryRead(Encoding.UTF8.GetBytes(text), out _, out _));
    }

    [Fact]
    public void A_note_over_the_limit_is_refused() =>
        Assert.False(SignedNote.TryRead(new byte[SignedNote.MaxBytes + 1], out _, out _));

    [Theory]
    [InlineData("")]
    [InlineData("no newline")]
    [InlineData("control\r\n")]
    public void A_text_that_can_not_be_that_of_a_note_is_not_signed(string text)
    {
        using var key = Key();

        Assert.Throws<ArgumentException>(() => SignedNote.Write(text, [key]));
    }

    [Fact]
    public void Every_changed_byte_of_a_note_with_one_signature_is_seen()
    {
        var bytes = Encoding.UTF8.GetBytes(Published.CheckpointText + "\n" + Published.EcdsaLine);
        for (var i = 0; i < bytes.Length; i++)
        {
            for (var bit = 0; bit < 8; bit++)
            {
                var changed = bytes.ToArray();
                changed[i] ^= (byte)(1 << bit);

                Assert.False(
                    SignedNote.TryRead(changed, out var note, out _) && note.Check(Known) == NoteVerdict.Valid, $"bit {bit} of byte {i}");
            }
        }
    }

    [Fact]
    public void Hostile_bytes_are_refused_or_read_but_never_throw() =>
        Prop.ForAll<byte[], bool>((bytes, note) =>
        {
            byte[] all = note ? [.. "text\n\n\u2014 audit.example.com/archive "u8, .. bytes, (byte)'\n'] : bytes;
            return !SignedNote.TryRead(all, out var read, out _) || read.Check(Known) != NoteVerdict.Valid;
        }).QuickCheckThrowOnFailure();

    private static SigningKey Key()
    {
        Assert.True(SigningKey.TryParse(Published.EcdsaPem, "audit.example.com/archive", out var keys, out _));
        return keys[0];
    }

    private static TrustedKeys Trust(string key) =>
        TrustedKeys.TryRead([("the key", key)], out var trusted, out var problem) ? trusted : throw new InvalidOperationException(problem);

    private static SignedNote Read(string note) => Read(Encoding.UTF8.GetBytes(note));

    private static SignedNote Read(ReadOnlySpan<byte> note) =>
        SignedNote.TryRead(note, out var read, out var problem) ? read : throw new InvalidOperationException(problem);

    private static string Line(ReadOnlyMemory<byte> note) => Encoding.UTF8.GetString(note.Span).Split("\n\n")[1];
}
