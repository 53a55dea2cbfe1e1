using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Trailgate.Hosting;

/// <summary>
/// Looks at each value before the binder does, and refuses those that it can not read. The binder itself would end the start
/// with a text of its own, leave out the whole entry of a dictionary without a word (a channel, a rule or a store would be
/// missing), and take "5" for five days.
/// </summary>
internal static class UnreadableSettings
{
    /// <summary>Binds options to their section, as <c>BindConfiguration</c> does.</summary>
    /// <remarks>Values that can not be read are told at the start with all else that is wrong.</remarks>
    public static OptionsBuilder<TOptions> BindReadable<TOptions>(this OptionsBuilder<TOptions> builder, string section)
        where TOptions : class => builder.Configure<IConfiguration>((options, configuration) =>
        {
            List<string> faults = [.. Of(configuration, section, typeof(TOptions))];
            if (faults.Count > 0)
            {
                throw new OptionsValidationException(builder.Name, typeof(TOptions), faults);
            }

            configuration.GetSection(section).Bind(options);
        });

    // Only of what is no text the value is repeated: secrets are texts.
    private static IEnumerable<string> Of(IConfiguration configuration, string section, Type options)
    {
        List<(string Name, Type Type)> settings = [.. SettingNames.Of(section, options)];
        foreach (var (key, value) in configuration.GetSection(section).AsEnumerable().OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            var type = settings.Find(setting => SettingNames.Matches(setting.Name, key)).Type;
            if (type is not null && value is not null && ExpectationOf(type, value) is { } expected)
            {
                yield return $"{key} is '{value}'; it must be {expected}.";
            }
        }
    }

    /// <summary>What a value must be that is not; null when it can be read.</summary>
    private static string? ExpectationOf(Type type, string value)
    {
        if (Nullable.GetUnderlyingType(type) is { } inner)
        {
            return value.Length == 0 ? null : ExpectationOf(inner, value);
        }

        return type == typeof(bool) ? bool.TryParse(value, out _) ? null : "true or false"
            : type == typeof(int) ? IsNumber<int>(value) ? null : $"a whole number up to {int.MaxValue}"
            : type == typeof(long) ? IsNumber<long>(value) ? null : $"a whole number up to {long.MaxValue}"
            : type == typeof(TimeSpan) ? SpanText.TryRead(value, out _) ? null : $"a time span, {SpanText.Rule}"
            : null;
    }

    private static bool IsNumber<T>(string value)
        where T : struct, System.Numerics.IBinaryInteger<T> => T.TryParse(value, NumberStyles.Integer, CultureInfo.InvariantCulture, out _);
}
