"""`python -m train publish`: checkpoints to a model repository of the Hub, the app to a Space, or
the page for browsers to a static Space.

Everything is laid out in a temporary folder first; a dry run lists it and stops there.
"""

import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from huggingface_hub import CommitInfo, HfApi, ModelCardData
from huggingface_hub.errors import HfHubHTTPError, HTTPError  # pyright: ignore

from colorizer.checkpoint import CheckpointError, list_checkpoints, load_checkpoint
from colorizer.hub import CHECKPOINTS, LOCAL, hub_api
from train import TrainError
from train.flags import flag
from train.recorder import HISTORY_FILE
from train.release.card import CARD_FILE

ROOT = Path(__file__).resolve().parents[2]
SPACE = ["app.py", "requirements.txt", "README.md", "LICENSE", "assets", "colorizer", "interface"]
_REPO = re.compile(r"[\w.-]+/[\w.-]+")

_CARD = """\
## Intended use

To look at: how such a network learns, epoch by epoch, and what each part of it changes. Not to
restore photographs, and not as evidence of what anything looked like.

## Licence

The code is under the MIT licence. The weights were made from photos of the collections above, under
the licences stated there; whether those allow what you plan is for you to judge.

## Load them

    python app.py --checkpoints hf://{repo}@{revision}

```python
from colorizer import Colorizer
from colorizer.hub import find_checkpoints

folder = find_checkpoints("hf://{repo}@{revision}")
colorizer = Colorizer.from_checkpoint(folder / "{variant}" / "{file}")
```

Name a commit or tag for the revision, and the pictures stay the same.
"""

_PAGE_CARD = """\
---
title: Colorizer
emoji: 🎨
colorFrom: yellow
colorTo: indigo
sdk: static
app_file: index.html
short_description: Colour photos in your browser; they stay on your device
license: mit
tags:
  - image-colorization
---

Colours black-and-white photos in the browser. The photos never leave the device, and after the
first visit the page works without a network.
"""


@dataclass(frozen=True)
class PublishArguments:
    """The flags of `publish`, checked when built."""

    repo: str | None = flag("a model repository for the checkpoints", None, "USER/NAME")
    space: str | None = flag("a Space for the app", None, "USER/NAME")
    page: str | None = flag("a static Space for the page that needs no server", None, "USER/NAME")
    checkpoints: Path = flag("folder of the checkpoints", Path("assets/checkpoints"))
    revision: str | None = flag("tag what is uploaded to --repo", None, "TAG")
    dry_run: bool = flag("list what would be sent, and send nothing", False)

    def __post_init__(self) -> None:
        if sum(target is not None for target in (self.repo, self.space, self.page)) != 1:
            raise TrainError("Give one of --repo, --space and --page.")


def publish(arguments: PublishArguments) -> None:
    """Upload what the flags name. Raises TrainError."""
    if arguments.repo is not None:
        publish_checkpoints(
            arguments.repo, arguments.checkpoints, arguments.revision, arguments.dry_run
        )
    elif arguments.page is not None:
        publish_page(arguments.page, arguments.checkpoints, arguments.dry_run)
    elif arguments.space is not None:
        publish_space(arguments.space, dry_run=arguments.dry_run)


def publish_checkpoints(
    repo: str, checkpoints: Path = LOCAL, tag: str | None = None, dry_run: bool = False
) -> None:
    """Upload checkpoints, histories and card; those no longer in `checkpoints` are deleted.

    tag: a name for the new commit. Raises TrainError, and sends nothing, if a checkpoint does not
    load or the card does not mention it.
    """
    _check_name("--repo", repo)
    found = list_checkpoints(checkpoints)
    if not found:
        raise TrainError(f"--checkpoints {checkpoints}: no checkpoints below it; train some first.")
    with _staged() as folder:
        for variant, epochs in found.items():
            (folder / variant).mkdir()
            for path in epochs.values():
                try:
                    load_checkpoint(path)
                except CheckpointError as error:
                    raise TrainError(str(error)) from error
                shutil.copy(path, folder / variant)
            if (history := checkpoints / variant / HISTORY_FILE).exists():
                shutil.copy(history, folder / variant)
        card = model_card(repo, checkpoints, tag or "main")
        (folder / CARD_FILE).write_text(card, encoding="utf-8")
        _list(folder, f"{repo}, a model repository")
        if not dry_run:
            stale = [CHECKPOINTS, f"*/{HISTORY_FILE}"]
            commit = _upload(repo, folder, "model", "Publish checkpoints", stale, tag)
            print(f"published; open them with --checkpoints hf://{repo}@{commit.oid}")


def model_card(repo: str, checkpoints: Path, revision: str = "main") -> str:
    """The card that `ship` wrote beside the checkpoints, with the metadata that the Hub expects."""
    found = list_checkpoints(checkpoints)
    try:
        shipped = (checkpoints / CARD_FILE).read_text(encoding="utf-8")
    except OSError:
        shipped = ""
    if unknown := [variant for variant in found if f"### {variant}\n" not in shipped]:
        raise TrainError(
            f"{checkpoints / CARD_FILE} has no metrics of {unknown[0]}; write the card with "
            "`python -m train ship`."
        )
    data = ModelCardData(
        license="mit",
        library_name="colorizer",
        pipeline_tag="image-to-image",
        tags=["image-colorization", "pytorch", "safetensors", "education", *found],
    )
    variant, epochs = next(iter(found.items()))
    how = _CARD.format(repo=repo, revision=revision, variant=variant, file=epochs[max(epochs)].name)
    return f"---\n{data.to_yaml()}\n---\n\n{shipped}\n{how}"


def publish_space(space: str, root: Path = ROOT, dry_run: bool = False) -> None:
    """Upload what a Gradio Space runs: the app, the library and the checkpoints it comes with.

    root: the checkout. Raises TrainError.
    """
    _check_name("--space", space)
    with _staged() as folder:
        copy_space(root, folder)
        _name_thumbnail(folder / "README.md", space)
        _list(folder, f"{space}, a Space")
        if not dry_run:
            stale = [f"{name}/*" for name in SPACE if (folder / name).is_dir()]
            _upload(space, folder, "space", "Deploy", stale, sdk="gradio")
            print(f"deployed; it starts at https://huggingface.co/spaces/{space}")


def _name_thumbnail(readme: Path, space: str) -> None:
    """Put the picture that links to the Space show into the README's front matter."""
    address = f"https://huggingface.co/spaces/{space}/resolve/main/assets/screenshot.png"
    text = readme.read_text(encoding="utf-8")
    readme.write_text(text.replace("---\n", f"---\nthumbnail: {address}\n", 1), encoding="utf-8")


def copy_space(root: Path, folder: Path) -> None:
    """What a deploy of the checkout `root` sends, into the folder `folder`."""
    for name in SPACE:
        source = root / name
        if source.is_dir():
            ignore = shutil.ignore_patterns("__pycache__", ".*")
            shutil.copytree(source, folder / name, ignore=ignore)
        else:
            shutil.copy(source, folder)


def publish_page(space: str, checkpoints: Path = LOCAL, dry_run: bool = False) -> None:
    """Upload the page that colours photos in the browser to a static Space, which is free to host.

    checkpoints: a folder; the page takes the last epoch of each variant. Raises TrainError.
    """
    _check_name("--page", space)
    # Here, as they need the packages of exports.
    from colorizer.errors import ExportError

    found = list_checkpoints(checkpoints)
    if not found:
        raise TrainError(f"--checkpoints {checkpoints}: no checkpoints below it; train some first.")
    with _staged() as folder:
        try:
            from colorizer.web_page import write_page

            write_page(folder, [epochs[max(epochs)] for epochs in found.values()])
        except (ExportError, CheckpointError) as error:
            raise TrainError(str(error)) from error
        (folder / "README.md").write_text(_PAGE_CARD, encoding="utf-8")
        _list(folder, f"{space}, a static Space")
        if not dry_run:
            _upload(space, folder, "space", "Publish page", ["assets/*"], sdk="static")
            print(f"published; open it at https://huggingface.co/spaces/{space}")


def _check_name(flag: str, repo: str) -> None:
    if not _REPO.fullmatch(repo):
        raise TrainError(f"{flag} {repo}: write it as USER/NAME.")


@contextmanager
def _staged() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


def _list(folder: Path, target: str) -> None:
    sizes = {
        path.relative_to(folder).as_posix(): path.stat().st_size
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    for name, size in sizes.items():
        print(f"{size:>11,}  {name}")
    print(f"{sum(sizes.values()):>11,}  bytes in {len(sizes)} files for {target}")


def _upload(
    repo: str,
    folder: Path,
    kind: str,
    message: str,
    stale: list[str],
    tag: str | None = None,
    sdk: str | None = None,
) -> CommitInfo:
    """stale: patterns of the repository's files that are deleted unless they are sent again; sdk:
    of a Space that does not exist yet.
    """
    api: HfApi = hub_api()
    try:
        api.create_repo(repo, repo_type=kind, space_sdk=sdk, exist_ok=True)
        commit = api.upload_folder(
            repo_id=repo,
            folder_path=folder,
            repo_type=kind,
            commit_message=message,
            delete_patterns=stale,
        )
        if tag:
            _tag(api, repo, tag, commit)
    except HfHubHTTPError as error:
        status = error.response.status_code
        if status in (401, 403, 404):
            raise TrainError(
                f"The Hub does not let you write to {repo}; log in with `hf auth login`, or set "
                "HF_TOKEN to a token that may write."
            ) from error
        raise TrainError(
            f"The Hub refused the upload to {repo} (status {status}); try again later."
        ) from error
    except (HTTPError, OSError) as error:
        raise TrainError(
            "The Hub cannot be reached; the upload may be incomplete, so run the command again."
        ) from error
    return commit


def _tag(api: HfApi, repo: str, tag: str, commit: CommitInfo) -> None:
    try:
        api.create_tag(repo, tag=tag, revision=commit.oid)
    except HfHubHTTPError as error:
        if error.response.status_code != 409:
            raise
        raise TrainError(
            f"--revision {tag}: {repo} has a tag of that name already; the upload is there as "
            f"hf://{repo}@{commit.oid}."
        ) from error
