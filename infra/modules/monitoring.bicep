// Where the app's logs go, and who is told when the pipeline itself is in trouble.

param name string
param location string

@description('Told when a message dies or an archive run fails; nobody when empty.')
param email string

@description('Days for which logs are kept.')
@minValue(30)
@maxValue(730)
param logDays int

param tags object

// Storage counts messages for a whole account and once an hour, so a poison queue can not be watched by its length. The
// function on it logs the first of these within seconds. They are the words of the library; a test compares them.
var watched = [
  {
    id: 'dead-message'
    text: 'A message of the alert queue is put aside'
    title: 'A message of the alert queue could not be handled. It lies among the dead letters.'
    severity: 1
  }
  {
    id: 'failed-run'
    text: 'The archive run of the store '
    title: 'An archive run failed. Accepted events wait in the inbox; the next run goes on.'
    severity: 2
  }
]

resource workspace 'Microsoft.OperationalInsights/workspaces@2023-09-01' = {
  name: '${name}-logs'
  location: location
  tags: tags
  properties: {
    sku: { name: 'PerGB2018' }
    retentionInDays: logDays
  }
}

resource insights 'Microsoft.Insights/components@2020-02-02' = {
  name: '${name}-insights'
  location: location
  tags: tags
  kind: 'web'
  properties: {
    Application_Type: 'web'
    WorkspaceResourceId: workspace.id
  }
}

resource people 'Microsoft.Insights/actionGroups@2023-01-01' = if (!empty(email)) {
  name: '${name}-people'
  location: 'global'
  tags: tags
  properties: {
    groupShortName: 'trailgate'
    enabled: true
    emailReceivers: [{ name: 'operator', emailAddress: email, useCommonAlertSchema: true }]
  }
}

resource alerts 'Microsoft.Insights/scheduledQueryRules@2022-06-15' = [
  for watch in watched: {
    name: '${name}-${watch.id}'
    location: location
    tags: tags
    properties: {
      displayName: watch.title
      description: watch.title
      severity: watch.severity
      enabled: true
      scopes: [insights.id]
      evaluationFrequency: 'PT5M'
      windowSize: 'PT5M'
      criteria: {
        allOf: [
          {
            query: 'traces | where message startswith "${watch.text}"'
            timeAggregation: 'Count'
            operator: 'GreaterThan'
            threshold: 0
            failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
          }
        ]
      }
      autoMitigate: false
      actions: { actionGroups: empty(email) ? [] : [people.id] }
    }
  }
]

output connectionString string = insights.properties.ConnectionString
