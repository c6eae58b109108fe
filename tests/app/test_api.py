"""The endpoint /colorize, and the guard that keeps it from reading the server's own files."""

import asyncio
import base64
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from mcp import ClientSession
from mcp.client.streamable_http import streamable_http_client
from mcp.types import TextContent
from PIL import Image

from colorizer import Colorizer, Hint, Photo
from colorizer.checkpoint import file_name
from colorizer.hints import as_json


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


def test_hints_are_followed_as_the_library_follows_them(
    client: Client, photo: Path, checkpoints: Path
) -> None:
    opened = Photo.open(photo)
    hints = [Hint(opened.width / 2, opened.height / 3, rgb=(0, 90, 160), radius=3)]
    _, plain, *_ = colorize(client, handle_file(photo))
    _, file, _ = client.predict(
        handle_file(photo), "batchnorm", 10, 1, 0.6, as_json(hints, opened), api_name="/colorize"
    )
    network = Colorizer.from_checkpoint(checkpoints / "batchnorm" / file_name(10))
    found = np.array(Image.open(file))
    assert (found == network.colorize(opened, temperature=0.6, hints=hints).rgb).all()
    assert (found != plain).any()
    with pytest.raises(AppError, match="have to be a file of JSON"):
        client.predict(handle_file(photo), hints="blue", api_name="/colorize")


def test_many_checkpoints_are_compared(client: Client, photo: Path) -> None:
    sheet, cells = client.predict(
        handle_file(photo), " dropout,baseline ", "1, 10", api_name="/compare_epochs"
    )
    named = [(cell["variant"], cell["epoch"]) for cell in cells]
    assert named == [("baseline", 1), ("baseline", 10), ("dropout", 1), ("dropout", 10)]
    assert len({cell["colourfulness"] for cell in cells}) == 4
    assert all(0 <= cell["sepia"] <= 1 for cell in cells)
    with Image.open(sheet) as picture:  # two rows and two columns of 256 x 171
        assert 512 < picture.width < 560
        assert 2 * 171 < picture.height < 420
    _, everything = client.predict(handle_file(photo), api_name="/compare_epochs")
    assert len(everything) == 12


def test_checkpoints_and_uncertainties_follow_hints(client: Client, photo: Path) -> None:
    opened = Photo.open(photo)
    hints = as_json([Hint(opened.width / 2, opened.height / 3, rgb=(0, 90, 160))], opened)
    asked = handle_file(photo), "rebalanced", "1, 10"
    sheet, cells = client.predict(*asked, api_name="/compare_epochs")
    followed, others = client.predict(*asked, hints, api_name="/compare_epochs")
    assert (np.array(Image.open(sheet)) != np.array(Image.open(followed))).any()
    assert [cell["colourfulness"] for cell in cells] != [cell["colourfulness"] for cell in others]
    *_, numbers = client.predict(*asked[:2], 10, 1, api_name="/uncertainty")
    *_, surer = client.predict(*asked[:2], 10, 1, hints=hints, api_name="/uncertainty")
    assert surer["radius"] < numbers["radius"]
    for endpoint in ("/compare_epochs", "/uncertainty"):
        with pytest.raises(AppError, match="have to be a file of JSON"):
            client.predict(handle_file(photo), hints="blue", api_name=endpoint)


def test_alternatives_are_pictures_to_go_on_from(client: Client, photo: Path) -> None:
    asked = handle_file(photo), "rebalanced", 10
    pictures, found = client.predict(*asked, 2, api_name="/alternatives")
    assert sorted(one["index"] for one in found) == [0, 1]
    assert found[0]["likelihood"] >= found[1]["likelihood"]
    first = Image.open(pictures[0]["image"])
    assert first.size == Image.open(photo).size
    _, again, _ = client.predict(*asked, hints=json.dumps(found[0]["hints"]), api_name="/colorize")
    assert (np.array(Image.open(again)) == np.array(first)).all()
    for words, sentence in (
        (("batchnorm", 10, 2), "names one colour"),
        ((*asked[1:], 99), "count must be"),
    ):
        with pytest.raises(AppError, match=sentence):
            client.predict(asked[0], *words, api_name="/alternatives")


@pytest.mark.parametrize(
    ("variants", "epochs", "sentence"),
    [
        ("sepia", "", "no variant 'sepia'; choose"),
        ("baseline", "ten", "whole numbers separated by commas"),
        ("baseline", "3", "at least one variant and one epoch"),
    ],
)
def test_a_comparison_of_nothing_is_refused(client, photo, variants, epochs, sentence) -> None:
    with pytest.raises(AppError, match=sentence):
        client.predict(handle_file(photo), variants, epochs, api_name="/compare_epochs")


def test_the_endpoints_are_described(client: Client) -> None:
    described: Any = client.view_api(return_format="dict")
    assert {*described["named_endpoints"]} == {
        "/colorize",
        "/alternatives",
        "/compare_epochs",
        "/uncertainty",
    }
    for endpoint in described["named_endpoints"].values():
        assert endpoint["description"]
        photo, *others = endpoint["parameters"]
        assert photo["parameter_name"] == "photo"
        assert all(one["parameter_has_default"] for one in others)


def test_the_endpoints_are_tools_of_a_language_model(url: str, photo: Path) -> None:
    data = "data:image/png;base64," + base64.b64encode(photo.read_bytes()).decode()

    async def talk() -> tuple[list, list]:
        address = f"{url}gradio_api/mcp/"
        async with (
            streamable_http_client(address) as (read, write, _),
            ClientSession(read, write) as session,
        ):
            await session.initialize()
            tools = (await session.list_tools()).tools
            asked = [
                {"photo": data, "variant": "dropout", "epoch": 2},
                {"photo": data, "variant": "sepia", "epoch": 2},
                {"photo": str(photo), "variant": "dropout", "epoch": 2},
            ]
            return tools, [await session.call_tool("colorize", values) for values in asked]

    with ThreadPoolExecutor(1) as thread:  # the browser's tests have a loop in this one
        tools, (good, bad, outside) = thread.submit(asyncio.run, talk()).result()
    assert {tool.name for tool in tools} == {
        "colorize",
        "alternatives",
        "compare_epochs",
        "uncertainty",
    }
    for tool in tools:
        assert tool.description
        properties = tool.inputSchema["properties"]
        assert all(one["description"] for one in properties.values())
        assert tool.inputSchema["required"] == ["photo"]

    def words(answer) -> str:
        return " ".join(part.text for part in answer.content if isinstance(part, TextContent))

    assert not good.isError
    assert "dropout-epoch-002.png" in words(good)
    assert bad.isError
    assert "no variant 'sepia'" in words(bad)
    assert outside.isError


def test_a_file_that_is_no_picture_gets_one_sentence(client: Client, tmp_path: Path) -> None:
    text = tmp_path / "photo.png"
    text.write_text("not a picture")
    with pytest.raises(AppError, match="not a picture that can be read"):
        colorize(client, handle_file(text))


def test_pictures_of_the_server_cannot_be_read(client: Client, photo: Path) -> None:
    with pytest.raises(AppError, match="drop it on the page again"):
        colorize(client, {"path": str(photo)})


def test_a_broken_checkpoint_colours_nothing(
    checkpoints: Path, tmp_path: Path, photo, serve
) -> None:
    folder = tmp_path / "baseline"
    folder.mkdir()
    whole = (checkpoints / "baseline" / file_name(1)).read_bytes()
    (folder / file_name(1)).write_bytes(whole[: len(whole) // 2])
    with pytest.raises(AppError, match="cut short or damaged"):
        colorize(Client(serve(tmp_path), verbose=False), handle_file(photo), "baseline", 1)
