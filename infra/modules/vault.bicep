// The secrets of the app. The template makes no secret: their values never stand in a deployment.

@minLength(3)
@maxLength(24)
param name string

param location string

@description('Principal of the app\'s identity: it may read secrets and nothing else.')
param principalId string

@description('Keeps the vault from being purged before its time. Can not be taken back.')
param purgeProtection bool

param tags object

var secretsUser = '4633458b-17de-408a-b874-0445c86b69e6'

resource vault 'Microsoft.KeyVault/vaults@2023-07-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    tenantId: tenant().tenantId
    sku: { family: 'A', name: 'standard' }
    enableRbacAuthorization: true
    enableSoftDelete: true
    softDeleteRetentionInDays: purgeProtection ? 90 : 7
    // The service takes true or nothing.
    enablePurgeProtection: purgeProtection ? true : null
  }
}

resource grant 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(vault.id, principalId, secretsUser)
  scope: vault
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', secretsUser)
    principalId: principalId
    principalType: 'ServicePrincipal'
  }
}

output uri string = vault.properties.vaultUri
