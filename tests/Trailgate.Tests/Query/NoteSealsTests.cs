using System.Text;
using Trailgate.Archive;
using Trailgate.Query;
using Trailgate.Signing;
using Trailgate.Storage;
using Trailgate.Tests.Storage;

namespace Trailgate.Tests.Query;

public sealed class NoteSealsTests : IDisposable
{
    private readonly QueryStore _store = new();
    private readonly SigningKey _own = SigningKey.Create("trailgate");
    private readonly SigningKey _other = SigningKey.Create("other");
    private readonly NoteSeals _seals;

    public NoteSealsTests() => _seals = new NoteSeals(new Stores(OneStore.Over(_store.Blobs)), new SigningKeys([_own]));

    public void Dispose()
    {
        _own.Dispose();
        _other.Dispose();
    }

    [Fact]
    public async Task A_note_that_the_own_key_signed_is_good_and_names_its_keys()
    {
        await _store.NoteAsync(new SigningKeys([_own, _other]));

        var seal = await CheckAsync();

        Assert.Equal(NoteVerdict.Valid, seal.Verdict);
        Assert.Equal([$"trailgate+{VerifierKey.IdText(_own.Verifier.Id)}", $"other+{VerifierKey.IdText(_other.Verifier.Id)}"], seal.Keys);
    }

    [Fact]
    public async Task A_note_of_another_key_is_of_an_unknown_one()
    {
        await _store.NoteAsync(new SigningKeys([_other]));

        Assert.Equal(NoteVerdict.UnknownKey, (await CheckAsync()).Verdict);
    }

    [Fact]
    public async Task A_note_without_a_signature_is_unsigned()
    {
        await _store.NoteAsync();

        Assert.Equal(NoteVerdict.NotSigned, (await CheckAsync()).Verdict);
    }

    [Theory]
    [InlineData("test\n", "tost\n")] // another text over the same signature
    [InlineData("\u2014 trailgate ", "\u2014 trailgate+")] // a signature line that does not read as one
    public async Task A_note_that_was_changed_is_bad(string written, string changed)
    {
        await _store.NoteAsync(new SigningKeys([_own]));
        var bytes = (await _store.Blobs.ReadAsync(ArchiveNames.Note(1), default))!.Bytes;
        await _store.Blobs.DeleteAsync(ArchiveNames.Note(1), default);
        var text = Encoding.UTF8.GetString(bytes.Span).Replace(written, changed, StringComparison.Ordinal);
        await _store.Blobs.PutAsync(ArchiveNames.Note(1), Encoding.UTF8.GetBytes(text), default);

        Assert.Equal(NoteVerdict.WrongSignature, (await CheckAsync()).Verdict);
    }

    [Fact]
    public async Task A_note_is_read_once_and_the_next_one_anew()
    {
        await _store.NoteAsync();
        await CheckAsync();
        Assert.Empty(await _store.OpenedAsync(Containers.Ledger, () => CheckAsync()));

        await _store.NoteAsync(new SigningKeys([_own]));

        Assert.Equal(NoteVerdict.Valid, (await CheckAsync(2)).Verdict);
    }

    [Fact]
    public async Task A_note_that_is_gone_is_a_damage()
    {
        await Assert.ThrowsAsync<ArchiveDamagedException>(() => CheckAsync());
    }

    private async Task<NoteSeal> CheckAsync(long sequence = 1) => await _seals.CheckAsync("default", sequence, default);
}
