"""A stand-in for the Hugging Face Hub: as much of its HTTP API as publishing and fetching need."""

import base64
import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from huggingface_hub import constants

TOKEN = "hf_of_the_stand_in"


class _Server(ThreadingHTTPServer):
    request_queue_size = 64  # the client opens eight connections at once


class HubStandIn:
    """Repositories in memory, each a history of commits; `requests` keeps what was requested.

    Files that end in .safetensors are listed as Git LFS does (by sha256), others as git does.
    """

    def __init__(self) -> None:
        self.commits: dict[tuple[str, str], dict[str, dict[str, bytes]]] = {}
        self.refs: dict[tuple[str, str], dict[str, str]] = {}
        self.blobs: dict[str, bytes] = {}
        self.served: dict[str, bytes | None] = {}  # what to send instead of a file; None: 404
        self.requests: list[str] = []
        self._server = _Server(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=[0.02], daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def create(self, kind: str, repo: str) -> None:
        if (kind, repo) not in self.commits:
            self.commits[kind, repo], self.refs[kind, repo] = {}, {}
            self.commit(kind, repo, {".gitattributes": b"*.safetensors filter=lfs\n"})

    def commit(self, kind: str, repo: str, files: dict[str, bytes]) -> str:
        self.create(kind, repo)
        history = self.commits[kind, repo]
        name = hashlib.sha1(f"{repo}{len(history)}".encode()).hexdigest()
        history[name] = files
        self.refs[kind, repo]["main"] = name
        return name

    def files(self, kind: str, repo: str, revision: str = "main") -> dict[str, bytes] | None:
        """None if there is no such revision; KeyError if there is no such repository."""
        name = self.refs[kind, repo].get(revision, revision)
        return self.commits[kind, repo].get(name)

    def answer(self, method: str, path: str, body: bytes) -> tuple[int, dict[str, str], bytes]:
        parts = unquote(path).strip("/").split("/")
        if parts[0] == "lfs" and method == "PUT":
            self.blobs[parts[1]] = body
            return 200, {}, b""
        if parts[:2] == ["api", "validate-yaml"]:
            return _json({"errors": [], "warnings": []})
        if parts[:3] == ["api", "repos", "create"]:
            asked = json.loads(body)
            repo = f"{asked['organization']}/{asked['name']}"
            self.create(asked.get("type") or "model", repo)
            return _json({"url": f"{self.url}/{repo}"})
        if "info" in parts and parts[-1] == "batch":
            return _json(
                {
                    "transfer": "basic",
                    "objects": [
                        {**asked, "actions": {"upload": {"href": f"{self.url}/lfs/{asked['oid']}"}}}
                        for asked in json.loads(body)["objects"]
                    ],
                }
            )
        if parts[0] == "api":
            kind, repo, action = parts[1][:-1], "/".join(parts[2:4]), parts[4:] or ["revision"]
        else:
            kind, repo, action = "model", "/".join(parts[:2]), parts[2:]
        if (kind, repo) not in self.refs:
            return _error("RepoNotFound")
        revision = action[1] if len(action) > 1 else "main"
        files = self.files(kind, repo, revision)
        if files is None:
            return _error("RevisionNotFound")
        commit = self.refs[kind, repo].get(revision, revision)
        if action[0] == "revision":
            return _json({"id": repo, "sha": commit, "siblings": [], "private": False})
        if action[0] == "tree":
            return _json([_listed(name, content) for name, content in files.items()])
        if action[0] == "resolve":
            return self._file("/".join(action[2:]), files, commit)
        if action[0] == "preupload":
            return _json(
                {
                    "files": [
                        {
                            "path": (name := asked["path"]),
                            "shouldIgnore": False,
                            "uploadMode": "lfs" if name.endswith(".safetensors") else "regular",
                        }
                        for asked in json.loads(body)["files"]
                    ]
                }
            )
        if action[0] == "commit":
            return self._commit(kind, repo, dict(files), body)
        if action[0] == "tag":
            tag = json.loads(body)["tag"]
            if tag in self.refs[kind, repo]:
                return 409, {}, b'{"error": "Tag reference exists already"}'
            self.refs[kind, repo][tag] = commit
            return _json({})
        raise AssertionError(f"the stand-in does not know {method} {path}")

    def _file(self, name: str, files: dict[str, bytes], commit: str):
        content = files.get(name)
        if content is None or self.served.get(name, b"") is None:
            return _error("EntryNotFound")
        listed = _listed(name, content)
        etag = listed["lfs"]["oid"] if "lfs" in listed else listed["oid"]
        headers = {"X-Repo-Commit": commit, "ETag": f'"{etag}"'}
        return 200, headers, self.served.get(name) or content

    def _commit(self, kind: str, repo: str, files: dict[str, bytes], body: bytes):
        for line in body.splitlines():
            change = json.loads(line)
            value = change["value"]
            if change["key"] == "file":
                files[value["path"]] = base64.b64decode(value["content"])
            elif change["key"] == "lfsFile":
                files[value["path"]] = self.blobs[value["oid"]]
            elif change["key"] == "deletedFile":
                del files[value["path"]]
        name = self.commit(kind, repo, files)
        return _json({"commitUrl": f"{self.url}/{repo}/commit/{name}", "commitOid": name})

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        stand_in = self

        class Handler(BaseHTTPRequestHandler):
            def handle_any(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                body = self.rfile.read(length)
                path = urlsplit(self.path).path
                stand_in.requests.append(f"{self.command} {path}")
                writing = self.command == "POST" and "validate-yaml" not in path
                if writing and self.headers.get("Authorization") != f"Bearer {TOKEN}":
                    status, headers, answer = 401, {}, b'{"error": "Invalid username or password."}'
                else:
                    status, headers, answer = stand_in.answer(self.command, path, body)
                self.send_response(status)
                for name, value in {**headers, "Content-Length": str(len(answer))}.items():
                    self.send_header(name, value)
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(answer)

            do_GET = do_HEAD = do_POST = do_PUT = handle_any  # noqa: N815

            def log_message(self, format: str, *args: object) -> None:
                pass

        return Handler


@contextmanager
def pretended_hub(cache: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[HubStandIn]:
    """Everything that asks the Hub asks a stand-in, with a cache of its own."""
    stand_in = HubStandIn()
    monkeypatch.setenv("HF_ENDPOINT", stand_in.url)
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    monkeypatch.setattr(constants, "ENDPOINT", stand_in.url)
    template = stand_in.url + "/{repo_id}/resolve/{revision}/{filename}"
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(cache))
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)
    yield stand_in
    stand_in.close()


def _listed(name: str, content: bytes) -> dict:
    entry: dict = {"type": "file", "path": name, "size": len(content)}
    entry["oid"] = hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()
    if name.endswith(".safetensors"):
        sha256 = hashlib.sha256(content).hexdigest()
        entry["lfs"] = {"oid": sha256, "size": len(content), "pointerSize": 130}
    return entry


def _json(value: object) -> tuple[int, dict[str, str], bytes]:
    return 200, {"Content-Type": "application/json"}, json.dumps(value).encode()


def _error(code: str) -> tuple[int, dict[str, str], bytes]:
    return 404, {"X-Error-Code": code}, b""
