// One store: a storage account with the containers of the library, write-once where it only ever writes once, and the
// rights of the app on it. Residency is the location of this account.

@description('Name of the account: 3 to 24 lower-case letters and digits, unique in all of Azure.')
@minLength(3)
@maxLength(24)
param accountName string

param location string

@description('Whether the account holds the alert queue, the app\'s package and the state of the Functions host as well.')
param isDefault bool

@description('Standard_LRS, or Standard_ZRS to outlive a zone. Archive tier is not used, so both fit.')
@allowed(['Standard_LRS', 'Standard_ZRS'])
param sku string

@description('Days for which nothing in archive and ledger can be changed or deleted. The policy begins unlocked.')
@minValue(1)
@maxValue(146000)
param retentionDays int

@description('Days after which the quarantine is emptied.')
@minValue(1)
param quarantineDays int

@description('Principal of the app\'s identity.')
param principalId string

param tags object

var writeOnce = ['archive', 'ledger']
var others = ['inbox', 'quarantine', 'index', 'alerts', 'views']
var queueNames = ['alerts', 'alerts-poison']
var package = 'app-package'

// Data only: none of these can change the account, its keys or the retention.
var blobDataContributor = 'ba92f5b4-2d11-453d-a403-e96b0029c9fe'
// The Functions host asks for this one on its own account.
var blobDataOwner = 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'
var queueDataContributor = '974c5e8b-45b9-4653-ba55-5f855dd0fb88'
var roles = isDefault ? [blobDataOwner, queueDataContributor] : [blobDataContributor]

resource account 'Microsoft.Storage/storageAccounts@2024-01-01' = {
  name: accountName
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: sku }
  properties: {
    accessTier: 'Hot'
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
  }
}

resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2024-01-01' = {
  parent: account
  name: 'default'
  properties: {
    // A container that was deleted by mistake can come back. Blobs are not kept so: every batch is deleted once it is
    // archived, and would be paid for twice.
    containerDeleteRetentionPolicy: { enabled: true, days: 30 }
    deleteRetentionPolicy: { enabled: false }
    isVersioningEnabled: false
  }
}

resource fixedContainers 'Microsoft.Storage/storageAccounts/blobServices/containers@2024-01-01' = [
  for container in writeOnce: {
    parent: blobs
    name: container
    properties: { publicAccess: 'None' }
  }
]

resource retention 'Microsoft.Storage/storageAccounts/blobServices/containers/immutabilityPolicies@2024-01-01' = [
  for (container, i) in writeOnce: {
    parent: fixedContainers[i]
    name: 'default'
    properties: {
      immutabilityPeriodSinceCreationInDays: retentionDays
      allowProtectedAppendWrites: false
    }
  }
]

resource containers 'Microsoft.Storage/storageAccounts/blobServices/containers@2024-01-01' = [
  for container in concat(others, isDefault ? [package] : []): {
    parent: blobs
    name: container
    properties: { publicAccess: 'None' }
  }
]

resource tiers 'Microsoft.Storage/storageAccounts/managementPolicies@2024-01-01' = {
  parent: account
  name: 'default'
  dependsOn: [blobs]
  properties: {
    policy: {
      rules: [
        {
          // Cool and Cold answer at once, as queries and the verifier need it; Archive would take hours.
          name: 'archive-cools-down'
          type: 'Lifecycle'
          enabled: true
          definition: {
            filters: { blobTypes: ['blockBlob'], prefixMatch: ['archive/region=', 'archive/overflow/'] }
            actions: {
              baseBlob: {
                tierToCool: { daysAfterModificationGreaterThan: 30 }
                tierToCold: { daysAfterModificationGreaterThan: 180 }
              }
            }
          }
        }
        {
          name: 'quarantine-ends'
          type: 'Lifecycle'
          enabled: true
          definition: {
            filters: { blobTypes: ['blockBlob'], prefixMatch: ['quarantine/'] }
            actions: { baseBlob: { delete: { daysAfterModificationGreaterThan: quarantineDays } } }
          }
        }
      ]
    }
  }
}

resource queueService 'Microsoft.Storage/storageAccounts/queueServices@2024-01-01' = if (isDefault) {
  parent: account
  name: 'default'
}

resource queues 'Microsoft.Storage/storageAccounts/queueServices/queues@2024-01-01' = [
  for queue in queueNames: if (isDefault) {
    parent: queueService
    name: queue
  }
]

resource grants 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for role in roles: {
    name: guid(account.id, principalId, role)
    scope: account
    properties: {
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role)
      principalId: principalId
      principalType: 'ServicePrincipal'
    }
  }
]

output name string = account.name
output packageUri string = '${account.properties.primaryEndpoints.blob}${package}'
