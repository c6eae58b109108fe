"""The page's computations, without Gradio and HTML: `Engine` takes a `Subject` and `Settings`."""

import interface.engine.memory
from interface.engine.checkpoints import Checkpoints
from interface.engine.engine import Engine, Place
from interface.engine.errors import EXPECTED_ERRORS, PhotoGoneError, UserError
from interface.engine.pixel_colours import PixelColours
from interface.engine.results import Cell, Result
from interface.engine.settings import FIELD, FIELDS, Settings
from interface.engine.share_link import Query
from interface.engine.subject import Subject, hint_mark, hint_notes
from interface.engine.uncertainty import Uncertainty
