"""A WebSocket without a Realtime client, to send what no client would."""

import asyncio
import contextlib
import json

import websockets

import validator
from dialect import KEY, MARKER, PATHS
from talk import PATIENCE, Talk


class Connection:
    """As much of a stock client's connection as `Talk` needs."""

    def __init__(self, socket):
        self.socket = socket

    async def recv_bytes(self):
        return await self.socket.recv(decode=False)

    async def recv(self):
        await self.recv_bytes()

    async def send(self, event):
        await self.socket.send(json.dumps(event))


def dial(server, path, headers=None, subprotocols=None, name="127.0.0.1", **options):
    """A WebSocket, or `InvalidStatus` with the server's refusal; `name` is what the client calls the server."""
    return websockets.connect(
        f"ws://{name}:{server.port}{path}",
        host="127.0.0.1",
        additional_headers={**MARKER, **(headers or {})},
        subprotocols=subprotocols,
        max_size=None,
        **options,
    )


async def receive(socket):
    """The next event."""
    event = json.loads(await asyncio.wait_for(socket.recv(), PATIENCE))
    validator.check(event)
    return event


@contextlib.asynccontextmanager
async def talking_plainly(server, way):
    async with dial(server, PATHS[way], {"api-key": KEY}) as socket:
        talk = Talk(Connection(socket), way)
        await talk.until("session.created")
        yield talk
        await talk.finish()
