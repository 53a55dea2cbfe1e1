// Trailgate in one resource group: the Functions app, the default store, a store for each residency group, the vault and
// the watch over it all. No key of any account stands anywhere: everything goes by the app's own identity.
targetScope = 'resourceGroup'

@description('Begins the names of all resources: 3 to 11 lower-case letters and digits.')
@minLength(3)
@maxLength(11)
param name string

@description('Where the app and the default store are.')
param location string = resourceGroup().location

@export()
type residencyGroup = {
  @description('Name of the store: lower-case letters and digits, 8 at most.')
  @minLength(1)
  @maxLength(8)
  name: string

  @description('Where its account is.')
  location: string

  @description('The regions whose events must stay there.')
  regions: string[]
}

@export()
type accessKey = {
  name: string

  @description('What access-key new prints: sha256: and 64 digits. It is no secret.')
  @minLength(71)
  @maxLength(71)
  hash: string

  @description('ingest, read, admin; split by commas.')
  scopes: string
}

@export()
type alertChannel = {
  @description('Lower-case letters and digits.')
  name: string

  type: 'webhook' | 'slack' | 'teams' | 'pagerduty' | 'cloudevents' | 'ibm-event-notifications'

  @description('Its settings that are read from the vault, each from the secret alert-NAME-SETTING in lower case: alert-ops-url.')
  secrets: ('Url' | 'Secret' | 'RoutingKey' | 'AuthValue' | 'ApiKey')[]

  @description('Its settings that are no secrets.')
  settings: {
    Mode: string?
    AuthHeader: string?
    Source: string?
    SourceId: string?
    TokenUrl: string?
  }?
}

@description('Stores beside the default one.')
param residency residencyGroup[] = []

@description('Who may call. The app does not start without one.')
@minLength(1)
param accessKeys accessKey[]

@description('Where alerts go. docs/CHANNELS.md tells what each type needs.')
param alertChannels alertChannel[] = []

@description('Address of the page that alerts link to.')
param alertLink string = ''

@description('Whether equal secrets are to be seen as equal. The key is read from the vault: redaction-key.')
param hashSecrets bool = false

@description('Origins that may deliver CloudEvents, such as eventgrid.azure.net.')
param handshakeOrigins string[] = []

@description('When the archive runs: NCRONTAB with six fields, UTC.')
param archiveSchedule string = '0 */5 * * * *'

@description('Told when the pipeline itself is in trouble.')
param operatorEmail string = ''

@description('Days for which archive and ledger can not be changed. The policy begins unlocked; infra/README.md tells how to lock it.')
param retentionDays int

@description('Days after which the quarantine is emptied.')
param quarantineDays int = 90

@description('Days for which logs are kept.')
param logDays int = 30

@allowed(['Standard_LRS', 'Standard_ZRS'])
param storageSku string

param purgeProtection bool

param maximumInstances int = 40
param alwaysReady int = 0

@allowed([512, 2048, 4096])
param instanceMemoryMB int = 2048

param requestsPerInstance int = 64

param tags object = {}

var unique = uniqueString(resourceGroup().id)
var vaultName = take('${name}-${unique}', 24)
var accountPrefix = toLower(take('${name}${unique}', 16))

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: '${name}-identity'
  location: location
  tags: tags
}

module defaultStore 'modules/store.bicep' = {
  name: 'store-default'
  params: {
    accountName: accountPrefix
    location: location
    isDefault: true
    sku: storageSku
    retentionDays: retentionDays
    quarantineDays: quarantineDays
    principalId: identity.properties.principalId
    tags: tags
  }
}

module stores 'modules/store.bicep' = [
  for group in residency: {
    name: 'store-${group.name}'
    params: {
      accountName: '${accountPrefix}${group.name}'
      location: group.location
      isDefault: false
      sku: storageSku
      retentionDays: retentionDays
      quarantineDays: quarantineDays
      principalId: identity.properties.principalId
      tags: tags
    }
  }
]

module vault 'modules/vault.bicep' = {
  name: 'vault'
  params: {
    name: vaultName
    location: location
    principalId: identity.properties.principalId
    purgeProtection: purgeProtection
    tags: tags
  }
}

module monitoring 'modules/monitoring.bicep' = {
  name: 'monitoring'
  params: {
    name: name
    location: location
    email: operatorEmail
    logDays: logDays
    tags: tags
  }
}

// The host's account is the default store: the trigger of the alert queue reads there. It is given no right on
// tables, which the host would only write its own diagnostics to.
var hostSettings = {
  AzureWebJobsStorage__accountName: defaultStore.outputs.name
  AzureWebJobsStorage__credential: 'managedidentity'
  AzureWebJobsStorage__clientId: '{clientId}'
  APPLICATIONINSIGHTS_CONNECTION_STRING: monitoring.outputs.connectionString
}
var archiveSettings = {
  Trailgate__Archive__Schedule: archiveSchedule
  Trailgate__Archive__Origin: name
}
// The ledger is signed, and the app does not start without a key: 'trailgate key new FILE' makes one.
var signingSettings = {
  Trailgate__Signing__Key: '@Microsoft.KeyVault(SecretUri=${vault.outputs.uri}secrets/signing-key)'
}
var watchSettings = {
  Trailgate__Alerts__WatchSchedule: '0 * * * * *'
}
var ingestSettings = {
  Trailgate__Handshake__Origins: join(handshakeOrigins, ',')
}
var keySettings = union(
  toObject(accessKeys, key => 'Trailgate__Keys__${key.name}__Hash', key => key.hash),
  toObject(accessKeys, key => 'Trailgate__Keys__${key.name}__Scopes', key => key.scopes)
)
var storeSettings = union(
  toObject(
    residency,
    group => 'Trailgate__Stores__${group.name}__Connection__AccountName',
    group => '${accountPrefix}${group.name}'
  ),
  toObject(residency, group => 'Trailgate__Stores__${group.name}__Connection__Credential', _ => 'managedidentity'),
  toObject(residency, group => 'Trailgate__Stores__${group.name}__Connection__ClientId', _ => '{clientId}')
)
// Names of settings take no hyphen here; the app reads '_' in a region's name as one.
var regionSettings = toObject(
  flatten(map(residency, group => map(group.regions, region => { region: region, store: group.name }))),
  pair => 'Trailgate__Regions__${replace(pair.region, '-', '_')}',
  pair => pair.store
)
var channelSecrets = flatten(map(
  alertChannels,
  channel => map(channel.secrets, setting => { channel: channel.name, setting: setting, secret: toLower('alert-${channel.name}-${setting}') })
))
var channelTexts = flatten(map(
  alertChannels,
  channel => map(items(channel.?settings ?? {}), item => { channel: channel.name, setting: item.key, value: item.value })
))
var alertSettings = union(
  empty(alertLink) ? {} : { Trailgate__Alerts__Link: alertLink },
  toObject(alertChannels, channel => 'Trailgate__Alerts__Channels__${channel.name}__Type', channel => channel.type),
  toObject(
    channelSecrets,
    entry => 'Trailgate__Alerts__Channels__${entry.channel}__${entry.setting}',
    entry => '@Microsoft.KeyVault(VaultName=${vaultName};SecretName=${entry.secret})'
  ),
  toObject(channelTexts, entry => 'Trailgate__Alerts__Channels__${entry.channel}__${entry.setting}', entry => entry.value)
)
var redactionSettings = hashSecrets
  ? {
      Trailgate__Redaction__HmacKey: '@Microsoft.KeyVault(SecretUri=${vault.outputs.uri}secrets/redaction-key)'
    }
  : {}

module app 'modules/functionApp.bicep' = {
  name: 'app'
  // It reaches for every store when it starts.
  dependsOn: [stores]
  params: {
    name: '${name}-${unique}'
    location: location
    identityName: identity.name
    packageUri: defaultStore.outputs.packageUri
    settings: union(
      hostSettings,
      archiveSettings,
      watchSettings,
      signingSettings,
      ingestSettings,
      keySettings,
      storeSettings,
      regionSettings,
      alertSettings,
      redactionSettings
    )
    maximumInstances: maximumInstances
    instanceMemoryMB: instanceMemoryMB
    requestsPerInstance: requestsPerInstance
    alwaysReady: alwaysReady
    tags: tags
  }
}

output url string = 'https://${app.outputs.hostName}'
output vaultUri string = vault.outputs.uri
output appName string = '${name}-${unique}'
