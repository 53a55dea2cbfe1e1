using Trailgate.Events;

namespace Trailgate.Tests.Events;

public class CodeEngineActionsTests
{
    /// <summary>Written by hand from the service's documentation of its audit events.</summary>
    public static TheoryData<string, string> Documented => new()
    {
        { "project", "create read update delete" },
        { "projectconfig", "read" },
        { "application", "create read list update delete" },
        { "configmap", "create read list update delete" },
        { "secret", "create read list update delete" },
        { "build", "create read list update delete" },
        { "buildrun", "create read list delete" },
        { "job", "create read list update delete" },
        { "jobrun", "create read list delete" },
        { "subscription", "create read list update delete" },
        { "pods", "create read list update delete" },
        { "servicebindings", "create read list update delete" },
        { "serviceaccounts", "read list" },
        { "events", "read list" },
        { "resourcequotas", "read list" },
        { "limitranges", "read list" },
        { "deployments", "read list" },
    };

    [Theory]
    [MemberData(nameof(Documented))]
    public void Each_object_has_exactly_its_documented_verbs(string thing, string verbs)
    {
        var found = CodeEngineActions.All.Where(action => action.ObjectType == thing).Select(action => action.Verb);

        Assert.Equal(verbs.Split(' '), found);
    }

    [Fact]
    public void There_are_63_actions_and_no_object_that_is_not_documented()
    {
        Assert.Equal(63, CodeEngineActions.All.Count);
        Assert.Equal(63, CodeEngineActions.All.Select(action => action.Id).Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(17, CodeEngineActions.All.Select(action => action.ObjectType).Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public void Each_id_is_made_of_service_object_and_verb()
    {
        Assert.All(CodeEngineActions.All, action => Assert.Equal($"codeengine.{action.ObjectType}.{action.Verb}", action.Id));
    }

    [Fact]
    public void Each_action_is_described_in_a_sentence_of_its_own()
    {
        Assert.All(CodeEngineActions.All, action => Assert.True(action.Description.Trim().Length >= 10, action.Id));
        Assert.Equal(63, CodeEngineActions.All.Select(action => action.Description).Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public void Pods_get_is_another_name_of_pods_read()
    {
        Assert.True(CodeEngineActions.TryFind("codeengine.pods.get", out var action));

        Assert.Equal("codeengine.pods.read", action.Id);
    }

    [Fact]
    public void An_action_outside_the_table_is_not_found_and_no_error()
    {
        Assert.False(CodeEngineActions.TryFind("codeengine.function.create", out _));
    }

    [Fact]
    public void Actions_are_found_whatever_their_case()
    {
        Assert.True(CodeEngineActions.TryFind("CodeEngine.Secret.READ", out var action));

        Assert.Equal("codeengine.secret.read", action.Id);
    }
}
