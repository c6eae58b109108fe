"""Every picture the page makes says that its colours are synthetic, and is there whole or not."""

from pathlib import Path

from gradio.utils import get_upload_folder
from PIL import ExifTags, Image
from visitor import Visitor, settings, small_photo

from interface.engine.files import fingerprint
from interface.engine.settings import Settings


def note(path: Path) -> str:
    with Image.open(path) as picture:
        exif = picture.getexif().get(ExifTags.Base.ImageDescription)
        return str(picture.info.get("Description", exif))


def test_whatever_is_made_of_a_photo_carries_the_note(url: str) -> None:
    visitor = Visitor(url)
    photo = visitor.upload(small_photo(), "notes.png")
    assert "error" not in visitor.ask("refresh", photo)
    for event in ("draw", "roll", "sample", "compare", "paint_story"):
        assert "error" not in visitor.ask(event, photo), event
    for event in ("colorize", "compare_epochs", "uncertainty"):
        assert "error" not in visitor.ask(event, photo, settings(event)), event
    folder = Path(get_upload_folder()) / "colorizer" / fingerprint(Path(photo["path"]))
    made = {path.name: note(path) for path in folder.iterdir()}
    grey = {name: text for name, text in made.items() if "-grayscale." in name}
    assert grey == dict.fromkeys(
        ("notes-grayscale.png", "story-grayscale.jpg"), "The lightness of the photo."
    )
    coloured = {name: text for name, text in made.items() if name not in grey}
    assert all(text.startswith("Synthetic colours by Colorizer") for text in coloured.values()), (
        made
    )
    assert made["notes-batchnorm-epoch-010.png"] == (
        "Synthetic colours by Colorizer, batchnorm · epoch 10."
    )
    kinds = (
        "-cell.jpg",
        "-640.jpg",
        ".webp",
        "-checkpoints.png",
        "-mean-2.png",
        "-uncertainty-2.png",
        "-sample-1.jpg",
        "-step.jpg",
    )
    for kind in kinds:
        assert any(name.endswith(kind) for name in coloured), kind
    assert not [name for name in made if name.startswith(".")]  # nothing half written


def test_settings_have_a_file_name_for_each() -> None:
    chosen = [
        Settings("dropout", 1),
        Settings("dropout", 2),
        Settings("dropout", 1, 4),
        Settings("dropout", 1, 4, medoid=True),
        Settings("dropout", 1, temperature=0.3),
    ]
    assert [settings.file_stem for settings in chosen] == [
        "dropout-epoch-001",
        "dropout-epoch-002",
        "dropout-epoch-001-4-samples",
        "dropout-epoch-001-4-samples-medoid",
        "dropout-epoch-001-temperature-0.3",
    ]
