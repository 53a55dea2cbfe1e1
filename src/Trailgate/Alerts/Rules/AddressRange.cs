using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Trailgate.Alerts.Rules;

/// <summary>
/// A range of IP addresses in CIDR notation. Addresses of version 4 lie in <c>::ffff:0:0/96</c>, so a mapped address is in
/// the range of the address that it maps.
/// </summary>
/// <param name="First">The first address of the range, as 128 bits.</param>
/// <param name="Last">The last one.</param>
internal readonly record struct AddressRange(UInt128 First, UInt128 Last)
{
    private const int MappedBits = 96;
    private const int MaxAddressBytes = 64;
    private static readonly UInt128 Mapped = (UInt128)0xFFFF << 32;

    /// <summary>Reads a range, or a single address.</summary>
    public static bool TryParse(string text, out AddressRange range)
    {
        range = default;
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var address = slash < 0 ? text : text[..slash];
        if (!TryRead(Encoding.UTF8.GetBytes(address), out var value))
        {
            return false;
        }

        // By how it is written: ::ffff:10.0.0.0/104 counts bits of version 6.
        var width = address.Contains(':', StringComparison.Ordinal) ? 128 : 32;
        var bits = width;
        if (slash >= 0 && (!int.TryParse(text.AsSpan(slash + 1), System.Globalization.NumberStyles.None, null, out bits) || bits > width))
        {
            return false;
        }

        bits += 128 - width;
        var mask = bits == 0 ? UInt128.Zero : UInt128.MaxValue << (128 - bits);
        range = new AddressRange(value & mask, value | ~mask);

        // 10.1.2.3/8 is more likely a slip than meant.
        return range.First == value;
    }

    /// <summary>Whether a text is an address in the range. Allocates for addresses of version 6 alone.</summary>
    public bool Contains(ReadOnlySpan<byte> address) => TryRead(address, out var value) && value >= First && value <= Last;

    private static bool TryRead(ReadOnlySpan<byte> text, out UInt128 value)
    {
        if (!text.Contains((byte)':'))
        {
            return TryReadFour(text, out value);
        }

        value = default;
        if (text.Length > MaxAddressBytes || !IPAddress.TryParse(Encoding.UTF8.GetString(text), out var address)
            || address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return false;
        }

        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        value = BinaryPrimitives.ReadUInt128BigEndian(bytes);
        return true;
    }

    private static bool TryReadFour(ReadOnlySpan<byte> text, out UInt128 value)
    {
        value = Mapped;
        var parts = 0;
        uint all = 0;
        foreach (var part in text.Split((byte)'.'))
        {
            var digits = text[part];
            if (digits.Length is 0 or > 3 || (digits.Length > 1 && digits[0] == '0') || digits.ContainsAnyExceptInRange((byte)'0', (byte)'9'))
            {
                return false;
            }

            var number = 0u;
            foreach (var digit in digits)
            {
                number = number * 10 + digit - '0';
            }

            if (number > 255 || ++parts > 4)
            {
                return false;
            }

            all = (all << 8) | number;
        }

        value |= all;
        return parts == (128 - MappedBits) / 8;
    }
}
