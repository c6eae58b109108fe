"""The page's texts in the reader's language: a JSON file for each, and functions to read them.

`say` leaves the choice of language to the browser; the others make it on the server. To add a
language, copy `en.json` and translate the copy; keep keys and placeholders such as `{count}`.
"""

import functools
import json
import re
from collections.abc import Sequence
from pathlib import Path

import gradio as gr

from colorizer import Hint
from interface.engine import Settings

Request = gr.Request | None  # of the browser whose language a text is in; None: English

# {"en": {"page": {key: text}, "story": …, "study": …, "errors": …, "number": …, "gradio": …}, …}
LANGUAGES: dict[str, dict[str, dict[str, str]]] = {
    path.stem: json.loads(path.read_text(encoding="utf-8"))
    for path in sorted(Path(__file__).parent.glob("*.json"))
}
PAGE = {code: {**texts["page"], **texts["story"]} for code, texts in LANGUAGES.items()}
I18N = gr.I18n(**{code: {**PAGE[code], **texts["gradio"]} for code, texts in LANGUAGES.items()})

# For the page's scripts, by Gradio's own rule for the browser's language.
SCRIPT = f"""
window.colorizerLanguage = {json.dumps([*LANGUAGES])}
  .find((code) => navigator.language.startsWith(code)) ?? "en";
window.colorizerWords = {json.dumps(PAGE)}[window.colorizerLanguage];
window.colorizerTell = (key, values) =>
  window.colorizerWords[key].replace(/\\{{(\\w+)\\}}/g, (_, name) => values[name]);
"""


def say(key: str) -> str:
    """A mark that the browser replaces by the text; at most one in a string. Raises KeyError."""
    PAGE["en"][key]
    return str(I18N(key))


def language_of(request: Request) -> str:
    """The language code of the browser that asks, "en" where there is no file for it."""
    accepted = request.headers.get("accept-language", "") if request else ""
    code = accepted.strip()[:2].lower()
    return code if code in LANGUAGES else "en"


def tell(request: Request, key: str, **values: object) -> str:
    """The text of that key for the browser that asks. Raises KeyError."""
    return tell_in(language_of(request), key, **values)


def tell_in(language: str, key: str, **values: object) -> str:
    """The text of that key, its placeholders filled with `values`. Raises KeyError."""
    return PAGE[language][key].format(**values)


def number(request: Request, value: float, form: str) -> str:
    """A number in the format `form`, with the decimal sign of the browser that asks."""
    return format(value, form).replace(".", LANGUAGES[language_of(request)]["number"]["decimal"])


def describe(request: Request, settings: Settings) -> str:
    """Settings for a caption."""
    values = {**vars(settings), "temperature": number(request, settings.temperature, "g")}
    keys = [f.text.format(average=settings.average) for f in settings.unusual if f.text]
    return " · ".join([settings.variant, *(tell(request, key, **values) for key in keys)])


def describe_hints(request: Request, hints: Sequence[Hint]) -> list[str]:
    """The number of hints for a caption, those of a person and those that were drawn."""
    drawn = sum(hint.source == "network" for hint in hints)
    counts = {"by_hand": len(hints) - drawn, "drawn": drawn}
    return [
        tell(request, f"{key}_one" if count == 1 else key, count=count)
        for key, count in counts.items()
        if count
    ]


def explain(request: Request, error: Exception | str) -> str:
    """An error's sentence for the browser that asks."""
    return translate(str(error), language_of(request), "errors")


def translate(english: str, language: str, section: str) -> str:
    """An English sentence in another language; as it is if `section` of `en.json` lacks it."""
    for key, pattern in _patterns(section).items():
        if match := pattern.fullmatch(english):
            return LANGUAGES[language][section][key].format(**match.groupdict())
    return english


@functools.cache
def _patterns(section: str) -> dict[str, re.Pattern[str]]:
    """For each English text of the section a pattern, its groups named after the placeholders."""
    return {
        key: re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>.*)", re.escape(text)), re.DOTALL)
        for key, text in LANGUAGES["en"][section].items()
    }
