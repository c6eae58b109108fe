"""Other plausible colours: a strip of whole pictures under the photo, each a click away.

The page's script (`static/alternatives.js`) asks for them past Gradio's queue, as for previews, and
puts the hints of the one that is taken into the list that `static/hints.js` keeps.
"""

import json
from typing import Any

from colorizer.alternatives import MOST
from colorizer.hints import as_json
from interface.engine import EXPECTED_ERRORS, Engine
from interface.render.html import css, data_url
from interface.widgets.bare_html import bare_html
from interface.widgets.uploads import read_question

COUNT = 6
_STRIP = (
    f'<div class="strip" data-count="{COUNT}" data-most="{MOST // COUNT * COUNT}" hidden></div>'
)


class Alternatives:
    """Draws the strip's place, which is empty until a visitor opens it."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

        def draw(sent: Any) -> dict[str, Any] | None:  # Gradio marks it, which no method allows
            return self.draw(sent)

        bare_html(
            "",
            "alternatives.js",
            html_template=_STRIP,
            elem_id="alternatives",
            server_functions=[draw],
        )

    def draw(self, sent: Any) -> dict[str, Any] | None:
        """For the script: COUNT pictures with the hints of each, from the draw `first` on.

        sent: as of `read_question`, and `first`. The first answer also holds the picture without
        drawn colours. None if there are none.
        """
        try:
            subject, settings = read_question(sent)
            first = int(sent.get("first", 0))
            found = self.engine.alternatives(subject, settings, COUNT, first)
            photo, plain = self.engine.photo(subject), None
            if not first:
                plain = self.engine.preview(subject, settings)
        except (*EXPECTED_ERRORS, TypeError, ValueError, OverflowError):
            return None
        items = []
        for one in found:
            hints = json.loads(as_json(one.hints, photo))["hints"]
            drawn = [{**h, "shown": css(c)} for h, c in zip(hints, one.shown, strict=True)]
            items.append({"picture": data_url(one.picture, "jpeg"), "hints": drawn})
        answer = {"size": [photo.width, photo.height], "items": items}
        return {**answer, "plain": data_url(plain, "jpeg")} if plain else answer
