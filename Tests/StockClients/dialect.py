"""What the installed client speaks: GA for a current openai package, preview for 1.99.9 (protocol.md B.1)."""

import openai

KEY = "test-key-0123456789"
IS_GA = not openai.__version__.startswith("1.")
MODEL = "gpt-realtime" if IS_GA else "gpt-4o-realtime-preview"
# The two ways in, OpenAI's and Azure's, for who has no stock client (protocol.md A.1).
AZURE = "v1/realtime?model=" if IS_GA else "realtime?api-version=2024-10-01-preview&deployment="
PATHS = {"openai": f"/v1/realtime?model={MODEL}", "azure": f"/openai/{AZURE}{MODEL}"}
# On /v1/realtime the preview dialect has to be asked for.
MARKER = {} if IS_GA else {"OpenAI-Beta": "realtime=v1"}


def stock_client(way, port, key=KEY, **query):
    """The client's own context manager of a connection, as its documentation shows it."""
    address = f"127.0.0.1:{port}"
    if IS_GA and way == "openai":
        client = openai.AsyncOpenAI(api_key=key, base_url=f"http://{address}/v1")
        return client.realtime.connect(model=MODEL, extra_query=query)
    if IS_GA:
        client = openai.AsyncOpenAI(api_key=key, base_url=f"http://{address}/openai/v1")
        return client.realtime.connect(model=MODEL, extra_query=query, extra_headers={"api-key": key})
    # This version would make wss out of base_url; websocket_base_url is its option for anything else.
    if way == "openai":
        client = openai.AsyncOpenAI(api_key=key, websocket_base_url=f"ws://{address}/v1")
    else:
        client = openai.AsyncAzureOpenAI(
            api_key=key,
            azure_endpoint=f"http://{address}",
            api_version="2024-10-01-preview",
            websocket_base_url=f"ws://{address}/openai",
        )
    return client.beta.realtime.connect(model=MODEL, extra_query=query)


def common(event_type):
    """The GA name of an event that differs only in name; the tests use this one."""
    for kind in ("text", "audio", "audio_transcript"):
        if event_type in (f"response.{kind}.delta", f"response.{kind}.done"):
            return event_type.replace("response.", "response.output_")
    return event_type


ITEM_ADDED = "conversation.item.added" if IS_GA else "conversation.item.created"
LIMIT = "max_output_tokens" if IS_GA else "max_response_output_tokens"
TEXT, AUDIO = ("output_text", "output_audio") if IS_GA else ("text", "audio")


def modality(kind):
    """The parameter of a response that is to be written ("text") or spoken ("audio")."""
    if IS_GA:
        return {"output_modalities": [kind]}
    return {"modalities": ["text"] if kind == "text" else ["audio", "text"]}


def session(**settings):
    """A session.update's session from settings with flat names."""
    if not IS_GA:
        flat = {
            "transcription": "input_audio_transcription",
            "noise_reduction": "input_audio_noise_reduction",
            "input_format": "input_audio_format",
            "output_format": "output_audio_format",
        }
        return {flat.get(name, name): value for name, value in settings.items()}
    names = {"input_format": "format"} | {name: name for name in ("transcription", "turn_detection", "noise_reduction")}
    audio = {"input": {names[name]: settings.pop(name) for name in list(settings) if name in names}}
    if "output_format" in settings:
        audio["output"] = {"format": settings.pop("output_format")}
    return {"type": "realtime", "audio": audio, **settings}


PCM16, MU_LAW = ({"type": "audio/pcm", "rate": 24000}, {"type": "audio/pcmu"}) if IS_GA else ("pcm16", "g711_ulaw")
