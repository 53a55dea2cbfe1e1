using System.Text;
using System.Text.RegularExpressions;
using Trailgate.Events;
using Trailgate.Tests.Support;

namespace Trailgate.Tests.Events;

/// <summary>The verbs that sources document or were seen to use, a row each, and what each of them does.</summary>
public sealed partial class DocumentedVerbsTests
{
    /// <summary>The verbs of IBM's documentation, those seen beyond it, the roots of CADF's taxonomy; by hand.</summary>
    private const string Table = """
        read     capture eval evaluate export get head inspect list monitor notify pull read receive search
        create   add backup build copy create deploy import provision publish push send split
        update   ack-delete ack-disable ack-enable ack-expire ack-restore ack-restore-over ack-sync activate apply approve commit configure
        update   disable edit enable end failover hard-reboot init pause power-off power-on reapprove reboot refresh reimport reject reload
        update   rename rescue reset restore resume scale set set-off set-on soft-reboot start stop unsetkeyfordeletion update write
        delete   bulkdelete clear delete delete-desired delete_purge deletealias deletecollection deletekey deletekeystore destroy detach
        delete   endtoenddelete expire purge remove removeversion revoke setkeyfordeletion unbind undeploy
        security ack-rotate allow authenticate authorize deny invite login renew rewrap rotate unwrap wrap
        other    unknown
        """;

    public static TheoryData<string, EventKind> Verbs
    {
        get
        {
            var data = new TheoryData<string, EventKind>();
            foreach (var line in Table.Split('\n'))
            {
                var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                Assert.True(EventKinds.TryParse(Encoding.ASCII.GetBytes(words[0]), out var kind));
                foreach (var verb in words[1..])
                {
                    data.Add(verb, kind);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Verbs))]
    public void A_documented_verb_has_its_kind(string verb, EventKind kind) =>
        Assert.Equal(kind, ActionName.KindOf(Encoding.ASCII.GetBytes("service.thing." + verb)));

    [Fact]
    public void The_page_about_kinds_says_what_the_table_says()
    {
        var told = File.ReadLines(Path.Combine(SourceTree.Root, "src/Trailgate/Events/KINDS.md"))
            .Where(line => KindRow().IsMatch(line))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries))
            .SelectMany(cells => cells[2..].SelectMany(cell => cell.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Select(verb => $"{verb} {cells[1]}"));

        Assert.Equal(TsvResource.Rows("kinds.tsv").Select(row => $"{row[0]} {row[1]}").Order(StringComparer.Ordinal), told.Order(StringComparer.Ordinal));
    }

    [CorpusFact]
    public void Every_verb_of_the_collected_facts_is_in_this_list()
    {
        var facts = File.ReadAllText(Path.Combine(Corpus.Folder!, "FACTS.md")); // not null: the test is skipped then
        var listed = Listed().Match(facts).Groups["verbs"].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(86, listed.Length);
        Assert.Empty(listed.Except(Verbs.Select(row => (string)row[0])));
    }

    [GeneratedRegex(@"^\| (read|create|update|delete|security) \|", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex KindRow();

    [GeneratedRegex(@"Verbs listed in \[U\]: (?<verbs>[a-z -]+)", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Listed();
}
