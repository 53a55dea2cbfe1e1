namespace Trailgate.Signing;

/// <summary>A key file can not be used, for a reason that the operator can mend: the message. It never holds anything of a key.</summary>
public sealed class SigningKeyException : Exception
{
    /// <summary>Says what is wrong, naming the file.</summary>
    public SigningKeyException(string message)
        : base(message)
    {
    }

    /// <summary>Says what is wrong, naming the file.</summary>
    public SigningKeyException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
