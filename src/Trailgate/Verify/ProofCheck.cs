using System.Security.Cryptography;
using System.Text;
using Trailgate.Archive;
using Trailgate.Events;
using Trailgate.Query;
using Trailgate.Signing;

namespace Trailgate.Verify;

/// <summary>Checks a proof by itself, with the keys that are trusted and nothing else.</summary>
public static class ProofCheck
{
    /// <summary>Largest file that is read: an overflow has 64 MiB at most, a manifest some megabytes.</summary>
    public const int MaxBytes = 128 * 1024 * 1024;

    /// <summary>Checks the bytes of a proof file, which anybody may have written.</summary>
    public static ProofVerdict Check(ReadOnlyMemory<byte> file, TrustedKeys trusted)
    {
        if (!EventProof.TryRead(file, out var proof))
        {
            return new ProofVerdict.Fails("the file is not in the form that 'trailgate prove' writes, or was changed");
        }

        if (!SignedNote.TryRead(Encoding.UTF8.GetBytes(proof.Note), out var note, out var problem))
        {
            return new ProofVerdict.Fails($"its ledger note {problem}");
        }

        var verdict = note.Check(trusted);
        if (verdict != NoteVerdict.Valid)
        {
            return new ProofVerdict.Fails(verdict switch
            {
                NoteVerdict.NotSigned => "its ledger note is not signed",
                NoteVerdict.UnknownKey => $"its ledger note is signed by none of the given keys, but by {Signers(note)}",
                _ => "the signature of its ledger note is wrong: the note was changed, or is not of the given key",
            });
        }

        return CheckUnderNote(proof, note);
    }

    private static ProofVerdict CheckUnderNote(EventProof proof, SignedNote signed)
    {
        if (LedgerNote.ReadText(signed.Text) is not { } note || note.ToText() != signed.Text)
        {
            return new ProofVerdict.Fails("what is signed is no ledger note");
        }

        if (ManifestJson.Read(proof.Manifest) is not { } manifest)
        {
            return new ProofVerdict.Fails("its manifest is none");
        }

        var head = new RegionHead(manifest.Region, manifest.Sequence, Convert.ToHexStringLower(SHA256.HashData(proof.Manifest.Span)));
        if (!note.Heads.Contains(head))
        {
            return new ProofVerdict.Fails("its manifest is not the one that the ledger note names");
        }

        if (manifest.Segments.FirstOrDefault(segment => segment.Name == proof.Segment) is not { } segment)
        {
            return new ProofVerdict.Fails("the manifest does not list its segment");
        }

        if (MerklePath.RootOf(proof.Event.Span, proof.Index, segment.Lines, proof.Path) != segment.MerkleRoot)
        {
            return new ProofVerdict.Fails("the path does not lead from the event to the Merkle root of its segment: one of them was changed");
        }

        if (!EventLine.TryRead(proof.Event.Span, out var line) || line.Region != manifest.Region)
        {
            return new ProofVerdict.Fails("what is proven is no event of the manifest's region");
        }

        return IsOverflowOf(proof)
            ? new ProofVerdict.Holds(line.Id, line.Time, manifest, note)
            : new ProofVerdict.Fails("the whole event beside the limited one is not the one that it names");
    }

    // The name of an overflow is the hash of what it holds.
    private static bool IsOverflowOf(EventProof proof) =>
        proof.Overflow is not { } overflow
        || (OverflowReader.NameIn(proof.Event) is { } name
            && name.Path.EndsWith($"/{Convert.ToHexStringLower(SHA256.HashData(overflow.Span))}.json.gz", StringComparison.Ordinal));

    private static string Signers(SignedNote note) =>
        string.Join(", ", note.Signatures.Take(4).Select(signature => $"{signature.Name}+{VerifierKey.IdText(signature.KeyId)}"));
}

/// <summary>What a proof is worth.</summary>
public abstract record ProofVerdict
{
    private ProofVerdict()
    {
    }

    /// <summary>The event stood in the archive when the note was signed.</summary>
    /// <param name="Id">The event's id.</param>
    /// <param name="Time">When it happened.</param>
    /// <param name="Manifest">What lists its segment.</param>
    /// <param name="Note">The note that a trusted key signed.</param>
    public sealed record Holds(EventId Id, EventTime Time, Manifest Manifest, LedgerNote Note) : ProofVerdict;

    /// <summary>It proves nothing.</summary>
    /// <param name="Reason">The first thing that is wrong, as the end of a sentence.</param>
    public sealed record Fails(string Reason) : ProofVerdict;
}
