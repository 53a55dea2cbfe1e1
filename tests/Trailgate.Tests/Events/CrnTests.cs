using System.Text;
using Trailgate.Events;

namespace Trailgate.Tests.Events;

public sealed class CrnTests
{
    [Theory]
    [InlineData("crn:v1:bluemix:public:codeengine:eu-de:a/1:project-id::", "eu-de")]
    [InlineData("crn:v1:staging:public:codeengine:us-south-1:a/1:project-id::", "us-south-1")]
    [InlineData("crn:v1:bluemix:public:cloud-object-storage:global:a/1:b:bucket:name", "global")]
    [InlineData("crn:v1::public:is::a/1:::", "")]
    [InlineData("crn:v1:bluemix:public:functions:undefined:a/1::", "")]
    [InlineData("v1:bluemix:public:hs-crypto:us-south:a/1:b::", "us-south")]
    [InlineData("crn:v1:bluemix:public:functions:us-south:a/1::s/x:action:one:more", "us-south")]
    [InlineData("crn:v1:bluemix:public:codeengine:eu-de", "eu-de")]
    [InlineData("  crn:v1:bluemix:public:codeengine:eu-de:a/1:::  ", "eu-de")]
    [InlineData("crn:::::", "")]
    public void The_location_is_the_sixth_part(string crn, string location)
    {
        Assert.True(Crn.TryGetLocation(Encoding.UTF8.GetBytes(crn), out var found));

        Assert.Equal(location, Encoding.UTF8.GetString(found));
    }

    [Theory]
    [InlineData("")]
    [InlineData("INVALID")]
    [InlineData("my-project")]
    [InlineData("<ATR_CRN>")]
    [InlineData("crn")]
    [InlineData("crn:v1:bluemix:public:codeengine")]
    [InlineData("v1:bluemix:public:codeengine")]
    [InlineData("arn:aws:s3:us-east-1:1:bucket:x")]
    [InlineData("CRN:v1:bluemix:public:codeengine:eu-de:a/1:::")]
    [InlineData("xcrn:v1:bluemix:public:codeengine:eu-de:a/1:::")]
    public void Other_text_is_no_crn(string text)
    {
        Assert.False(Crn.TryGetLocation(Encoding.UTF8.GetBytes(text), out var location));

        Assert.Equal(0, location.Length);
    }
}
