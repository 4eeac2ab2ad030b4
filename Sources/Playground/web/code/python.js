// Python: by the package `openai`, and where that no longer speaks the dialect, by `websockets`.

import { pythonLiteral, pythonString } from "./literals.js";
import { SCOPE, lines } from "./plan.js";

/** @typedef {import("./plan.js").Plan} Plan */

// What a function must not be called: what the language keeps for itself, and what the program uses.
const taken = (
  "False None True and as assert async await break class continue def del elif else except finally for from global " +
  "if import in is lambda nonlocal not or pass raise return try while with asyncio base64 json os sys wave openai " +
  "websockets DefaultAzureCredential session functions main open print str OSError"
).split(" ");

/** @param {Plan} plan @returns {string} */
export function python(plan) {
  const { audio, sound, signsIn, key, functions, isPreview } = plan;
  const definitions = named(functions);
  const isJSON = isPreview || functions.length > 0;
  const isOS = key && (isPreview || key !== "OPENAI_API_KEY");
  const imports = [
    "asyncio", audio && "base64", isJSON && "json", isOS && "os", "sys", audio && sound.isPCM && "wave",
  ];
  const packages = [isPreview ? "websockets" : '"openai[realtime]"', signsIn && "azure-identity"];
  return lines(
    `# pip install ${packages.filter(Boolean).join(" ")}`,
    `import ${imports.filter(Boolean).join(", ")}`,
    "",
    !isPreview && "import openai",
    "import websockets",
    signsIn && "from azure.identity import DefaultAzureCredential",
    "",
    plan.session && [`session = ${pythonLiteral(plan.session, "", "session = ".length)}`, ""],
    definitions.map(([, name]) => `\ndef ${name}(arguments):\n    return {"ok": True}  # fill in\n`),
    definitions.length > 0 && [
      `\nfunctions = {${definitions.map(([name, safe]) => `${pythonString(name)}: ${safe}`).join(", ")}}`, "",
    ],
    "",
    isPreview ? byWebsockets(plan) : byOpenAI(plan),
    "",
    "try:",
    "    asyncio.run(main())",
    "except (OSError, websockets.WebSocketException) as error:  # nobody there, a wrong key, a lost connection",
    "    sys.exit(str(error))",
  );
}

/** Within `if`, within `for`, within `with`. */
const deep = " ".repeat(16);

// Both wait for `session.created` before they send: who is not let in is told why, and should have ears for it.

/** @param {Plan} plan */
function byOpenAI(plan) {
  const { target, root, key, signsIn, audio, words, afterCall } = plan;
  const token = `DefaultAzureCredential().get_token(${pythonString(SCOPE)}).token`;
  const options = [
    root !== "https://api.openai.com/v1" && `base_url=${pythonString(root)}`,
    // The package finds OpenAI's key by itself.
    signsIn ? `api_key=${token}` : !key ? 'api_key="unused"'
      : key !== "OPENAI_API_KEY" && `api_key=os.environ["${key}"]`,
  ].filter(Boolean);
  const whole = `    client = openai.AsyncOpenAI(${options.join(", ")})`;
  return [
    "async def main():",
    key === "OPENAI_API_KEY" && `    # The ${target.credential} comes from the environment: OPENAI_API_KEY.`,
    whole.length > 110 ? ["    client = openai.AsyncOpenAI(", `        ${options.join(",\n        ")})`] : whole,
    `    async with client.realtime.connect(model=${pythonString(target.name)}) as connection:`,
    audio && '        audio = b""',
    "        async for event in connection:",
    '            if event.type == "session.created":',
    plan.session && "                await connection.session.update(session=session)",
    `                await connection.conversation.item.create(item=${pythonLiteral(plan.message, deep, 47)})`,
    "                await connection.response.create()",
    `            elif event.type == "${words}":`,
    '                print(event.delta, end="", flush=True)',
    audio && [`            elif event.type == "${audio}":`, "                audio += base64.b64decode(event.delta)"],
    '            elif event.type == "error":',
    "                sys.exit(event.error.message)",
    '            elif event.type == "response.done":',
    '                if event.response.status == "failed":',
    "                    sys.exit(event.response.status_details.error.message)",
    plan.functions.length > 0 && [
      '                calls = [item for item in event.response.output if item.type == "function_call"]',
      "                for call in calls:",
      "                    output = json.dumps(functions[call.name](json.loads(call.arguments)))",
      "                    await connection.conversation.item.create(item={",
      '                        "type": "function_call_output", "call_id": call.call_id, "output": output})',
      "                if calls:",
      `                    await connection.response.create(${afterCall ? `response=${pythonLiteral(afterCall)}` : ""})`,
      "                    continue",
    ],
    "                break",
    ending(plan),
  ];
}

/** @param {Plan} plan */
function byWebsockets(plan) {
  const { url, key, signsIn, audio, words, afterCall } = plan;
  return [
    "async def main():",
    `    url = ${pythonString(url)}`,
    signsIn && [
      `    token = DefaultAzureCredential().get_token(${pythonString(SCOPE)}).token`,
      '    headers = {"Authorization": f"Bearer {token}"}',
    ],
    key && `    headers = {"api-key": os.environ["${key}"]}`,
    `    async with websockets.connect(url${signsIn || key ? ", additional_headers=headers" : ""}) as socket:`,
    "        async def send(type, **fields):",
    '            await socket.send(json.dumps({"type": type, **fields}))',
    "",
    audio && '        audio = b""',
    "        async for message in socket:",
    "            event = json.loads(message)",
    '            if event["type"] == "session.created":',
    plan.session && '                await send("session.update", session=session)',
    `                await send("conversation.item.create", item=${pythonLiteral(plan.message, deep, 44)})`,
    '                await send("response.create")',
    `            elif event["type"] == "${words}":`,
    '                print(event["delta"], end="", flush=True)',
    audio && [`            elif event["type"] == "${audio}":`, '                audio += base64.b64decode(event["delta"])'],
    '            elif event["type"] == "error":',
    '                sys.exit(event["error"]["message"])',
    '            elif event["type"] == "response.done":',
    '                response = event["response"]',
    '                if response["status"] == "failed":',
    '                    sys.exit(response["status_details"]["error"]["message"])',
    plan.functions.length > 0 && [
      '                calls = [item for item in response["output"] if item["type"] == "function_call"]',
      "                for call in calls:",
      '                    output = json.dumps(functions[call["name"]](json.loads(call["arguments"])))',
      '                    await send("conversation.item.create", item={',
      '                        "type": "function_call_output", "call_id": call["call_id"], "output": output})',
      "                if calls:",
      `                    await send("response.create"${afterCall ? `, response=${pythonLiteral(afterCall)}` : ""})`,
      "                    continue",
    ],
    "                break",
    ending(plan),
  ];
}

/** @param {Plan} plan */
const ending = ({ audio, sound }) => [
  "    print()",
  audio && (sound.isPCM ? [
    '    with wave.open("answer.wav", "wb") as file:',
    "        file.setnchannels(1)",
    "        file.setsampwidth(2)",
    "        file.setframerate(24000)",
    "        file.writeframes(audio)",
  ] : [`    with open("${sound.file}", "wb") as file:  # ${sound.player}`, "        file.write(audio)"]),
  "",
];

/**
 * @param {string[]} functions
 * @returns {[name: string, safe: string][]} each with a name that Python allows, and no other has
 */
function named(functions) {
  const used = new Set(taken);
  return functions.map((name) => {
    let safe = name.replace(/\W/g, "_").replace(/^(?=\d|$)/, "_");
    while (used.has(safe)) safe += "_";
    used.add(safe);
    return [name, safe];
  });
}
