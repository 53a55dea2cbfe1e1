using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Trailgate.Hosting;

/// <summary>
/// Checks the annotations of an options class. Unlike the framework's, it reports each failure under the full name of
/// its setting, which is what an operator can search for.
/// </summary>
internal sealed class AnnotationValidator<TOptions>(string section) : IValidateOptions<TOptions>
    where TOptions : class
{
    public ValidateOptionsResult Validate(string? name, TOptions options)
    {
        var results = new List<ValidationResult>();
        if (Validator.TryValidateObject(options, new ValidationContext(options), results, validateAllProperties: true))
        {
            return ValidateOptionsResult.Success;
        }

        return ValidateOptionsResult.Fail(results.Select(result =>
            $"{section}:{string.Join('/', result.MemberNames)} is wrong: {result.ErrorMessage}"));
    }
}
