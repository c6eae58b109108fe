"""English texts with their German and French, found by the English itself."""

import re
from collections.abc import Mapping


def spaced(french: str) -> str:
    """The signs that French sets apart by a space stay on the line of the word before them."""
    return re.sub(r" (?=[?!:;%](\s|$))", "\u00a0", french)


class Phrases:
    """`{}` stands for what differs from case to case and is taken over as it is."""

    def __init__(self, known: Mapping[str, tuple[str, str]]) -> None:
        """known: English: (German, French)."""
        self._patterns = [
            (re.compile("(.*)".join(map(re.escape, english.split("{}"))), re.DOTALL), others)
            for english, others in known.items()
        ]

    def translated(self, english: str, language: str) -> str:
        """In "de" or "fr"; as it is in any other language, or if nobody knows it."""
        if language not in ("de", "fr"):
            return english
        for pattern, others in self._patterns:
            if found := pattern.fullmatch(english):
                return others[("de", "fr").index(language)].format(*found.groups())
        return english
