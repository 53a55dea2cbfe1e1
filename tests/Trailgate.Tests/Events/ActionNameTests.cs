using System.Text;
using Trailgate.Events;

namespace Trailgate.Tests.Events;

public sealed class ActionNameTests
{
    [Theory]
    [MemberData(nameof(DocumentedVerbsTests.Verbs), MemberType = typeof(DocumentedVerbsTests))]
    public void The_verb_decides_the_kind_in_every_form_of_name(string verb, EventKind kind)
    {
        Assert.Equal(kind, KindOf(verb));
        Assert.Equal(kind, KindOf("codeengine.application." + verb));
        Assert.Equal(kind, KindOf("is.load-balancer.load-balancer.listener." + verb));
        Assert.Equal(kind, KindOf(verb + "/role_assignment"));
        Assert.Equal(kind, KindOf(verb + ".project"));
        Assert.Equal(kind, KindOf("CodeEngine.Application." + verb.ToUpperInvariant()));
    }

    [Fact]
    public void The_table_calls_these_a_deletion_and_nothing_else()
    {
        string[] documented =
        [
            "delete", "bulkdelete", "endtoenddelete", "deletealias", "deletekey", "deletekeystore", "delete_purge", "delete-desired", "deletecollection", "purge",
            "destroy", "remove", "removeversion", "undeploy", "revoke", "detach", "unbind", "clear", "expire", "setkeyfordeletion",
        ];
        string[] verbFirst = ["deleted", "purged", "destroyed", "removed", "revoked", "detached", "unbound", "expired"];
        string[] ofOthers = ["uninstall", "unregister", "terminate", "drop", "erase"];

        Assert.Equal(
            documented.Concat(verbFirst).Concat(ofOthers).Order(StringComparer.Ordinal),
            TsvResource.Rows("kinds.tsv").Where(row => row[1] == "delete").Select(row => row[0]).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("container-registry.image.bulkdelete")]
    [InlineData("kms.secrets.endtoenddelete")]
    [InlineData("kms.kmip.destroy")]
    [InlineData("hs-crypto.keystore.deletekeystore")]
    [InlineData("hs-crypto.tke-cryptounit-admin.remove")]
    [InlineData("appid.user-tokens.revoke")]
    [InlineData("is.instance.network-interface.detach")]
    [InlineData("containers-kubernetes.cluster-service.unbind")]
    [InlineData("entitlement.entitlement.delete_purge")]
    [InlineData("satellite.storage-configuration.delete-desired")]
    [InlineData("satellite.config-configuration.removeversion")]
    [InlineData("deleted.project")]
    [InlineData("delete/role_assignment")]
    [InlineData("delete")]
    [InlineData(" codeengine.application.delete ")]
    public void These_are_deletions(string action) => Assert.Equal(EventKind.Delete, KindOf(action));

    [Theory]
    [InlineData("kms.secrets.ack-delete")]
    [InlineData("kms.secrets.unsetkeyfordeletion")]
    [InlineData("kms.secrets.restore")]
    [InlineData("delete-service.thing.read")]
    [InlineData("codeengine.deleted.list")]
    [InlineData("codeengine.application.undelete")]
    [InlineData("cloud-object-storage.object.deletes")]
    public void These_only_sound_like_deletions(string action) => Assert.NotEqual(EventKind.Delete, KindOf(action));

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("...")]
    [InlineData("/")]
    [InlineData("a.b.")]
    [InlineData("codeengine.application.frobnicate")]
    [InlineData("codeengine.application.löschen")]
    [InlineData("a.b.deletedeletedeletedeletedeletedeletedeletedelete")]
    public void What_the_table_does_not_know_is_other(string action) => Assert.Equal(EventKind.Other, KindOf(action));

    [Fact]
    public void No_verb_stands_twice_in_the_table_and_each_can_be_found()
    {
        var verbs = TsvResource.Rows("kinds.tsv").Select(row => row[0]).ToList();

        Assert.Equal(verbs.Count, verbs.Distinct(StringComparer.Ordinal).Count());
        Assert.All(verbs, verb => Assert.NotEqual(EventKind.Other, KindOf("x." + verb)));
    }

    [Theory]
    [InlineData("codeengine.secret.read")]
    [InlineData("codeengine.configmap.update")]
    [InlineData("kms.secrets.create")]
    [InlineData("secrets-manager.arbitrary-secret.create")]
    [InlineData("iam-identity.serviceid-apikey.create")]
    [InlineData("hs-crypto.key.create")]
    [InlineData("CodeEngine.SECRET.Read")]
    [InlineData("create/secret")]
    public void These_handle_secrets(string action) => Assert.True(ActionName.HandlesSecrets(Encoding.UTF8.GetBytes(action)));

    [Theory]
    [InlineData("codeengine.application.read")]
    [InlineData("codeengine.keyboard.read")]
    [InlineData("secretary.desk.read")]
    [InlineData("")]
    public void These_do_not(string action) => Assert.False(ActionName.HandlesSecrets(Encoding.UTF8.GetBytes(action)));

    [Fact]
    public void A_name_beyond_all_bounds_is_treated_as_one_that_does() =>
        Assert.True(ActionName.HandlesSecrets(Encoding.ASCII.GetBytes(new string('a', 257))));

    private static EventKind KindOf(string action) => ActionName.KindOf(Encoding.UTF8.GetBytes(action));
}
