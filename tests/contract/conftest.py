"""What contracts are held against: fakes always, the real thing where there is one."""

import pytest

from tests.fakes.cluster.world import ClusterWorld


@pytest.fixture(params=["fake", pytest.param("real", marks=pytest.mark.cluster)])
def world(request: pytest.FixtureRequest) -> ClusterWorld:
    """A namespace of a cluster."""
    found: ClusterWorld = request.getfixturevalue(f"{request.param}_cluster")
    return found
