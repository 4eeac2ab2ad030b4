"""Ways in and refusals (protocol.md A.1 to A.3), with a WebSocket that is no Realtime client."""

import json
from urllib.parse import quote

import pytest
import websockets

from dialect import IS_GA, KEY, MODEL, PATHS
from plain import dial, receive

BEARER = f"Bearer {KEY}"


async def refusal(server, path, **options):
    """Of /v1/realtime: 101, an error, and the end. Of Azure's paths: status and body."""
    try:
        async with dial(server, path, **options) as socket:
            error = (await receive(socket))["error"]
            await socket.wait_closed()
            return socket.close_code, socket.close_reason, error
    except websockets.InvalidStatus as invalid:
        return invalid.response.status_code, json.loads(invalid.response.body)["error"]


@pytest.mark.parametrize(
    "query, headers, subprotocol",
    [
        ("", {"Authorization": BEARER}, None),
        ("", {"authorization": f"bearer {KEY}"}, None),
        ("", {"API-Key": KEY}, None),
        ("", {"api-key": KEY, "Authorization": BEARER, "OpenAI-Organization": "org", "requestId": "1"}, None),
        (f"&api-key={KEY}", {}, None),
        (f"&Authorization={quote(BEARER)}", {}, None),
        ("", {}, f"openai-insecure-api-key.{KEY}"),
    ],
)
async def test_keys(server, way, query, headers, subprotocol):
    offered = ["realtime", subprotocol, "openai-project.p"] if subprotocol else None
    async with dial(server, PATHS[way] + query, headers, offered) as socket:
        assert (await receive(socket))["type"] == "session.created"
        assert socket.subprotocol == ("realtime" if offered else None)


async def test_a_slash_at_the_end_and_a_request_id(server, way):
    path = PATHS[way].replace("realtime?", "realtime/?")
    async with dial(server, path, {"api-key": KEY, "x-ms-client-request-id": "abc-1"}) as socket:
        assert (await receive(socket))["type"] == "session.created"
        assert socket.response.headers["x-ms-client-request-id"] == "abc-1"


async def test_a_subprotocol_chooses_the_dialect(server):
    offered = ["realtime", f"openai-insecure-api-key.{KEY}"] + ["openai-beta.realtime-v1"] * (not IS_GA)
    async with websockets.connect(f"ws://127.0.0.1:{server.port}{PATHS['openai']}", subprotocols=offered) as socket:
        assert ("audio" in (await receive(socket))["session"]) == IS_GA


async def test_a_wrong_key(server, way):
    for options in ({"headers": {"api-key": KEY + "x"}}, {"headers": {"Authorization": "Bearer nope"}}):
        answer = await refusal(server, PATHS[way], **options)
        if way == "azure":
            status, error = answer
            assert (status, error["code"]) == (401, "401") and error["message"].startswith("Access denied")
        else:
            code, reason, error = answer
            assert (code, reason) == (3000, "invalid_request_error.invalid_api_key")
            assert error["code"] == "invalid_api_key" and "nope" not in error["message"]
            assert error["message"].startswith("Incorrect API key provided: ")


async def test_no_key(server, way):
    answer = await refusal(server, PATHS[way])
    if way == "azure":
        assert answer[0] == 401
    else:
        assert answer[:2] == (3000, "invalid_request_error") and answer[2]["code"] is None
        assert answer[2]["message"] == "Missing bearer or basic authentication in header"


async def test_an_unknown_model(server, way):
    path = PATHS[way].replace(MODEL, "gpt-4")
    answer = await refusal(server, path, headers={"api-key": KEY})
    if way == "azure":
        assert (answer[0], answer[1]["code"]) == (404, "DeploymentNotFound")
    else:
        assert answer[:2] == (4000, "invalid_request_error.invalid_model")
        assert answer[2]["message"].startswith('Model "gpt-4" is not supported in realtime mode')


async def test_no_model(server, way):
    path, _, query = PATHS[way].partition("?")
    kept = "&".join(pair for pair in query.split("&") if pair.startswith("api-version"))
    answer = await refusal(server, f"{path}?{kept}", headers={"api-key": KEY})
    if way == "azure":
        assert answer[0] == 400
    else:
        assert answer[:2] == (4000, "invalid_request_error.missing_model")
        assert answer[2]["message"].startswith("You must provide a model parameter, for example ws")


async def test_the_api_version(server):
    """Azure's preview path needs one, its GA path must have none."""
    path = PATHS["azure"] + "&api-version=2024-10-01-preview" if IS_GA else PATHS["azure"].replace("api-version", "v")
    assert (await refusal(server, path, headers={"api-key": KEY}))[0] == 400


async def test_unknown_paths(server):
    for path in ("/real", "/realtime", "/v1/realtimes?model=gpt-realtime", "/openai/deployments/x/realtime"):
        status, error = await refusal(server, path, headers={"api-key": KEY})
        assert (status, error["code"]) == (404, "unknown_url"), path
        assert server.get(path, **{"api-key": KEY})[0] == 404


def test_a_plain_get(server, way):
    status, body = server.get(PATHS[way], **{"api-key": KEY})
    assert status in (400, 426) and json.loads(body)["error"]["message"]
