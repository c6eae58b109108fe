"""What every tab has."""

from collections.abc import Sequence
from typing import ClassVar

from gradio.components import Component

from interface.engine import Query
from interface.widgets.events import Updates


class Tab:
    """name: as in an address, and after `tab_` in `interface/text/`; a subclass draws itself when
    it is made.
    """

    name: ClassVar[str]
    restored: Sequence[Component] = ()  # what `restore` changes

    def restore(self, query: Query) -> Updates:
        """Takes the settings of an address."""
        return {}
