using 'main.bicep'

param name = 'trailgatedv'
param storageSku = 'Standard_LRS'
param retentionDays = 1
param quarantineDays = 14
param purgeProtection = false

// 'trailgate access-key new sender --scopes ingest,read' prints a key once, and this hash of it.
param accessKeys = [
  {
    name: 'sender'
    hash: readEnvironmentVariable('TRAILGATE_SENDER_HASH')
    scopes: 'ingest,read'
  }
]
