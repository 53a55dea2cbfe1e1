// The Functions app on Flex Consumption.

param name string
param location string

@description('The app\'s user-assigned identity.')
param identityName string

@description('Container from which the platform takes the app.')
param packageUri string

@description('The settings, by name; see the README of the repository. In values {clientId} stands for that of the identity.')
param settings object

@description('Most instances at once.')
@minValue(40)
@maxValue(1000)
param maximumInstances int

@allowed([512, 2048, 4096])
param instanceMemoryMB int

@description('Requests that one instance answers at a time before another is started.')
@minValue(1)
@maxValue(1000)
param requestsPerInstance int

@description('Instances for requests that are kept warm.')
@minValue(0)
param alwaysReady int

param tags object

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' existing = {
  name: identityName
}

resource plan 'Microsoft.Web/serverfarms@2024-04-01' = {
  name: '${name}-plan'
  location: location
  tags: tags
  kind: 'functionapp'
  sku: { tier: 'FlexConsumption', name: 'FC1' }
  properties: { reserved: true }
}

resource app 'Microsoft.Web/sites@2024-04-01' = {
  name: name
  location: location
  tags: tags
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identity.id}': {} }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    // References to the vault are read by the app's identity.
    keyVaultReferenceIdentity: identity.id
    siteConfig: {
      minTlsVersion: '1.2'
      ftpsState: 'Disabled'
      appSettings: [
        for setting in items(settings): {
          name: setting.key
          value: replace(setting.value, '{clientId}', identity.properties.clientId)
        }
      ]
    }
    functionAppConfig: {
      runtime: { name: 'dotnet-isolated', version: '10.0' }
      deployment: {
        storage: {
          type: 'blobContainer'
          value: packageUri
          authentication: { type: 'UserAssignedIdentity', userAssignedIdentityResourceId: identity.id }
        }
      }
      scaleAndConcurrency: {
        maximumInstanceCount: maximumInstances
        instanceMemoryMB: instanceMemoryMB
        alwaysReady: alwaysReady == 0 ? [] : [{ name: 'http', instanceCount: alwaysReady }]
        triggers: { http: { perInstanceConcurrency: requestsPerInstance } }
      }
    }
  }
}

// Deployments come with a token; passwords for them are switched off.
resource noFtpPasswords 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-04-01' = {
  parent: app
  name: 'ftp'
  properties: { allow: false }
}

resource noScmPasswords 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-04-01' = {
  parent: app
  name: 'scm'
  properties: { allow: false }
}

output hostName string = app.properties.defaultHostName
