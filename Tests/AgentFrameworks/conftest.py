"""Fixtures. Server and models are real; the clients are agent frameworks, told nothing but where the server is."""

import logging

import pytest

from server import Server

KEY = "test-key-0123456789"


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """One server for all sessions of this run, with a key."""
    server = Server(tmp_path_factory.mktemp("server"), "--api-key", KEY)
    server.wait_for(r"Ready\.")
    yield server
    assert server.stop() == 0


@pytest.fixture
def key():
    return KEY


@pytest.fixture(autouse=True)
def no_complaints(caplog):
    """What a framework logs as an error is one."""
    yield
    complaints = [record for record in caplog.get_records("call") if record.levelno >= logging.ERROR]
    assert not complaints, [record.getMessage() for record in complaints]
