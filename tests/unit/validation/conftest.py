"""A ground on which tests are really run."""

from collections.abc import Iterator

import pytest

from tests.fakes.proving_ground import ProvingGround


@pytest.fixture(scope="session")
def ground() -> Iterator[ProvingGround]:
    ground = ProvingGround()
    yield ground
    ground.close()
