using System.Globalization;
using Microsoft.Extensions.Options;
using Trailgate.Alerts;
using Trailgate.Archive;

namespace Trailgate.Hosting;

/// <summary>
/// A quiet ledger gets a note only every <see cref="ArchiveOptions.NoteInterval"/>: a watch with less patience would tell of
/// a late one again and again.
/// </summary>
internal sealed class LedgerLateValidator(IOptions<ArchiveOptions> archive) : IValidateOptions<AlertOptions>
{
    public ValidateOptionsResult Validate(string? name, AlertOptions options)
    {
        TimeSpan interval;
        try
        {
            interval = archive.Value.NoteInterval;
        }
        catch (OptionsValidationException)
        {
            return ValidateOptionsResult.Skip; // told by its own validator
        }

        return options.LedgerLate > interval
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(string.Create(
                CultureInfo.InvariantCulture,
                $"{AlertOptions.Section}:{nameof(options.LedgerLate)} is {options.LedgerLate:c} and must be longer than {ArchiveOptions.Section}:{nameof(ArchiveOptions.NoteInterval)}, which is {interval:c}: a quiet ledger has no new note for so long."));
    }
}
