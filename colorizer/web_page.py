"""The page that colours photos in a browser, without a server: one HTML file, or plain files.

`web/` holds the page's sources, which npm and esbuild bundle when a page is written. The networks
travel as ONNX files (`onnx_model`). In the single file, the WebAssembly of ONNX Runtime, the worker
and the networks are gzip in base64, as a page opened from a disk may not load other files. Its
content security policy forbids every connection; that of plain files, all but those to their host.
"""

import base64
import gzip
import hashlib
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from colorizer.affinity import learnt_threshold
from colorizer.atomic import atomic_path
from colorizer.checkpoint import best, load_checkpoint, read_info
from colorizer.errors import ExportError
from colorizer.onnx_model import onnx_model
from colorizer.worksheet import VERSION

WEB = Path(__file__).resolve().parents[1] / "web"
ICON = WEB.parent / "assets" / "icon.svg"
ASSETS = ("ort.wasm", "ort.mjs", "worker.js")  # of the bundle, compressed
_POLICY = (
    "default-src 'none'; script-src {script} blob: 'wasm-unsafe-eval'; style-src {style}; "
    "img-src data: blob:; worker-src {worker} blob:; connect-src {connect}; base-uri 'none'; "
    "form-action 'none'"
)


def write_page(place: str | os.PathLike, checkpoints: Sequence[Path], web: Path = WEB) -> str:
    """Write the page with these networks, and return the SHA-256 of its HTML.

    place: a file that ends in .html, which holds everything; or a folder for plain files, which
    are `index.html` and those beside it. web: the page's sources. The same sources, packages and
    checkpoints give the same bytes. Raises ExportError, CheckpointError, and OSError if a file
    cannot be written.
    """
    place = Path(place)
    with tempfile.TemporaryDirectory() as folder:
        bundle(Path(folder), web)
        parts = {path.name: path.read_bytes() for path in Path(folder).iterdir()}
    networks = [describe(path) for path in checkpoints]
    mark_best(networks)
    files = {name: parts[name] for name in ASSETS}
    for network, path in zip(networks, checkpoints, strict=True):
        files[f"{network['name']}.onnx"] = onnx_model(path).SerializeToString(deterministic=True)
    compressed = {name: gzip.compress(data, 9, mtime=0) for name, data in files.items()}
    if place.suffix.lower() == ".html":
        html = single_file(parts, networks, compressed)
        with atomic_path(place) as temporary:
            temporary.write_text(html, encoding="utf-8")
    else:
        html = plain_files(place, parts, networks, compressed)
    return hashlib.sha256(html.encode()).hexdigest()


def bundle(out: Path, web: Path = WEB) -> None:
    """Build the page's scripts and styles from `web` into the folder `out`. Raises ExportError."""
    if not (web / "build.mjs").is_file():
        raise ExportError(
            "The page's sources are not part of an installed package; run this in a checkout of "
            "the project."
        )
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        raise ExportError(
            "Building the page needs Node.js 20 or newer and its npm; install it from "
            "https://nodejs.org and run this again."
        )
    installed = web / "node_modules" / ".package-lock.json"
    lock = web / "package-lock.json"
    if not installed.is_file() or installed.stat().st_mtime < lock.stat().st_mtime:
        _run([npm, "ci", "--no-audit", "--no-fund"], web, "npm could not fetch the page's packages")
    _run([node, "build.mjs", str(out.resolve())], web, "the page could not be built")


def _run(command: list[str], folder: Path, failure: str) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if done.returncode:
        lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
        said = next((line for line in lines if "error" in line.lower()), failure)
        raise ExportError(f"{failure[0].upper()}{failure[1:]} ({said[:200].rstrip(' .:')}).")


def describe(checkpoint: Path) -> dict[str, Any]:
    """What the page's scripts know of a network. Raises CheckpointError."""
    info = read_info(checkpoint)
    return {
        "name": f"{info.variant}-{info.epoch}",
        "sha256": hashlib.sha256(checkpoint.read_bytes()).hexdigest(),
        "version": VERSION,
        "variant": info.variant,
        "epoch": info.epoch,
        "size": info.size,
        "stride": info.settings.stride,
        "temperature": info.decoding.temperature,
        "gain": info.decoding.gain,
        "bins": info.settings.bins,
        # One with an embedding spreads hints over its colours instead.
        "takesHints": bool(info.settings.scale) and not info.settings.embedding,
        "threshold": _threshold(checkpoint) if info.settings.embedding else None,
        "hintUnit": info.hint_unit,
    }


def _threshold(checkpoint: Path) -> float:
    """Of the affinity that a network with an embedding has learnt."""
    space = load_checkpoint(checkpoint)[0].embedding
    assert space is not None
    return learnt_threshold(space)


def mark_best(networks: list[dict[str, Any]]) -> None:
    """The one that the page starts with. Raises ExportError for two of one variant and epoch."""
    epochs: dict[str, dict[int, Path]] = {}
    for network in networks:
        of_variant = epochs.setdefault(network["variant"], {})
        if network["epoch"] in of_variant:
            raise ExportError(f"{network['name']} is named twice; leave one of them out.")
        of_variant[network["epoch"]] = Path(network["name"])
    variant, epoch = best(epochs)
    for network in networks:
        network["best"] = (network["variant"], network["epoch"]) == (variant, epoch)


def single_file(
    parts: dict[str, bytes], networks: list[dict[str, Any]], assets: dict[str, bytes]
) -> str:
    script, style = parts["page.js"].decode(), parts["style.css"].decode()
    inside = "\n".join(
        f'<script type="text/plain" id="asset-{name}">{base64.b64encode(data).decode()}</script>'
        for name, data in assets.items()
    )
    policy = _POLICY.format(
        script=_hash(script), style=_hash(style), worker="", connect="'none'"
    ).replace("  ", " ")
    return _page(
        parts, networks, policy, f"<style>{style}</style>", inside, f"<script>{script}</script>"
    )


def plain_files(
    folder: Path,
    parts: dict[str, bytes],
    networks: list[dict[str, Any]],
    assets: dict[str, bytes],
) -> str:
    """Returns the content of index.html."""
    policy = _POLICY.format(script="'self'", style="'self'", worker="'self'", connect="'self'")
    html = _page(
        parts,
        networks,
        policy,
        '<link rel="stylesheet" href="style.css">',
        "",
        '<script src="page.js" data-cached></script>',
    )
    files = {
        "index.html": html.encode(),
        "page.js": parts["page.js"],
        "style.css": parts["style.css"],
        **{f"assets/{name}.gz": data for name, data in assets.items()},
    }
    version = hashlib.sha256(b"".join(files.values())).hexdigest()[:16]
    cached = f"const FILES={json.dumps(['./', *files])},VERSION='colorizer-{version}';\n"
    files["service.js"] = cached.encode() + parts["service.js"]
    (folder / "assets").mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        with atomic_path(folder / name) as temporary:
            temporary.write_bytes(data)
    return html


def _page(
    parts: dict[str, bytes],
    networks: list[dict[str, Any]],
    policy: str,
    style: str,
    assets: str,
    script: str,
) -> str:
    icon = base64.b64encode(ICON.read_bytes()).decode()
    marks = {
        "@POLICY@": policy,
        "@ICON@": f"data:image/svg+xml;base64,{icon}",
        "@STYLE@": style,
        "@NETWORKS@": json.dumps(networks).replace("<", "\\u003c"),
        "@ASSETS@": assets,
        "@SCRIPT@": script,
    }
    html = parts["page.html"].decode()
    for mark, content in marks.items():
        html = html.replace(mark, content)
    return html


def _hash(content: str) -> str:
    digest = hashlib.sha256(content.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
