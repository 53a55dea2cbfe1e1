using System.Globalization;
using Trailgate.Alerts;
using Trailgate.Alerts.Rules;
using Trailgate.Events;

namespace Trailgate.Tests.Alerts;

public sealed class AlertIdTests
{
    private static readonly EventId Event =
        new(UInt128.Parse("6f1e0000000000000000000000000001", NumberStyles.HexNumber, CultureInfo.InvariantCulture));

    [Fact]
    public void An_id_is_the_first_half_of_SHA_256_over_rule_newline_and_event_id()
    {
        // printf 'delete\n6f1e0000000000000000000000000001' | sha256sum
        Assert.Equal("7a424c81843b2360c3b1189afc2b8c15", AlertId.Of(AlertRule.Delete, Event).ToString());
        // printf 'failure\n6f1e0000000000000000000000000001' | sha256sum
        Assert.Equal("274e4c3b0156d4111ddc910dfb0f8fc2", AlertId.Of(AlertRule.Failure, Event).ToString());
    }

    [Fact]
    public void An_id_of_the_pipeline_is_made_of_its_subject()
    {
        // printf 'pipeline\nruns/2026-11-22' | sha256sum
        Assert.Equal("8097ceac5d0261b40e0e016859fd223f", AlertId.OfPipeline("runs/2026-11-22").ToString());
    }

    [Fact]
    public void The_text_form_reads_back()
    {
        var id = AlertId.Of(AlertRule.Delete, Event);

        Assert.True(AlertId.TryParse(id.ToString(), out var back));
        Assert.Equal(id, back);
        Assert.False(AlertId.TryParse("7A424C81843B2360C3B1189AFC2B8C15", out _));
    }
}
