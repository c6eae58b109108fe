"""Fixtures for all tests."""

import pytest
from skimage import data

COLOUR_PHOTOS = ["astronaut", "chelsea", "coffee", "rocket"]


@pytest.fixture(params=COLOUR_PHOTOS)
def skimage_photo(request):
    """(H, W, 3) uint8: each of the colour photographs that come with scikit-image."""
    return getattr(data, request.param)()
