"""Checkpoints from elsewhere: another folder, or a repository of the Hugging Face Hub.

A place is a folder laid out as `<variant>/epoch-010.safetensors`, or `hf://USER/NAME@REVISION`.

Notable choices
- The cache comes before the network: anything fetched once is opened without a single request, and
  a tag or branch stays at the commit it pointed to then.
- Only checkpoints, histories and the model card are fetched, whatever else a repository holds.
- Each file is checked at every start against the hash the Hub lists for it; a changed file is
  refused.
"""

import hashlib
import os
import re
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from huggingface_hub import HfApi, get_cached_repo_tree
from huggingface_hub.errors import (
    CachedRepoTreeNotFoundError,
    EntryNotFoundError,
    HfHubHTTPError,
    LocalEntryNotFoundError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)

_PACKAGE = Path(__file__).resolve().parent
# Those that come with the project: inside an installed package, otherwise beside it.
LOCAL = _PACKAGE / "checkpoints"
if not LOCAL.is_dir():
    LOCAL = _PACKAGE.parent / "assets" / "checkpoints"
VARIABLE = "COLORIZER_CHECKPOINTS"
CHECKPOINTS = "*/epoch-*.safetensors"
FILES = [CHECKPOINTS, "*/history.csv", "README.md"]
WAIT = 5  # seconds for the Hub's first answer

# The HTTP client's own class is among the bases: which client it is depends on huggingface_hub.
OUT_OF_REACH: tuple[type[Exception], ...] = (
    OSError,
    EntryNotFoundError,
    *(base for base in HfHubHTTPError.__bases__ if issubclass(base, Exception)),
)
_PLACE = re.compile(r"hf://([\w.-]+/[\w.-]+)@(\S+)")


class HubError(ValueError):
    """Checkpoints that could not be found or fetched; its text is one sentence."""


def hub_api() -> HfApi:
    """The Hub, or what HF_ENDPOINT names: read now, huggingface_hub reads it at import only."""
    return HfApi(endpoint=os.environ.get("HF_ENDPOINT"), library_name="colorizer")


def find_checkpoints(place: str | None = None) -> Path:
    """The folder of checkpoints that `place` means: itself, or one that the Hub's cache holds.

    place: a folder or `hf://USER/NAME@REVISION`; by default what COLORIZER_CHECKPOINTS names, or
    else the checkpoints that come with the project. Files from the Hub lie in a folder named after
    the commit that the revision was resolved to. Raises HubError.
    """
    place = place or os.environ.get(VARIABLE)
    if not place:
        return LOCAL
    if place.startswith("hf://"):
        match = _PLACE.fullmatch(place)
        if not match:
            raise HubError(
                f"{place} names no fixed revision of a repository; write hf://USER/NAME@REVISION "
                "with a commit or a tag."
            )
        return _fetched(*match.groups())
    folder = Path(place).expanduser()
    if not any(folder.glob(CHECKPOINTS)):
        raise HubError(
            f"There are no checkpoints in {place}; name a folder that holds "
            "<variant>/epoch-001.safetensors, or hf://USER/NAME@REVISION."
        )
    return folder


def checkpoints_or_local(place: str | None = None) -> tuple[Path, str]:
    """`find_checkpoints`, or the project's own folder if that fails; and what to tell visitors.

    The second value is empty if all is well.
    """
    try:
        return find_checkpoints(place), ""
    except HubError as error:
        return LOCAL, f"{error} Until then, the app uses the checkpoints that come with it."


def _fetched(repo: str, revision: str) -> Path:
    api = hub_api()
    try:
        folder = Path(
            api.snapshot_download(
                repo, revision=revision, allow_patterns=FILES, local_files_only=True
            )
        )
        listed = get_cached_repo_tree(repo, revision=folder.name)
    except (LocalEntryNotFoundError, CachedRepoTreeNotFoundError):
        folder = _downloaded(api, repo, revision)
        listed = get_cached_repo_tree(repo, revision=folder.name)
    if not any(fnmatch(file.path, CHECKPOINTS) for file in listed):
        raise HubError(
            f"{repo}@{revision} holds no checkpoints; make some and publish them with "
            "`python -m train publish`."
        )
    for file in listed:
        if any(fnmatch(file.path, pattern) for pattern in FILES):
            _verify(folder, file)
    return folder


def _downloaded(api: HfApi, repo: str, revision: str) -> Path:
    try:
        # Asked first, because a download without a network is retried for half a minute.
        api.model_info(repo, revision=revision, timeout=WAIT)
        return Path(
            api.snapshot_download(repo, revision=revision, allow_patterns=FILES, etag_timeout=WAIT)
        )
    except RepositoryNotFoundError as error:
        raise HubError(
            f"There is no repository {repo} on the Hub, or it is private; check the name, or log "
            "in with `hf auth login`."
        ) from error
    except RevisionNotFoundError as error:
        raise HubError(
            f"{repo} has no revision {revision}; name one of its commits or tags."
        ) from error
    except EntryNotFoundError as error:
        raise HubError(
            f"{repo}@{revision} lacks a file that it lists; name another revision."
        ) from error
    except HfHubHTTPError as error:
        raise HubError(
            f"The Hub refused {repo}@{revision} (status {error.response.status_code}); try again "
            "later, or name a folder."
        ) from error
    except OUT_OF_REACH as error:
        raise HubError(
            f"{repo}@{revision} is not in the cache and the Hub cannot be reached; connect once, "
            "or name a folder."
        ) from error


def _verify(folder: Path, file: Any) -> None:
    """file: a RepoFile of the Hub's listing; its hash is git's own unless Git LFS keeps it."""
    content = (folder / file.path).read_bytes()
    if file.lfs:
        same = hashlib.sha256(content).hexdigest() == file.lfs.sha256
    else:
        same = hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest() == file.blob_id
    if not same:
        raise HubError(
            f"{file.path} is not the file that the Hub lists; delete {folder.parent.parent} to "
            "fetch it again."
        )
