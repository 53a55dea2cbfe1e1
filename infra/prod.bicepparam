using 'main.bicep'

param name = 'trailgate'
param storageSku = 'Standard_ZRS'
param retentionDays = 2555
param purgeProtection = true
param logDays = 90
param maximumInstances = 100
param alwaysReady = 1
param hashSecrets = true
param operatorEmail = readEnvironmentVariable('TRAILGATE_OPERATOR_EMAIL')

// The secrets alert-ops-url and alert-ops-secret of the vault say where to and sign it; alert-oncall-routingkey wakes people.
param alertChannels = [
  {
    name: 'ops'
    type: 'webhook'
    secrets: ['Url', 'Secret']
  }
  {
    name: 'oncall'
    type: 'pagerduty'
    secrets: ['RoutingKey']
  }
]

param residency = [
  {
    name: 'eu'
    location: 'germanywestcentral'
    regions: ['eu-de', 'eu-es']
  }
]

// Two keys, so that who sends can not look and who looks can not send.
param accessKeys = [
  {
    name: 'sender'
    hash: readEnvironmentVariable('TRAILGATE_SENDER_HASH')
    scopes: 'ingest'
  }
  {
    name: 'auditor'
    hash: readEnvironmentVariable('TRAILGATE_AUDITOR_HASH')
    scopes: 'read'
  }
]
