using System.Text.Json;
using Trailgate.Events;

namespace Trailgate.Normalize;

/// <summary>What a text that is no whole JSON tells about the action in it.</summary>
internal enum ActionHint : byte
{
    /// <summary>It is no part of an event, or an action in it handles no secret.</summary>
    Harmless,

    /// <summary>It has bodies as events have them, and was cut or broken so that no action can be seen.</summary>
    Unknown,

    /// <summary>An action in it handles secrets.</summary>
    Secret,
}

/// <summary>
/// Looks for actions on secrets in what is no event: such an action, or Kubernetes' reference to a secret as a resource,
/// makes what is around it the body of a secret. It can stand at any depth, also in JSON texts and Base64 within.
/// </summary>
internal static class SecretActions
{
    private const int MaxTextNesting = 6;

    /// <summary>The names of bodies, as events write them; nothing else is called like that.</summary>
    private static readonly NameTraits Bodies = new(
        ["requestData", "responseData", "requestObject", "responseObject", "requestBody", "responseBody", "stringData", "binaryData"]);

    private static readonly RedactionSettings ByName = new() { Names = true, Shapes = false };

    /// <summary>Whether an action on a secret stands anywhere in valid JSON.</summary>
    public static bool AreNamedIn(ReadOnlySpan<byte> json) => AreNamedIn(json, MaxTextNesting);

    /// <summary>What a text tells that is no whole JSON.</summary>
    public static ActionHint HintIn(ReadOnlySpan<byte> text)
    {
        var plain = TextRedactor.WithoutNeedlessEscapes(text);
        var hasAction = false;
        for (var at = 0; TryReadAction(plain, ref at, out var action);)
        {
            hasAction = true;
            if (ActionName.HandlesSecrets(action))
            {
                return ActionHint.Secret;
            }
        }

        return !hasAction && Scan(plain).Next(out _, out _) ? ActionHint.Unknown : ActionHint.Harmless;
    }

    /// <summary>Appends a text with the bodies in it replaced. True when there was one.</summary>
    public static bool RedactBodies(ReadOnlySpan<byte> text, ByteBuffer output) => TextRedactor.Redact(TextRedactor.WithoutNeedlessEscapes(text), Bodies, ByName, output);

    private static SecretScan Scan(ReadOnlySpan<byte> text) => new(text, Bodies, ByName, shapes: false);

    private static bool AreNamedIn(ReadOnlySpan<byte> json, int nesting)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = int.MaxValue });
        var isAction = false;
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.PropertyName)
            {
                isAction = reader.TextIs("action"u8) || reader.TextIs("resource"u8);
            }
            else if (reader.TokenType == JsonTokenType.String)
            {
                var text = Unescape(ref reader);
                if ((isAction && ActionName.HandlesSecrets(text)) || AreNamedInText(text, nesting))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static bool AreNamedInText(ReadOnlySpan<byte> text, int nesting)
    {
        if (Base64Json.MayBe(text) && Base64Json.Decode(text) is { } decoded)
        {
            return nesting == 0 || AreNamedInText(decoded, nesting - 1);
        }

        text = text.StartsWith("\uFEFF"u8) ? text[3..] : text;
        return text.IndexOf((byte)'"') >= 0
            && (JsonText.IsWrapping(text) ? nesting == 0 || AreNamedIn(text, nesting - 1) : HintIn(text) == ActionHint.Secret);
    }

    // "action":"..." with any escapes before the quotes. A value that was cut off tells nothing.
    private static bool TryReadAction(ReadOnlySpan<byte> text, ref int at, out ReadOnlySpan<byte> action)
    {
        action = [];
        while (at < text.Length)
        {
            var next = text[at..].IndexOf((byte)':');
            if (next < 0)
            {
                at = text.Length;
                return false;
            }

            var name = text[at..(at + next)].TrimEnd(" \t\r\n\"'\\"u8);
            at += next + 1;
            if (!name.EndsWith("action"u8) && !name.EndsWith("resource"u8))
            {
                continue;
            }

            var value = text[at..].TrimStart(" \t\r\n\\"u8);
            var end = value is [(byte)'"' or (byte)'\'', ..] ? value[1..].IndexOfAny((byte)'"', (byte)'\'', (byte)'\\') : -1;
            if (end >= 0)
            {
                action = value.Slice(1, end);
                return true;
            }
        }

        return false;
    }

    private static ReadOnlySpan<byte> Unescape(ref Utf8JsonReader reader)
    {
        if (!reader.ValueIsEscaped)
        {
            return reader.ValueSpan;
        }

        var text = new ByteBuffer(reader.ValueSpan.Length);
        JsonStrings.AppendUnescaped(reader.ValueSpan, text);
        return text.Written;
    }
}
