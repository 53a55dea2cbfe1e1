using System.Text;
using Trailgate.Archive;
using Trailgate.Hashing;
using Trailgate.Signing;
using Trailgate.Storage;
using Trailgate.Tests.Archive;
using Trailgate.Tests.Support;
using Trailgate.Verify;
using Xunit.Abstractions;
using static Trailgate.Tests.Verify.DamagedArchive;

namespace Trailgate.Tests.Verify;

/// <summary>
/// Each damage alone, done to a copy of a real archive of 3 regions and 50 manifests: each is exactly one finding, of its
/// kind and at its place, whatever else follows from it.
/// </summary>
public class MutationMatrixTests(ITestOutputHelper output)
{
    private static readonly Lazy<string> Documentation = new(() => File.ReadAllText(Path.Combine(SourceTree.Root, "docs", "EVIDENCE.md")));

    private static readonly SigningKey OtherKey = SigningKey.Create("trailgate");

    /// <summary>What is done, and what must be found where. A place without a line means that none is named.</summary>
    private static readonly Dictionary<string, Func<DamagedArchive, Task<Expected>>> Matrix = new()
    {
        // Events: in the segment of several members, whose second one begins near line 300.
        ["an event is changed"] = archive => EditLineAsync(archive, 500, line => line.Replace("application.update", "application.delete", StringComparison.Ordinal), FindingCodes.EventChanged),
        ["an event's initiator is changed"] = archive => EditLineAsync(archive, 2, line => line.Replace("u3-1@", "u9-1@", StringComparison.Ordinal), FindingCodes.EventChanged),
        ["an event's reason is changed"] = archive => EditLineAsync(archive, 2, line => line.Replace("\"reasonType\":\"OK\"", "\"reasonType\":\"KO\"", StringComparison.Ordinal), FindingCodes.EventChanged),
        ["what an event's source had given is changed"] = archive => EditLineAsync(archive, 2, line => line.Replace("\"reason.reasonCode\":\"200\"", "\"reason.reasonCode\":\"403\"", StringComparison.Ordinal), FindingCodes.EventChanged),
        ["an event is exchanged for another one"] = async archive =>
        {
            var other = await ForeignLineAsync(archive, "us-south", seconds: 2, fraction: 0);
            return await EditLinesAsync(archive, lines => lines[2] = other, FindingCodes.EventChanged, 3);
        },
        ["an event is inserted"] = async archive =>
        {
            var other = await ForeignLineAsync(archive, "us-south", seconds: 10, fraction: 50);
            return await EditLinesAsync(archive, lines => lines.Insert(11, other), FindingCodes.EventInserted, 12);
        },
        ["an event of another region is inserted"] = async archive =>
        {
            var other = await ForeignLineAsync(archive, "eu-de", seconds: 10, fraction: 50);
            return await EditLinesAsync(archive, lines => lines.Insert(11, other), FindingCodes.EventPlace, 12, inMember: true);
        },
        ["an event is removed"] = archive => EditLinesAsync(archive, lines => lines.RemoveAt(400), FindingCodes.EventRemoved, line: null),
        ["the last event is removed"] = archive => EditLinesAsync(archive, lines => lines.RemoveAt(lines.Count - 1), FindingCodes.EventRemoved, line: null),
        ["an event is removed, and the index forgotten"] = async archive =>
        {
            await archive.DeleteAsync(Containers.Index, IndexOf(archive.LargeSegment));
            return await EditLinesAsync(archive, lines => lines.RemoveAt(400), FindingCodes.SegmentChanged, line: null);
        },
        ["two events are reordered"] = archive => EditLinesAsync(archive, lines => (lines[600], lines[601]) = (lines[601], lines[600]), FindingCodes.EventOrder, 602, inMember: true),
        ["an event is doubled"] = archive => EditLinesAsync(archive, lines => lines.Insert(4, lines[3]), FindingCodes.EventRepeated, 5, inMember: true),
        ["an event is cut"] = archive => EditLineAsync(archive, 300, line => line[..200], FindingCodes.EventCut),
        ["an event is no JSON"] = archive => EditLineAsync(archive, 300, line => line.Replace(",\"outcome\":", ",\"outcome\",", StringComparison.Ordinal), FindingCodes.EventMalformed),

        // Segments.
        ["a segment is removed"] = async archive =>
        {
            var path = archive.LargeSegment;
            await archive.DeleteAsync(Containers.Archive, path);
            return new Expected(FindingCodes.SegmentMissing, $"archive/{path}");
        },
        ["a byte of a segment is changed"] = async archive =>
        {
            var members = Members(archive);
            var bytes = archive.Read(Containers.Archive, archive.LargeSegment);
            bytes[members[1] + 200] ^= 0x55;
            return await ReplaceSegmentAsync(archive, bytes, FindingCodes.SegmentCorrupt, member: 2, offset: members[1]);
        },
        ["the check sum of a member is changed"] = async archive =>
        {
            var members = Members(archive);
            var bytes = archive.Read(Containers.Archive, archive.LargeSegment);
            bytes[members[2] - 8] ^= 0x55;
            return await ReplaceSegmentAsync(archive, bytes, FindingCodes.SegmentCorrupt, member: 2, offset: members[1]);
        },
        ["a segment's gzip is cut off in a member"] = async archive =>
        {
            var bytes = archive.Read(Containers.Archive, archive.LargeSegment)[..^300];
            return await ReplaceSegmentAsync(archive, bytes, FindingCodes.SegmentCut, member: Members(archive).Count, offset: bytes.Length);
        },
        ["a segment's gzip is cut off in its last bytes"] = async archive =>
        {
            var bytes = archive.Read(Containers.Archive, archive.LargeSegment)[..^3];
            return await ReplaceSegmentAsync(archive, bytes, FindingCodes.SegmentCut, member: Members(archive).Count, offset: bytes.Length);
        },
        ["a segment's gzip is cut off in a header"] = async archive =>
        {
            var bytes = archive.Read(Containers.Archive, archive.LargeSegment)[..4];
            return await ReplaceSegmentAsync(archive, bytes, FindingCodes.SegmentCut, member: 1, offset: 4);
        },
        ["a segment is cut off behind a member"] = async archive =>
        {
            var bytes = archive.Read(Containers.Archive, archive.LargeSegment)[..Members(archive)[^1]];
            return await ReplaceSegmentAsync(archive, bytes, FindingCodes.EventRemoved, member: null, offset: null);
        },
        ["a segment is empty"] = archive => ReplaceSegmentAsync(archive, [], FindingCodes.EventRemoved, member: null, offset: null),
        ["bytes follow the last gzip member"] = async archive =>
        {
            var bytes = archive.Read(Containers.Archive, archive.LargeSegment);
            return await ReplaceSegmentAsync(archive, [.. bytes, 0], FindingCodes.SegmentTrailing, member: Members(archive).Count + 1, offset: bytes.Length);
        },
        ["bytes that look like a check sum stand before the next member"] = async archive =>
        {
            var start = Members(archive)[1];
            var bytes = archive.Read(Containers.Archive, archive.LargeSegment);
            return await ReplaceSegmentAsync(archive, [.. bytes[..start], .. new byte[8], .. bytes[start..]], FindingCodes.SegmentTrailing, member: 2, offset: start);
        },
        ["a whole gzip member follows the last one"] = async archive =>
        {
            var bytes = archive.Read(Containers.Archive, archive.LargeSegment);
            var lines = archive.Lines(archive.LargeSegment);
            var other = await ForeignLineAsync(archive, "us-south", seconds: 3000, fraction: 0);
            return await ReplaceSegmentAsync(archive, [.. bytes, .. Compress([other])], FindingCodes.EventInserted, member: null, offset: null, line: lines.Count + 1);
        },
        ["a segment is compressed anew"] = archive =>
            ReplaceSegmentAsync(archive, [.. archive.Lines(archive.LargeSegment).Chunk(100).SelectMany(Compress)], FindingCodes.SegmentChanged, member: null, offset: null),
        ["a member inflates to more than a member may hold"] = archive =>
            ReplaceSegmentAsync(archive, Gzip.Compress(new byte[64 * 1024 * 1024]), FindingCodes.SegmentCorrupt, member: 1, offset: 0),
        ["a segment is backfilled"] = async archive =>
        {
            var lines = new[] { await ForeignLineAsync(archive, "us-south", seconds: 10, fraction: 50) };
            var path = $"region=us-south/date=2026-11-22/hour=02/0000000003-{ArchiveScene.Hash(lines[0] + "\n")[..12]}.ndjson.gz";
            await archive.PutAsync(Containers.Archive, path, Compress(lines));
            return new Expected(FindingCodes.SegmentUnlisted, $"archive/{path}");
        },
        ["a segment is doubled"] = async archive =>
        {
            var path = archive.LargeSegment.Replace("/0000000003-", "/0000000004-", StringComparison.Ordinal);
            await archive.PutAsync(Containers.Archive, path, archive.Read(Containers.Archive, archive.LargeSegment));
            return new Expected(FindingCodes.SegmentUnlisted, $"archive/{path}");
        },
        ["a segment is exchanged for another one of its hour"] = async archive =>
        {
            var hour = archive.Segments("eu-de").Where(path => path.Contains("hour=00", StringComparison.Ordinal)).Take(2).ToList();
            var bytes = archive.Read(Containers.Archive, hour[0]);
            await archive.ReplaceAsync(Containers.Archive, hour[0], archive.Read(Containers.Archive, hour[1]));
            return new Expected(FindingCodes.EventChanged, $"archive/{hour[0]}", Line: 1);
        },

        // Index.
        ["an id of an index is changed"] = async archive =>
        {
            var bytes = archive.Read(Containers.Index, IndexOf(archive.LargeSegment));
            bytes[100] ^= 1;
            await archive.ReplaceAsync(Containers.Index, IndexOf(archive.LargeSegment), bytes);
            return new Expected(FindingCodes.IndexChanged, $"index/{IndexOf(archive.LargeSegment)}");
        },
        ["an index loses an id, and its hash is made anew"] = async archive =>
        {
            var bytes = archive.Read(Containers.Index, IndexOf(archive.LargeSegment))[16..^32];
            await archive.ReplaceAsync(Containers.Index, IndexOf(archive.LargeSegment), new byte[][] { bytes, System.Security.Cryptography.SHA256.HashData(bytes) }.SelectMany(part => part).ToArray());
            return new Expected(FindingCodes.IndexChanged, $"index/{IndexOf(archive.LargeSegment)}");
        },
        ["an index is cut"] = async archive =>
        {
            await archive.ReplaceAsync(Containers.Index, IndexOf(archive.LargeSegment), archive.Read(Containers.Index, IndexOf(archive.LargeSegment)).AsMemory()[..^1]);
            return new Expected(FindingCodes.IndexChanged, $"index/{IndexOf(archive.LargeSegment)}");
        },
        ["an index is doubled"] = async archive =>
        {
            var path = IndexOf(archive.LargeSegment).Replace("hour=02", "hour=03", StringComparison.Ordinal);
            await archive.PutAsync(Containers.Index, path, archive.Read(Containers.Index, IndexOf(archive.LargeSegment)));
            return new Expected(FindingCodes.IndexUnlisted, $"index/{path}");
        },

        // Manifests.
        ["a manifest is changed"] = archive => EditManifestAsync(archive, text => text.Replace("\"duplicate\":1", "\"duplicate\":0", StringComparison.Ordinal)),
        ["a manifest loses a segment"] = archive => EditManifestAsync(archive, text => text.Remove(text.IndexOf("{\"name\":\"region", StringComparison.Ordinal), text.IndexOf("},", StringComparison.Ordinal) + 2 - text.IndexOf("{\"name\":\"region", StringComparison.Ordinal))),
        ["a manifest is written in another way"] = archive => EditManifestAsync(archive, text => text.Replace("{\"schema\"", "{ \"schema\"", StringComparison.Ordinal)),
        ["a manifest is cut"] = archive => EditManifestAsync(archive, text => text[..^20]),
        ["a manifest is removed"] = async archive =>
        {
            await archive.DeleteAsync(Containers.Archive, ManifestPath("jp-tok", 7));
            return new Expected(FindingCodes.ManifestMissing, $"archive/{ManifestPath("jp-tok", 7)}");
        },
        ["the last manifest is removed"] = async archive =>
        {
            await archive.DeleteAsync(Containers.Archive, ManifestPath("jp-tok", 17));
            return new Expected(FindingCodes.ManifestMissing, $"archive/{ManifestPath("jp-tok", 17)}");
        },
        ["a manifest is doubled"] = async archive =>
        {
            await archive.PutAsync(Containers.Archive, ManifestPath("jp-tok", 18), archive.Read(Containers.Archive, ManifestPath("jp-tok", 17)));
            return new Expected(FindingCodes.ObjectUnlisted, $"archive/{ManifestPath("jp-tok", 18)}");
        },
        ["a manifest is inserted that would come next"] = async archive =>
        {
            var last = archive.Manifest("jp-tok", 17);
            var next = last with { Sequence = 18, Previous = ArchiveScene.Hash(archive.Read(Containers.Archive, ManifestPath("jp-tok", 17))) };
            await archive.PutAsync(Containers.Archive, ManifestPath("jp-tok", 18), ManifestJson.Write(next));
            return new Expected(FindingCodes.LedgerCut, $"ledger/{NotePath(18)}");
        },
        ["two manifests are exchanged"] = async archive =>
        {
            var (first, second) = (archive.Read(Containers.Archive, ManifestPath("jp-tok", 7)), archive.Read(Containers.Archive, ManifestPath("jp-tok", 8)));
            await archive.ReplaceAsync(Containers.Archive, ManifestPath("jp-tok", 7), second);
            await archive.ReplaceAsync(Containers.Archive, ManifestPath("jp-tok", 8), first);
            return new Expected(FindingCodes.ManifestChanged, $"archive/{ManifestPath("jp-tok", 7)}");
        },
        ["a manifest of a run with quarantine is removed"] = async archive =>
        {
            await archive.DeleteAsync(Containers.Archive, ManifestPath("jp-tok", 10));
            return new Expected(FindingCodes.ManifestMissing, $"archive/{ManifestPath("jp-tok", 10)}");
        },
        ["a range of manifests is removed"] = async archive =>
        {
            for (var sequence = 7; sequence <= 9; sequence++)
            {
                await archive.DeleteAsync(Containers.Archive, ManifestPath("jp-tok", sequence));
            }

            return new Expected(FindingCodes.ManifestMissing, $"archive/{ManifestPath("jp-tok", 7)}");
        },
        ["a range of manifests is removed and linked anew"] = async archive =>
        {
            var later = Enumerable.Range(10, 8).Select(sequence => archive.Manifest("jp-tok", sequence)).ToList();
            for (var sequence = 7; sequence <= 17; sequence++)
            {
                await archive.DeleteAsync(Containers.Archive, ManifestPath("jp-tok", sequence));
            }

            for (var i = 0; i < later.Count; i++)
            {
                var previous = ArchiveScene.Hash(archive.Read(Containers.Archive, ManifestPath("jp-tok", 6 + i)));
                await archive.PutAsync(Containers.Archive, ManifestPath("jp-tok", 7 + i), ManifestJson.Write(later[i] with { Sequence = 7 + i, Previous = previous }));
            }

            return new Expected(FindingCodes.ManifestChanged, $"archive/{ManifestPath("jp-tok", 7)}");
        },
        ["a region vanishes from the archive"] = async archive =>
        {
            foreach (var path in archive.Paths(Containers.Archive, "region=jp-tok/"))
            {
                await archive.DeleteAsync(Containers.Archive, path);
            }

            return new Expected(FindingCodes.RegionVanished, $"archive/{ManifestPath("jp-tok", 1)}");
        },

        // Notes.
        ["a note is changed"] = async archive =>
        {
            await archive.EditAsync(Containers.Ledger, NotePath(9), text => text.Replace("06:45:00", "06:45:01", StringComparison.Ordinal));
            return new Expected(FindingCodes.NoteChanged, $"ledger/{NotePath(9)}");
        },
        ["a note loses its signature"] = async archive =>
        {
            await archive.EditAsync(Containers.Ledger, NotePath(9), text => text[..(text.IndexOf("\n\n", StringComparison.Ordinal) + 2)]);
            return new Expected(FindingCodes.NoteChanged, $"ledger/{NotePath(9)}");
        },
        ["the last note is changed"] = async archive =>
        {
            await archive.EditAsync(Containers.Ledger, NotePath(17), text => text.Replace("07:25:00", "07:25:01", StringComparison.Ordinal));
            return new Expected(FindingCodes.NoteSignature, $"ledger/{NotePath(17)}");
        },
        ["the last note is not signed"] = async archive =>
        {
            await archive.EditAsync(Containers.Ledger, NotePath(17), text => text[..(text.IndexOf("\n\n", StringComparison.Ordinal) + 2)]);
            return new Expected(FindingCodes.NoteKey, $"ledger/{NotePath(17)}");
        },
        ["the last note is signed by an unknown key"] = async archive =>
        {
            await archive.ReplaceAsync(Containers.Ledger, NotePath(17), archive.Note(17).ToBytes(new SigningKeys([OtherKey])));
            return new Expected(FindingCodes.NoteKey, $"ledger/{NotePath(17)}");
        },
        ["the key at hand is another one"] = archive =>
        {
            archive.Options = archive.Options with { Keys = TrustedKeys.Of([OtherKey.Verifier]) };
            return Task.FromResult(new Expected(FindingCodes.NoteKey, $"ledger/{NotePath(1)}"));
        },
        ["a note is removed"] = async archive =>
        {
            await archive.DeleteAsync(Containers.Ledger, NotePath(9));
            return new Expected(FindingCodes.NoteMissing, $"ledger/{NotePath(9)}");
        },
        ["a range of notes is removed"] = async archive =>
        {
            foreach (var sequence in (int[])[9, 10, 11])
            {
                await archive.DeleteAsync(Containers.Ledger, NotePath(sequence));
            }

            return new Expected(FindingCodes.NoteMissing, $"ledger/{NotePath(9)}");
        },
        ["the first note is removed"] = async archive =>
        {
            await archive.DeleteAsync(Containers.Ledger, NotePath(1));
            return new Expected(FindingCodes.NoteMissing, $"ledger/{NotePath(1)}");
        },
        ["a note is cut"] = async archive =>
        {
            await archive.EditAsync(Containers.Ledger, NotePath(9), text => text[..50]);
            return new Expected(FindingCodes.NoteMalformed, $"ledger/{NotePath(9)}");
        },
        ["a note is doubled"] = async archive =>
        {
            await archive.PutAsync(Containers.Ledger, NotePath(18), archive.Read(Containers.Ledger, NotePath(17)));
            return new Expected(FindingCodes.NoteMalformed, $"ledger/{NotePath(18)}");
        },
        ["two notes are exchanged"] = async archive =>
        {
            var (first, second) = (archive.Read(Containers.Ledger, NotePath(9)), archive.Read(Containers.Ledger, NotePath(10)));
            await archive.ReplaceAsync(Containers.Ledger, NotePath(9), second);
            await archive.ReplaceAsync(Containers.Ledger, NotePath(10), first);
            return new Expected(FindingCodes.NoteMalformed, $"ledger/{NotePath(9)}");
        },
        ["a range of notes is removed and linked anew, without the key"] = async archive =>
        {
            await RenumberAsync(archive, OtherKey);
            return new Expected(FindingCodes.NoteKey, $"ledger/{NotePath(9)}");
        },
        ["the ledger is removed"] = async archive =>
        {
            foreach (var path in archive.Paths(Containers.Ledger))
            {
                await archive.DeleteAsync(Containers.Ledger, path);
            }

            return new Expected(FindingCodes.LedgerCut, $"ledger/{NotePath(1)}");
        },
        ["the tail is removed, and the plan knows"] = async archive =>
        {
            await archive.CutAsync(keepNotes: 14);
            return new Expected(FindingCodes.LedgerCut, $"ledger/{NotePath(15)}");
        },
        ["the tail is removed, and a later note was kept"] = async archive =>
        {
            archive.Options = archive.Options with { Head = KnownHead.ReadNote(archive.Read(Containers.Ledger, NotePath(17))) };
            await archive.CutAsync(keepNotes: 14);
            await archive.ForgetInboxAsync();
            return new Expected(FindingCodes.LedgerCut, $"ledger/{NotePath(15)}");
        },
        ["the tail is removed, and the hash of a later note was kept"] = async archive =>
        {
            archive.Options = archive.Options with { Head = KnownHead.Parse($"15:{ArchiveScene.Hash(archive.Read(Containers.Ledger, NotePath(15)))}") };
            await archive.CutAsync(keepNotes: 14);
            await archive.ForgetInboxAsync();
            return new Expected(FindingCodes.LedgerCut, $"ledger/{NotePath(15)}");
        },
        ["the tail is removed, and the cadence is known"] = async archive =>
        {
            archive.Options = archive.Options with { Cadence = TimeSpan.FromMinutes(10) };
            await archive.CutAsync(keepNotes: 14);
            await archive.ForgetInboxAsync();
            return new Expected(FindingCodes.LedgerLate, $"ledger/{NotePath(15)}");
        },
        ["the notes of the tail are removed, and nothing else is known"] = async archive =>
        {
            await archive.CutAsync(keepNotes: 14, notesAlone: true);
            await archive.ForgetInboxAsync();
            return new Expected(FindingCodes.LedgerCut, $"ledger/{NotePath(15)}");
        },
        ["the last note is removed, and the inbox is at hand"] = async archive =>
        {
            await archive.CutAsync(keepNotes: 16, notesAlone: true);
            return new Expected(FindingCodes.LedgerCut, $"ledger/{NotePath(17)}");
        },

        // Whoever has the key can sign anything, and is found all the same.
        ["a region vanishes from the notes, with the key"] = async archive =>
        {
            await archive.ForgeNotesAsync(note => note.Sequence < 12 ? note : note with { Heads = [.. note.Heads.Where(head => head.Region.Name != "jp-tok")] }, EvidenceScene.Key);
            return new Expected(FindingCodes.RegionVanished, $"ledger/{NotePath(12)}");
        },
        ["all is written anew with the key, and a note was kept"] = async archive =>
        {
            archive.Options = archive.Options with { Head = KnownHead.ReadNote(archive.Read(Containers.Ledger, NotePath(14))) };
            await archive.ForgeNotesAsync(note => note.Sequence != 12 ? note : note with { Origin = "trailgate2" }, EvidenceScene.Key);
            return new Expected(FindingCodes.HeadConflict, $"ledger/{NotePath(14)}");
        },
        ["a signature line is added to the last note, and its hash was kept"] = async archive =>
        {
            archive.Options = archive.Options with { Head = KnownHead.Parse($"17:{ArchiveScene.Hash(archive.Read(Containers.Ledger, NotePath(17)))}") };
            await archive.AddSignatureAsync(17, OtherKey);
            await archive.ForgetInboxAsync();
            return new Expected(FindingCodes.HeadConflict, $"ledger/{NotePath(17)}");
        },
        ["time goes backwards, with the key"] = async archive =>
        {
            await archive.ForgeNotesAsync(note => note.Sequence != 17 ? note : note with { Time = note.Time.AddHours(-1), Heads = archive.Note(16).Heads }, EvidenceScene.Key);
            foreach (var region in EvidenceScene.Regions.Take(2))
            {
                await RemoveRunAsync(archive, region, 17);
            }

            return new Expected(FindingCodes.NoteTime, $"ledger/{NotePath(17)}");
        },
        ["a note skips a manifest, with the key"] = async archive =>
        {
            await archive.ForgeNotesAsync(note => note.Sequence != 9 ? note : note with { Heads = [.. note.Heads.Select(head => archive.Note(head.Region.Name == "eu-de" ? 11 : 9).Heads.Single(other => other.Region == head.Region))] }, EvidenceScene.Key);
            return new Expected(FindingCodes.NoteHeads, $"ledger/{NotePath(9)}");
        },
        ["a manifest does not link to the one before, with the key"] = archive =>
            ForgeAsync(archive, manifest => manifest with { Previous = new string('0', 64) }, FindingCodes.ManifestChain),
        ["the totals of a manifest are wrong, with the key"] = archive =>
            ForgeAsync(archive, manifest => manifest with { Totals = manifest.Totals with { Received = 1 } }, FindingCodes.ManifestCounts),
        ["a manifest hides a loss, with the key"] = archive =>
            ForgeAsync(archive, manifest => manifest with { Counts = manifest.Counts with { Duplicate = 0 } }, FindingCodes.ManifestCounts),
        ["a manifest is of another time, with the key"] = archive =>
            ForgeAsync(archive, manifest => manifest with { Time = manifest.Time.AddSeconds(1) }, FindingCodes.ManifestRun),
        ["a manifest is of another run, with the key"] = archive =>
            ForgeAsync(archive, manifest => manifest with { RunId = ArchiveScene.RunId(99) }, FindingCodes.ManifestRun),
        ["a batch is consumed twice by a run, with the key"] = archive =>
            ForgeAsync(archive, manifest => manifest with { Batches = [.. manifest.Batches, manifest.Batches[^1]] }, FindingCodes.BatchRepeated),
        ["a batch is consumed again in another form, with the key"] = archive =>
            ForgeAsync(archive, manifest => manifest with { Batches = [archive.Manifest("jp-tok", 2).Batches[0] with { Sha256 = new string('0', 64) }, .. manifest.Batches] }, FindingCodes.BatchConflict),
        ["a batch is consumed by two regions in two forms, with the key"] = archive =>
            ForgeAsync(archive, manifest => manifest with { Batches = [.. archive.Manifest("eu-de", 7).Batches.Select(batch => batch with { Sha256 = new string('0', 64) }), .. manifest.Batches] }, FindingCodes.BatchConflict),
        ["a Merkle root is wrong, with the key"] = archive =>
            ForgeSegmentAsync(archive, segment => segment with { MerkleRoot = new string('0', 64) }),
        ["the first time of a segment is wrong, with the key"] = archive =>
            ForgeSegmentAsync(archive, segment => segment with { MinTime = new Trailgate.Events.EventTime(segment.MinTime.Ticks + 1) }),
        ["the size of a segment is wrong, with the key"] = archive =>
            ForgeSegmentAsync(archive, segment => segment with { UncompressedBytes = segment.UncompressedBytes + 1 }),
        ["a segment has another's name, with the key"] = async archive =>
        {
            var path = archive.Manifest("jp-tok", 7).Segments[1].Name;
            var other = path.Replace(path[^22..^10], "000000000000", StringComparison.Ordinal);
            var bytes = archive.Read(Containers.Archive, path);
            await archive.DeleteAsync(Containers.Archive, path);
            await archive.DeleteAsync(Containers.Index, IndexOf(path));
            await archive.PutAsync(Containers.Archive, other, bytes);
            return (await ForgeSegmentAsync(archive, segment => segment with { Name = other })) with { Blob = $"archive/{other}" };
        },
        ["an event stands in two segments, with the key"] = async archive =>
        {
            // The late event of run 6 is put beside that of run 7 as well, and everything is made to fit.
            var first = archive.Manifest("jp-tok", 6).Segments[0].Name;
            var second = archive.Manifest("jp-tok", 7).Segments[0];
            var lines = archive.Lines(first).Concat(archive.Lines(second.Name)).ToList();
            var bytes = Compress(lines);
            var path = second.Name.Replace(second.Name[^22..^10], ArchiveScene.Hash(string.Concat(lines.Select(line => line + "\n")))[..12], StringComparison.Ordinal);
            await archive.DeleteAsync(Containers.Archive, second.Name);
            await archive.DeleteAsync(Containers.Index, IndexOf(second.Name));
            await archive.PutAsync(Containers.Archive, path, bytes);
            var tree = new MerkleTree();
            lines.ForEach(line => tree.Append(Encoding.UTF8.GetBytes(line)));
            await archive.ForgeAsync(
                "jp-tok", 7,
                manifest => manifest with
                {
                    Segments = manifest.Sequence > 7 ? manifest.Segments :
                    [
                        second with
                        {
                            Name = path, Sha256 = ArchiveScene.Hash(bytes), Bytes = bytes.Length, Lines = 2, MerkleRoot = tree.ToRoot(),
                            UncompressedBytes = lines.Sum(line => line.Length + 1), MinTime = archive.Manifest("jp-tok", 6).Segments[0].MinTime,
                        },
                        .. manifest.Segments.Skip(1),
                    ],
                    Counts = manifest.Sequence > 7 ? manifest.Counts
                        : manifest.Counts with { Archived = manifest.Counts.Archived + 1, Duplicate = manifest.Counts.Duplicate - 1 },
                    Totals = manifest.Totals with { Archived = manifest.Totals.Archived + 1, Duplicate = manifest.Totals.Duplicate - 1 },
                },
                EvidenceScene.Key);
            return new Expected(FindingCodes.EventRepeated, $"archive/{path}", Line: 1);
        },

        // Overflow.
        ["an overflow is changed"] = async archive =>
        {
            var path = archive.Paths(Containers.Archive, "overflow/")[2];
            await archive.ReplaceAsync(Containers.Archive, path, Gzip.Compress("{}"u8));
            return new Expected(FindingCodes.OverflowChanged, $"archive/{path}");
        },
        ["an overflow is removed"] = async archive =>
        {
            var path = archive.Paths(Containers.Archive, "overflow/")[2];
            await archive.DeleteAsync(Containers.Archive, path);
            return new Expected(FindingCodes.OverflowMissing, $"archive/{path}");
        },
        ["an overflow is cut"] = async archive =>
        {
            var path = archive.Paths(Containers.Archive, "overflow/")[2];
            await archive.ReplaceAsync(Containers.Archive, path, archive.Read(Containers.Archive, path).AsMemory()[..^1]);
            return new Expected(FindingCodes.OverflowChanged, $"archive/{path}");
        },
        ["bytes follow an overflow"] = async archive =>
        {
            var path = archive.Paths(Containers.Archive, "overflow/")[2];
            await archive.ReplaceAsync(Containers.Archive, path, new byte[][] { archive.Read(Containers.Archive, path), [0] }.SelectMany(part => part).ToArray());
            return new Expected(FindingCodes.OverflowChanged, $"archive/{path}");
        },
        ["an overflow is inserted that is no event"] = async archive =>
        {
            var name = ArchiveScene.Hash("{}");
            await archive.PutAsync(Containers.Archive, $"overflow/{name[..2]}/{name}.json.gz", Gzip.Compress("{}"u8));
            return new Expected(FindingCodes.OverflowChanged, $"archive/overflow/{name[..2]}/{name}.json.gz");
        },

        // Objects that nobody lists.
        ["a file is put into the archive"] = archive => PutExtraAsync(archive, Containers.Archive, "region=us-south/date=2026-11-22/hour=02/readme.txt", FindingCodes.ObjectUnlisted),
        ["a segment is put into a region that is none"] = archive => PutExtraAsync(archive, Containers.Archive, "region=mars/date=2026-11-22/hour=02/0000000001-0123456789ab.ndjson.gz", FindingCodes.SegmentUnlisted),
        ["a segment is put above the heads"] = archive => PutExtraAsync(archive, Containers.Archive, "region=us-south/date=2026-11-22/hour=02/0000000017-0123456789ab.ndjson.gz", FindingCodes.SegmentUnlisted),
        ["a file is put into the ledger"] = archive => PutExtraAsync(archive, Containers.Ledger, "0000000009.note.bak", FindingCodes.ObjectUnlisted),
        ["a file is put into the inbox"] = archive => PutExtraAsync(archive, Containers.Inbox, "plan.json.bak", FindingCodes.ObjectUnlisted),
        ["a file is put into the quarantine"] = archive => PutExtraAsync(archive, Containers.Quarantine, $"2026-11-22/{ArchiveScene.RunId(77)}.ndjson", FindingCodes.QuarantineUnlisted),

        // Quarantine and inbox.
        ["a quarantined item is removed"] = async archive =>
        {
            var path = archive.Paths(Containers.Quarantine)[0];
            await archive.EditAsync(Containers.Quarantine, path, text => text[(text.IndexOf('\n', StringComparison.Ordinal) + 1)..]);
            return new Expected(FindingCodes.QuarantineCounts, $"quarantine/{path}");
        },
        ["a batch that waits is damaged"] = async archive =>
        {
            var batch = ArchiveScene.Batch(ArchiveScene.Event("waits"));
            batch[20] ^= 1;
            await archive.PutAsync(Containers.Inbox, ArchiveScene.BatchPath(999), batch);
            return new Expected(FindingCodes.BatchDamaged, $"inbox/{ArchiveScene.BatchPath(999)}");
        },
        ["the plan is no plan"] = async archive =>
        {
            await archive.EditAsync(Containers.Inbox, "plan.json", text => text[1..]);
            return new Expected(FindingCodes.PlanMalformed, "inbox/plan.json");
        },
        ["the plan names another note"] = async archive =>
        {
            var sha256 = ArchiveScene.Hash(archive.Read(Containers.Ledger, NotePath(16)));
            await archive.EditAsync(Containers.Inbox, "plan.json", text => text.Replace(sha256, new string('0', 64), StringComparison.Ordinal));
            return new Expected(FindingCodes.PlanConflict, "inbox/plan.json");
        },
    };

    public static TheoryData<string> Damages => [.. Matrix.Keys];

    [Fact]
    public async Task An_intact_archive_of_three_regions_and_fifty_manifests_has_no_finding()
    {
        var archive = await EvidenceScene.CopyAsync();

        var report = await archive.VerifyAsync();

        Assert.Empty(report.Findings);
        Assert.Empty(report.Remarks);
        Assert.Equal((EvidenceScene.Runs, EvidenceScene.Manifests), (report.Notes, report.Manifests));
        Assert.Equal(EvidenceScene.Regions, report.Regions.Select(region => region.Region));
        Assert.True(Members(archive).Count >= 3);
        Assert.Equal(9, report.Overflows);
        // 16 or 17 runs of 4 events and a late one, two of 3 with a big one; us-south has 696 more in one run.
        Assert.Equal(
            [new ArchiveCounts(17 * 6 + 6, 17 * 5 + 3, 17, 3), new ArchiveCounts(17 * 6 + 6, 17 * 5 + 3, 17, 3), new ArchiveCounts(16 * 6 + 6 + 696, 16 * 5 + 3 + 696, 16, 3)],
            report.Regions.Select(region => region.Counts!.Value));
        Assert.Equal(report.Regions.Sum(region => region.Counts!.Value.Archived), report.Events);
        Assert.Equal((17L, HeadSignature.Valid), (report.Head!.Sequence, report.Head.Signature));
        Assert.Equal(ArchiveScene.Hash(archive.Read(Containers.Ledger, NotePath(17))), report.Head.Sha256);
    }

    [Theory]
    [MemberData(nameof(Damages))]
    public async Task Each_damage_is_one_finding_at_its_place(string damage)
    {
        var archive = await EvidenceScene.CopyAsync();
        var expected = await Matrix[damage](archive);

        var report = await archive.VerifyAsync();

        output.WriteLine($"{damage} -> {string.Join("; ", report.Findings)}");
        var finding = Assert.Single(report.Findings);
        Assert.Equal((expected.Code, expected.Blob), (finding.Code, finding.Place.Blob));
        Assert.Equal((expected.Line, expected.Offset), (finding.Place.Line, finding.Place.Offset));
        Assert.True(expected.Member is null || expected.Member == finding.Place.Member, $"member {finding.Place.Member}");
        Assert.Contains($"\n| {damage} | `{expected.Code}` |", Documentation.Value, StringComparison.Ordinal);
    }

    [Fact]
    public void The_documentation_explains_each_word_and_names_no_damage_that_is_not_tried()
    {
        Assert.All(
            typeof(FindingCodes).GetFields().Select(field => (string)field.GetRawConstantValue()!),
            code => Assert.Contains($"`{code}`", Documentation.Value, StringComparison.Ordinal));
        var rows = Documentation.Value.Split("| Damage | Finding | Placed at |")[1].Split("\n\n")[0].Split('\n')[2..];
        Assert.Equal(Matrix.Keys, rows.Select(row => row.Split('|')[1].Trim()));
    }

    /// <summary>Whatever byte of the evidence it is: what is stored is wholly covered by the signature of the last note.</summary>
    [Fact]
    public async Task Any_changed_bit_is_found()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("TRAILGATE_SEED"), out var given) ? given : 20261122;
        var random = new Random(seed);
        var intact = await EvidenceScene.CopyAsync();
        var blobs = intact.Store.Blobs.Where(blob => blob.Key.Container is Containers.Archive or Containers.Ledger or Containers.Index).ToList();
        for (var round = 0; round < 60; round++)
        {
            var (name, stored) = blobs[random.Next(blobs.Count)];
            var bytes = stored.ToArray();
            // The name of overflow covers its content; time and system in the gzip header are free.
            var at = name.Path.StartsWith("overflow/", StringComparison.Ordinal) ? random.Next(10, bytes.Length) : random.Next(bytes.Length);
            bytes[at] ^= (byte)(1 << random.Next(8));
            var archive = await EvidenceScene.CopyAsync();
            await archive.ReplaceAsync(name.Container, name.Path, bytes);

            var report = await archive.VerifyAsync();

            Assert.True(report.Findings.Count == 1, $"seed {seed}, {name} byte {at}: {string.Join("; ", report.Findings)}");
            Assert.Equal(name.ToString(), report.Findings[0].Place.Blob);
        }
    }

    private static string IndexOf(string segment) => segment.Replace(".ndjson.gz", ".ids", StringComparison.Ordinal);

    /// <summary>Where the members of the large segment begin, by the eight bytes that each header of its writer has.</summary>
    private static List<int> Members(DamagedArchive archive)
    {
        var bytes = archive.Read(Containers.Archive, archive.LargeSegment);
        return [.. Enumerable.Range(0, bytes.Length - 8).Where(i => bytes.AsSpan(i).StartsWith((ReadOnlySpan<byte>)[0x1f, 0x8b, 8, 0, 0, 0, 0, 0]))];
    }

    private static async Task<Expected> EditLinesAsync(DamagedArchive archive, Action<List<string>> edit, string code, long? line, bool inMember = false)
    {
        var segment = archive.LargeSegment;
        await archive.RewriteAsync(segment, edit);
        return new Expected(code, $"archive/{segment}", line, inMember ? MemberOf(archive.Lines(segment), line!.Value) : null);
    }

    private static Task<Expected> EditLineAsync(DamagedArchive archive, int line, Func<string, string> edit, string code) => EditLinesAsync(
        archive,
        lines =>
        {
            var edited = edit(lines[line - 1]);
            Assert.NotEqual(lines[line - 1], edited);
            lines[line - 1] = edited;
        },
        code, line, inMember: true);

    /// <summary>A member has as many lines as fit into 256 KiB.</summary>
    private static long MemberOf(List<string> lines, long line)
    {
        var (member, room) = (1, 256 * 1024);
        for (var i = 0; i < line; i++)
        {
            var length = Encoding.UTF8.GetByteCount(lines[i]) + 1;
            (member, room) = length > room ? (member + 1, 256 * 1024 - length) : (member, room - length);
        }

        return member;
    }

    private static async Task<Expected> ReplaceSegmentAsync(DamagedArchive archive, byte[] bytes, string code, long? member, long? offset, long? line = null)
    {
        var segment = archive.LargeSegment;
        await archive.ReplaceAsync(Containers.Archive, segment, bytes);
        return new Expected(code, $"archive/{segment}", line, member, offset);
    }

    private static async Task<Expected> EditManifestAsync(DamagedArchive archive, Func<string, string> edit)
    {
        await archive.EditAsync(Containers.Archive, ManifestPath("jp-tok", 7), edit);
        return new Expected(FindingCodes.ManifestChanged, $"archive/{ManifestPath("jp-tok", 7)}");
    }

    /// <summary>An event that was never received, with all that a real one has.</summary>
    private static Task<string> ForeignLineAsync(DamagedArchive archive, string region, int seconds, int fraction) => EvidenceScene.NormalizeAsync(
        EvidenceScene.Event("intruder", region, new DateTimeOffset(2026, 11, 22, 2, 0, 0, TimeSpan.Zero).AddSeconds(seconds).AddMilliseconds(fraction)), archive.Store);

    private static async Task<Expected> PutExtraAsync(DamagedArchive archive, string container, string path, string code)
    {
        await archive.PutAsync(container, path, "{}"u8.ToArray());
        return new Expected(code, $"{container}/{path}");
    }

    private static async Task<Expected> ForgeAsync(DamagedArchive archive, Func<Manifest, Manifest> edit, string code)
    {
        await archive.ForgeAsync("jp-tok", 7, manifest => manifest.Sequence == 7 ? edit(manifest) : manifest, EvidenceScene.Key);
        return new Expected(code, $"archive/{ManifestPath("jp-tok", 7)}");
    }

    /// <summary>Changes what a manifest says of its second segment, which has several events.</summary>
    private static async Task<Expected> ForgeSegmentAsync(DamagedArchive archive, Func<Segment, Segment> edit)
    {
        var name = archive.Manifest("jp-tok", 7).Segments[1].Name;
        await ForgeAsync(archive, manifest => manifest with { Segments = [manifest.Segments[0], edit(manifest.Segments[1]), .. manifest.Segments.Skip(2)] }, "");
        return new Expected(FindingCodes.SegmentFacts, $"archive/{name}");
    }

    private static async Task RemoveRunAsync(DamagedArchive archive, string region, int sequence)
    {
        foreach (var segment in archive.Manifest(region, sequence).Segments)
        {
            await archive.DeleteAsync(Containers.Archive, segment.Name);
            await archive.DeleteAsync(Containers.Index, IndexOf(segment.Name));
        }

        await archive.DeleteAsync(Containers.Archive, ManifestPath(region, sequence));
    }

    /// <summary>Takes notes 9 to 11 away, and numbers, links and signs those behind them anew.</summary>
    private static async Task RenumberAsync(DamagedArchive archive, SigningKey key)
    {
        var later = Enumerable.Range(12, 6).Select(sequence => archive.Note(sequence)).ToList();
        for (var sequence = 9; sequence <= 17; sequence++)
        {
            await archive.DeleteAsync(Containers.Ledger, NotePath(sequence));
        }

        for (var i = 0; i < later.Count; i++)
        {
            var previous = ArchiveScene.Hash(archive.Read(Containers.Ledger, NotePath(8 + i)));
            var note = later[i] with { Sequence = 9 + i, Previous = previous };
            await archive.PutAsync(Containers.Ledger, NotePath(9 + i), note.ToBytes(new SigningKeys([key])));
        }

        await archive.ForgetInboxAsync();
    }

    private sealed record Expected(string Code, string Blob, long? Line = null, long? Member = null, long? Offset = null);
}
