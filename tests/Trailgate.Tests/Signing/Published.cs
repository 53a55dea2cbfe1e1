namespace Trailgate.Tests.Signing;

/// <summary>
/// Test vectors. The example is the one of the C2SP signed-note specification, signed by Ed25519. The checkpoint was signed
/// once by an ECDSA and an Ed25519 key that were thrown away afterwards; its ECDSA line must hold for ever.
/// </summary>
internal static class Published
{
    public const string Example = "This is an example message.\n\n\u2014 example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";

    public const string ExampleKey = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";

    public const string CheckpointText = "audit.example.com/archive\n7\n3bib5AOAnjJXUNPSY814kpwpQreUKjS3fhIslZSnTIw=\n";

    public const string EcdsaLine = "\u2014 audit.example.com/archive E2l/wTBFAiBUBWW/FHtHO2GSONDCrBwO3M+9TD5ITznbVPLbtgXJGwIhALBLJ3luAfQZvbqV/6fbg90Noru6bc/Z6d0hryEK6yoh\n";

    public const string Ed25519Line = "\u2014 audit.example.com/archive T22UVhm1ULKa/uMTRCuBZZjXGTtzFgbvK67+1njdkceuvlDA8+VNXL/BFYP0Z9hcCkTAkQThfP3jZi2HBariOm+DJgA=\n";

    public const string Checkpoint = CheckpointText + "\n" + EcdsaLine + Ed25519Line;

    public const string EcdsaSpki = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE15iaEz+VBuey+oFphATadiNnZ+MpdmnyPA10FO4z4k/z+icZ85CfwRjA59ftKZ+858rXakYFqtw+41AdYN/MDA==";

    public const uint EcdsaKeyId = 0x13697fc1;

    /// <summary>The private half, made for these vectors alone and known to everybody.</summary>
    public const string EcdsaPem =
        """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgR4DwyvKlcm5hWpgL
        yezDT1WsYfrSb/xOJuJYFwcj7IChRANCAATXmJoTP5UG57L6gWmEBNp2I2dn4yl2
        afI8DXQU7jPiT/P6JxnzkJ/BGMDn1+0pn7znytdqRgWq3D7jUB1g38wM
        -----END PRIVATE KEY-----

        """;

    /// <summary>The verifier key of the checkpoint: by the format, Base64 of the byte 2 and the public key.</summary>
    public static string EcdsaKey { get; } =
        $"audit.example.com/archive+13697fc1+{Convert.ToBase64String([2, .. Convert.FromBase64String(EcdsaSpki)])}";
}
