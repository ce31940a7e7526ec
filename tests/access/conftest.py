import pytest

from tests.access.scene import Scene, build_scene
from tests.world import World, world  # noqa: F401


@pytest.fixture
def scene(world: World) -> Scene:  # noqa: F811
    return build_scene(world)
