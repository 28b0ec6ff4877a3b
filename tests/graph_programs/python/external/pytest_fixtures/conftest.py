import pytest


class Client:
    def get(self, path):
        return path


@pytest.fixture
def client():
    return Client()


@pytest.fixture(scope="session")
def opened(client):
    client.get("/open")
    yield client
