"""Fixtures. Server and models are real, the clients are those that their packages ship."""

import pytest

from dialect import KEY, PATHS
from server import Server


@pytest.fixture(scope="session")
def recordings(tmp_path_factory):
    """Where the server writes down each session of this run."""
    return tmp_path_factory.mktemp("recordings")


@pytest.fixture(scope="session")
def server(tmp_path_factory, recordings):
    """One server for all sessions of this run, with a key."""
    server = Server(tmp_path_factory.mktemp("server"), "--api-key", KEY, "--record", str(recordings))
    server.wait_for(r"Ready\.")
    yield server
    assert server.stop() == 0


@pytest.fixture(params=PATHS)
def way(request):
    """How the client comes in: as OpenAI's users do, or as Azure's."""
    return request.param


def pytest_collection_modifyitems(items):
    # What looks back on all sessions of this run comes last.
    items.sort(key=lambda item: item.path.stem == "test_recordings")
