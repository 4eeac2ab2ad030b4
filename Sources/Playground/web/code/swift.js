// Swift, with this repository's SDK: event by event, so that any setting can be sent as it is.

import { swiftLiteral, swiftString } from "./literals.js";
import { lines } from "./plan.js";

/** @typedef {import("./plan.js").Plan} Plan */

/** @param {Plan} plan @returns {string} */
export function swift(plan) {
  const { session, audio, sound, functions, signsIn, afterCall } = plan;
  const next = { type: "response.create", ...(afterCall && { response: afterCall }) };
  const create = { type: "conversation.item.create", item: plan.message };
  const products = signsIn ? ", RealtimeProtocol and AzureIdentity" : " and RealtimeProtocol";
  return lines(
    '// Package.swift: .package(url: "https://github.com/vivavoce/vivavoce.git", from: "0.1.0", traits: [])',
    `// with its products RealtimeClient${products}. This is main.swift.`,
    signsIn && "import AzureIdentity",
    "import Foundation",
    "import RealtimeClient",
    "import RealtimeProtocol",
    "",
    session && [`let session: JSONValue = ${swiftLiteral(session, "", 25)}`, ""],
    functions.length > 0 && [
      "let functions: [String: (_ arguments: JSONValue) -> JSONValue] = [  // fill in",
      functions.map((name) => `    ${swiftString(name)}: { arguments in ["ok": true] },`),
      "]", "",
    ],
    "func fail(_ message: String) -> Never {",
    '    FileHandle.standardError.write(Data("\\(message)\\n".utf8))',
    "    exit(1)",
    "}",
    "",
    "do {",
    connect(plan),
    audio && "    var audio = Data()",
    "    events: for try await event in connection.events {",
    "        switch event.body {",
    // Who is not let in is told why, and should have ears for it; so nothing is sent before.
    "        case .sessionCreated:",
    session && '            try await connection.send(json: ["type": "session.update", "session": session])',
    `            try await connection.send(json: ${swiftLiteral(create, " ".repeat(12), 33)})`,
    '            try await connection.send(json: ["type": "response.create"])',
    `        case .responseOutput${audio ? "AudioTranscript" : "Text"}Delta(let words):`,
    '            print(words.delta, terminator: "")',
    "            fflush(nil)",
    audio && "        case .responseOutputAudioDelta(let piece): audio += Data(base64Encoded: piece.delta) ?? Data()",
    "        case .error(let event): fail(event.error.message)",
    "        case .responseDone(let event):",
    "            if event.response.status == .failed {",
    '                fail(event.response.statusDetails?.error?.message ?? "The response failed.")',
    "            }",
    functions.length > 0 && [
      "            var isCalled = false",
      "            for case .functionCall(let id, let name, let arguments) in event.response.output.map(\\.body) {",
      "                guard let function = functions[name] else { continue }",
      "                let output = function(try JSONValue(parsing: arguments)).text",
      "                let item = Item(id: nil, body: .functionCallOutput(callID: id, output: output))",
      "                try await connection.send(ClientEvent(.conversationItemCreate(ConversationItemCreate(item: item))))",
      "                isCalled = true",
      "            }",
      "            if isCalled {",
      `                try await connection.send(json: ${swiftLiteral(next)})`,
      "                continue",
      "            }",
    ],
    "            break events",
    "        default: break",
    "        }",
    "    }",
    "    print()",
    audio && `    try audio.write(to: URL(filePath: "${sound.file}"))  // ${sound.player}`,
    "    await connection.close()",
    "} catch {",
    '    fail("\\(error)")',
    "}",
  );
}

/** @param {Plan} plan */
function connect({ target, key, signsIn, isPreview }) {
  const { service, name, endpoint, apiVersion } = target;
  const place = service === "openai"
    ? [`model: ${swiftString(name)}`, endpoint !== "https://api.openai.com" && `endpoint: ${swiftString(endpoint)}`]
    : [`endpoint: ${swiftString(endpoint)}`, `deployment: ${swiftString(name)}`,
      isPreview && `apiVersion: ${swiftString(apiVersion || "2025-04-01-preview")}`];
  const credential = signsIn ? ".token(DefaultAzureCredential())"
    : key && `.key(ProcessInfo.processInfo.environment["${key}"] ?? "")`;
  const kind = service === "openai" ? "openAI" : "azure";
  return [
    "    let connection = try await RealtimeConnection.connect(",
    `        to: .${kind}(${place.filter(Boolean).join(", ")})${credential ? "," : ")"}`,
    credential && `        credential: ${credential})`,
  ];
}
