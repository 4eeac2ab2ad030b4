// Azure OpenAI without a key.

import AzureIdentity
import RealtimeClient

// snippet.show
let service = RealtimeService.azure(endpoint: "https://example.openai.azure.com", deployment: "gpt-realtime")
let session = try await RealtimeSession.connect(to: service, credential: .token(DefaultAzureCredential()))
print(session.requestID)
await session.close()
