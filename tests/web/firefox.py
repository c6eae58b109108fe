"""Drives Firefox by Marionette, the protocol that it brings along; Playwright drives only its own.

Messages are JSON, each after its length in bytes and a colon: [0, id, command, parameters] is
answered by [1, id, error, result].
"""

import json
import shutil
import socket
import subprocess
import time
from contextlib import closing
from pathlib import Path
from typing import Any, Self

PROGRAMS = ("firefox-esr", "firefox")
SECONDS = 120  # for each answer: the machine may be busy with other tests
_PREFERENCES = {
    "browser.download.folderList": 2,
    "intl.accept_languages": "en-GB",
    "network.proxy.type": 1,  # of a proxy that is not there: no network
    "network.proxy.http": "127.0.0.1",
    "network.proxy.http_port": 9,
    "network.proxy.ssl": "127.0.0.1",
    "network.proxy.ssl_port": 9,
    "datareporting.policy.dataSubmissionEnabled": False,
    "browser.shell.checkDefaultBrowser": False,
}


def find_firefox() -> str | None:
    return next((path for name in PROGRAMS if (path := shutil.which(name))), None)


class Firefox:
    """A headless Firefox with a profile of its own, without a network. profile: an empty folder,
    where downloads go as well.
    """

    def __init__(self, program: str, profile: Path) -> None:
        with closing(socket.create_server(("127.0.0.1", 0))) as free:
            self._port = free.getsockname()[1]
        values = {
            **_PREFERENCES,
            "marionette.port": self._port,
            "browser.download.dir": str(profile),
        }
        lines = (f"user_pref({json.dumps(k)}, {json.dumps(v)});\n" for k, v in values.items())
        (profile / "user.js").write_text("".join(lines))
        self._process = subprocess.Popen(
            [program, "--headless", "--marionette", "--no-remote", "--profile", str(profile)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._last = 0

    def __enter__(self) -> Self:
        self._socket = self._connected()
        self._file = self._socket.makefile("rb")
        self._read()  # its greeting
        self.send("WebDriver:NewSession", capabilities={})
        self.send("WebDriver:SetTimeouts", script=1000 * SECONDS, pageLoad=1000 * SECONDS)
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()
        self._socket.close()
        self._process.terminate()
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _connected(self) -> socket.socket:
        until = time.monotonic() + SECONDS
        while True:
            try:
                return socket.create_connection(("127.0.0.1", self._port), timeout=SECONDS)
            except OSError:
                if time.monotonic() > until or self._process.poll() is not None:
                    self._process.kill()
                    raise
                time.sleep(0.1)

    def send(self, command: str, **parameters: Any) -> Any:
        """The result of a command. Raises RuntimeError with what Firefox says of an error."""
        self._last += 1
        message = json.dumps([0, self._last, command, parameters]).encode()
        self._socket.sendall(b"%d:%s" % (len(message), message))
        _, _, error, result = self._read()
        if error:
            raise RuntimeError(f"{command}: {error['message']}")
        return result["value"] if isinstance(result, dict) and "value" in result else result

    def _read(self) -> Any:
        length = b""
        while (byte := self._file.read(1)) != b":":
            if not byte:
                raise ConnectionError("Firefox has ended.")
            length += byte
        return json.loads(self._file.read(int(length)))

    def open(self, address: str) -> None:
        self.send("WebDriver:Navigate", url=address)

    def run(self, script: str, *arguments: object) -> Any:
        """What a function of this body returns, in the page."""
        return self.send("WebDriver:ExecuteScript", script=script, args=[*arguments])

    def wait(self, condition: str) -> None:
        """Until an expression is true in the page."""
        self.send(
            "WebDriver:ExecuteAsyncScript",
            script="const done = arguments[0]; const look = () => "
            f"({condition}) ? done(true) : setTimeout(look, 50); look();",
            args=[],
        )

    def element(self, selector: str) -> str:
        found = self.send("WebDriver:FindElement", using="css selector", value=selector)
        return next(iter(found.values()))

    def click(self, selector: str) -> None:
        self.send("WebDriver:ElementClick", id=self.element(selector))

    def give(self, selector: str, text: str) -> None:
        """Type into a field, or choose the file of this path."""
        self.send("WebDriver:ElementSendKeys", id=self.element(selector), text=text)
