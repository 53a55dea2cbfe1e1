using System.Text.Json;

namespace Trailgate.Cli.Demo;

/// <summary>
/// What stands in requestData and responseData. Code Engine's habits: the request holds the verb, an update carries the
/// new value alone, and secrets stand in the clear. Each secret here is made up, and none may reach the archive.
/// </summary>
internal static class DemoBodies
{
    public static void WriteRequest(Utf8JsonWriter writer, DemoEvent happened)
    {
        writer.WriteStartObject("requestData");
        writer.WriteString("verb", happened.Action.Verb);
        writer.WriteString("projectId", happened.Project.Crn.Split(':')[7]);
        if (happened.Action.Verb != "list")
        {
            writer.WriteString("name", happened.ObjectName);
        }

        if (happened.Action.Verb is "create" or "update")
        {
            writer.WriteStartObject(happened.Action.Verb == "update" ? "newValue" : "spec");
            WriteSpec(writer, happened);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    public static void WriteResponse(Utf8JsonWriter writer, DemoEvent happened)
    {
        if (happened.Oversized)
        {
            writer.WriteStartObject("responseData");
            writer.WriteStartArray("log");
            for (var line = 1; line <= 400; line++)
            {
                writer.WriteStringValue($"step {line} of 400: compiled, tested and packed {happened.ObjectName} without a complaint");
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }
        else if (happened.Outcome.Outcome == "success" && happened.Action.Verb is "create" or "read" or "update")
        {
            writer.WriteStartObject("responseData");
            writer.WriteString("name", happened.ObjectName);
            writer.WriteString("status", "ready");
            writer.WriteEndObject();
        }
    }

    private static void WriteSpec(Utf8JsonWriter writer, DemoEvent happened)
    {
        switch (happened.Action.ObjectType)
        {
            case "secret":
                writer.WriteString("format", "basic_auth");
                writer.WriteStartObject("data");
                writer.WriteString("username", "reporting");
                writer.WriteString("password", MadeUpSecret(happened));
                writer.WriteEndObject();
                break;
            case "configmap":
                writer.WriteStartObject("data");
                writer.WriteString("LOG_LEVEL", "info");
                writer.WriteEndObject();
                break;
            case "application" or "job" or "jobrun":
                writer.WriteString("image", $"icr.example.com/{happened.Project.Name}/{happened.ObjectName}:{happened.Time:yyyyMMdd}");
                writer.WriteNumber("scaleMaxInstances", 10);
                writer.WriteStartObject("env");
                writer.WriteString("REGION", happened.Project.Region);
                writer.WriteString("DB_PASSWORD", MadeUpSecret(happened));
                writer.WriteEndObject();
                break;
            case "build" or "buildrun":
                writer.WriteString("sourceUrl", $"https://git.example.com/{happened.Project.Name}/{happened.ObjectName}");
                writer.WriteString("strategy", "dockerfile");
                break;
            default:
                writer.WriteString("note", $"made by {happened.Who.Name}");
                break;
        }
    }

    private static string MadeUpSecret(DemoEvent happened) => $"demo-not-real-{happened.CorrelationId:N}";
}
