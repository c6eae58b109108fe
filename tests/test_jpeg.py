"""A JPEG that lacks only its end marker is read; one that lacks more is damaged."""

import io

import numpy as np
import pytest
from PIL import Image
from skimage import data

from colorizer import PhotoError
from colorizer.jpeg import completed
from colorizer.reading import decode, read_photo


def encoded(**options) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(data.coffee()[:200, :300]).save(buffer, "JPEG", quality=90, **options)
    return buffer.getvalue()


@pytest.mark.parametrize("missing", [1, 2])
@pytest.mark.parametrize("progressive", [False, True])
def test_a_missing_end_is_no_damage(progressive, missing, tmp_path):
    whole = encoded(progressive=progressive)
    path = tmp_path / "photo.jpg"
    path.write_bytes(whole[:-missing])
    for source in (path, whole[:-missing], io.BytesIO(whole[:-missing])):
        np.testing.assert_array_equal(read_photo(source), read_photo(whole))


@pytest.mark.parametrize("missing", [4, 5, 12, 100, 3000])
def test_missing_pixels_are_damage(missing):
    cut = encoded()[:-missing]
    assert completed(cut) is None
    with pytest.raises(PhotoError, match="damaged"):
        decode(cut)
