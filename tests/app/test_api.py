"""The endpoint /colorize, and the guard that keeps it from reading the server's own files."""

from pathlib import Path

import numpy as np
import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from PIL import Image

import app
from colorizer.checkpoint import file_name


@pytest.fixture(scope="module")
def client(url: str) -> Client:
    return Client(url, verbose=False)


def colorize(client: Client, photo: object, variant: str = "batchnorm", epoch=10, samples=1):
    grayscale, colorized, numbers = client.predict(
        photo, variant, epoch, samples, api_name="/colorize"
    )
    pictures = [np.array(Image.open(path)) for path in (grayscale, colorized)]
    return *pictures, numbers, Path(colorized).name


def test_variant_and_epoch_change_the_colours_alone(client: Client, photo: Path) -> None:
    original = np.array(Image.open(photo))
    grayscale, colorized, numbers, name = colorize(client, handle_file(photo))
    assert grayscale.shape == colorized.shape == original.shape
    assert (grayscale[..., 0] == grayscale[..., 1]).all()
    assert numbers["result"]["colourfulness"] > 0
    assert name == "my-coffee-batchnorm-epoch-010.png"
    for variant, epoch in [("baseline", 10), ("batchnorm", 2)]:
        same, other, *_ = colorize(client, handle_file(photo), variant, epoch)
        assert (same == grayscale).all()
        assert (other != colorized).any()


def test_samples_are_for_dropout_alone(client: Client, photo: Path) -> None:
    _, one, *_ = colorize(client, handle_file(photo), "dropout", 10, 1)
    _, four, _, name = colorize(client, handle_file(photo), "dropout", 10, 4)
    assert (one != four).any()
    assert name == "my-coffee-dropout-epoch-010-4-samples.png"
    with pytest.raises(AppError, match="no dropout layers"):
        colorize(client, handle_file(photo), "baseline", 10, 4)


@pytest.mark.parametrize(
    ("variant", "epoch", "sentence"),
    [("sepia", 10, "no variant 'sepia'; choose"), ("baseline", 3, "no checkpoint of epoch 3")],
)
def test_unknown_settings_are_named(client: Client, photo, variant, epoch, sentence) -> None:
    with pytest.raises(AppError, match=sentence):
        colorize(client, handle_file(photo), variant, epoch)


def test_a_file_that_is_no_picture_gets_one_sentence(client: Client, tmp_path: Path) -> None:
    text = tmp_path / "photo.png"
    text.write_text("not a picture")
    with pytest.raises(AppError, match="not a picture that can be read"):
        colorize(client, handle_file(text))


def test_pictures_of_the_server_cannot_be_read(client: Client, photo: Path) -> None:
    with pytest.raises(AppError, match="drop it on the page again"):
        colorize(client, {"path": str(photo)})


def test_a_broken_checkpoint_colours_nothing(checkpoints: Path, tmp_path: Path, photo) -> None:
    folder = tmp_path / "baseline"
    folder.mkdir()
    whole = (checkpoints / "baseline" / file_name(1)).read_bytes()
    (folder / file_name(1)).write_bytes(whole[: len(whole) // 2])
    demo = app.build_demo(tmp_path)
    try:
        _, address, _ = demo.launch(**app.LAUNCH, prevent_thread_lock=True, quiet=True)
        with pytest.raises(AppError, match="cut short or damaged"):
            colorize(Client(address, verbose=False), handle_file(photo), "baseline", 1)
    finally:
        demo.close()
