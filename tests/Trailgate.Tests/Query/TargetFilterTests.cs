using System.Text;
using Trailgate.Query;

namespace Trailgate.Tests.Query;

public class TargetFilterTests
{
    private const string Project = "crn:v1:bluemix:public:codeengine:us-south:a/1:p1::";

    [Theory]
    [InlineData(Project, Project, true)]
    [InlineData(Project, "crn:v1:bluemix:public:codeengine:us-south:a/1:p1:application:shop", true)]
    [InlineData(Project, "crn:v1:bluemix:public:codeengine:us-south:a/1:p1", true)]
    [InlineData(Project, "crn:v1:bluemix:public:codeengine:us-south:a/1:p10::", false)]
    [InlineData(Project, "crn:v1:bluemix:public:codeengine:us-south:a/1:P1::", false)]
    [InlineData("crn:v1:bluemix:public:codeengine:us-south:a/1:p1:application:shop", "crn:v1:bluemix:public:codeengine:us-south:a/1:p1:application:shop2", false)]
    [InlineData("crn:v1:bluemix:public:codeengine:us-south:a/1:p1:application:shop", Project, false)]
    [InlineData("my-app", "my-app", true)]
    [InlineData("my-app", "my-app:1", false)] // only a CRN has parts
    [InlineData("my-app", "my-application", false)]
    [InlineData("crn:", "crn:v1:x", false)]
    public void An_id_matches_itself_and_a_crn_also_what_lies_below_it(string filter, string id, bool expected)
    {
        Assert.Equal(expected, new TargetFilter(filter).Matches(Encoding.UTF8.GetBytes(id)));
    }
}
