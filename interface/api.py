"""The endpoints for scripts and MCP clients, who see their names, parameters and docstrings."""

import functools
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from inspect import Parameter, Signature
from typing import Any

import gradio as gr
from gradio.components import Component

from colorizer.captions import draw_contact_sheet
from colorizer.hints import as_json
from colorizer.uncertainty_map import SCALES
from colorizer.writing import synthetic, write_picture
from interface.engine import Cell, Engine
from interface.engine.errors import EXPECTED_ERRORS, UserError
from interface.engine.files import file_stem
from interface.engine.settings import FIELD, MAX_SAMPLES, Settings
from interface.engine.share_link import integers, listed
from interface.engine.subject import Subject, hint_mark, hint_notes
from interface.render.grid import count_words
from interface.widgets.events import ONE_AT_A_TIME
from interface.widgets.uploads import read_upload

MAX_ALTERNATIVES = 12  # all visitors share one network
CELL = 256  # pixels of a cell's longer side in the picture of `compare_epochs`


class Endpoints:
    """Adds all of them to the surrounding Blocks. A method's name is its endpoint's."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        best, hints = engine.checkpoints.best, _part(gr.Textbox, "hints", "")
        within = _part(gr.Number, "within", FIELD["within"].default, precision=0)
        vividness = _part(gr.Number, "vividness", FIELD["vividness"].default, precision=0)
        _add(
            self.colorize,
            [*_settings(best), hints, vividness, within],
            [_part(gr.Image, "grayscale"), _part(gr.Image, "colorized"), _part(gr.JSON, "colour")],
        )
        _add(
            self.compare_epochs,
            [_part(gr.Textbox, "variants", ""), _part(gr.Textbox, "epochs", ""), hints],
            [_part(gr.Image, "sheet"), _part(gr.JSON, "cells")],
        )
        _add(
            self.uncertainty,
            [*_settings(replace(best, samples=16)), _part(gr.Textbox, "part", ""), hints],
            [_part(gr.Image, "mean"), _part(gr.Image, "uncertainty"), _part(gr.JSON, "numbers")],
        )

        _add(
            self.alternatives,
            [*_settings(best)[:2], _part(gr.Number, "count", 6, precision=0), hints],
            [_part(gr.Gallery, "pictures"), _part(gr.JSON, "alternatives")],
        )

    def colorize(self, photo: Any, **sent: Any) -> tuple:
        """Colour a photo with one checkpoint of a small network, at the photo's own size.

        Returns the photo without colour, the photo with synthetic colours, and how colourful the
        original and the result are.

        Args:
            photo: The photo to colour, black and white or not.
            variant: Which network: baseline, batchnorm, dropout, rgb, rebalanced or transfer (the
                best).
            epoch: After how many epochs of training; the error for a wrong one lists them.
            samples: How many MC-dropout samples to average, 1 to 64; 1 without dropout.
            temperature: From 0.1, bold, to 1, safe; only for rebalanced and transfer.
            hints: Colours for spots of the photo, which the rest follows, as JSON: {"size": [width,
                height], "hints": [{"x": 120, "y": 80, "rgb": [30, 122, 60]}]}; "" for none. A hint
                may have a "reach": "here", "thing" (the default) or "alike".
            vividness: How much colour, in per cent of what the network gives, 0 to 200.
            within: What may be further from the truth than so many ab units stays grey, 2 to 40; at
                40 all colours stay. Only for rebalanced and transfer.
        """
        result = self.engine.colorize(_subject(photo, sent), Settings.read(sent))
        original, colorized = result.original, result.result
        ratio = colorized.colourfulness / max(original.colourfulness, 1e-6)
        numbers = {
            "original": vars(original),
            "result": vars(colorized),
            "ratio": None if result.monochrome else ratio,
            "original_is_grey": bool(result.monochrome),
            "seconds": result.seconds,
        }
        return str(result.grayscale), str(result.colorized), numbers

    def alternatives(self, photo: Any, **sent: Any) -> tuple:
        """Colour a photo in several ways, each drawn from what the network thinks possible.

        Returns the pictures at the photo's own size, and for each its index, its likelihood and its
        hints, which colorize takes to go on from it. More extend fewer.

        Args:
            photo: The photo to colour, black and white or not.
            variant: Which network: rebalanced or transfer, which choose among colours.
            epoch: After how many epochs of training.
            count: How many, 1 to 12.
            hints: Colours for spots of the photo, which hold in all of them, as JSON: {"size":
                [width, height], "hints": [{"x": 120, "y": 80, "rgb": [30, 122, 60]}]}; "" for none.
        """
        settings, subject = Settings.read(sent), _subject(photo, sent)
        if not 1 <= (count := int(sent["count"])) <= MAX_ALTERNATIVES:
            raise UserError(f"count must be 1 to {MAX_ALTERNATIVES}, not {count}.")
        opened, told = self.engine.photo(subject), self.engine.hints(subject)
        pictures, numbers = [], []
        for one in self.engine.alternatives(subject, settings, count):
            hints = as_json([*told, *one.hints], opened)
            result = self.engine.colorize(replace(subject, hints_json=hints), settings)
            pictures.append(str(result.colorized))
            said = {"index": one.index, "likelihood": one.likelihood}
            numbers.append({**said, "hints": json.loads(hints)})
        return pictures, numbers

    def compare_epochs(self, photo: Any, **sent: Any) -> tuple:
        """Colour a photo with many checkpoints, to compare them by eye and by number.

        Returns one picture, variants as rows and epochs as columns, and for each of its cells how
        colourful it is and how sepia.

        Args:
            photo: The photo to colour, black and white or not.
            variants: Names separated by commas; all if left empty.
            epochs: Numbers separated by commas; all if left empty.
            hints: Colours for spots of the photo, which all of them follow, as JSON: {"size":
                [width, height], "hints": [{"x": 120, "y": 80, "rgb": [30, 122, 60]}]}; "" for none.
        """
        subject = _subject(photo, sent)
        variants = listed(str(sent["variants"] or "")) or self.engine.checkpoints.variants
        epochs = integers(text := str(sent["epochs"] or ""))
        if len(epochs) < len(listed(text)):
            raise UserError("epochs must be whole numbers separated by commas.")
        chosen = self.engine.checkpoints.chosen(variants, epochs or None)
        hints = self.engine.hints(subject)
        cells = [cell for row in self.engine.grid(subject, chosen, CELL) for cell in row]
        name = f"{file_stem(subject.name)}-{len(cells)}-checkpoints{hint_mark(hints)}.png"
        file = self.engine.files.folder(subject.path) / name
        note = synthetic(count_words(None, len(cells)), *hint_notes(hints))
        by = {(c.settings.variant, c.settings.epoch): (c.picture, str(c.settings)) for c in cells}
        write_picture(draw_contact_sheet(by), file, note)
        return str(file), [_numbers(cell) for cell in cells]

    def uncertainty(self, photo: Any, **sent: Any) -> tuple:
        settings, part = Settings.read(sent), sent["part"] or None
        result = self.engine.uncertainty(_subject(photo, sent), settings, part)
        mean, single = result.chroma
        same = ("deviation", "entropy", "mutual_information", "medoid", "part", "radius")
        numbers = {name: getattr(result, name) for name in (*same, "calibrated")}
        chroma = {"chroma_of_mean": mean, "chroma_of_a_sample": single}
        samples = {"samples": result.settings.samples}
        return str(result.mean), str(result.map), {**samples, **numbers, **chroma}

    uncertainty.__doc__ = f"""Colour a photo many times with dropout on: what is it unsure of?

        Returns the mean of the samples, the map of the uncertainty (dark to bright, 0 to
        {SCALES["whole"]:g} Lab units, or to {SCALES["weights"]:g} of the weights' part) and their
        numbers.

        Args:
            photo: The photo to colour, black and white or not.
            variant: Which network; one with dropout layers, such as dropout or transfer.
            epoch: After how many epochs of training.
            samples: How many, 1 to {MAX_SAMPLES}.
            temperature: From 0.1, bold, to 1, safe; only for networks that choose among colours.
            part: What the map shows: whole, how far the true colour may be from the one painted;
                or weights, how far the samples differ. Left out: the first that the variant has.
            hints: Colours for spots of the photo, which make what follows them less uncertain, as
                JSON: {{"size": [width, height], "hints": [{{"x": 120, "y": 80, "rgb": [30, 122,
                60]}}]}}; "" for none.
        """


def _add(
    answer: Callable[..., tuple], inputs: Sequence[Component], outputs: Sequence[Component]
) -> None:
    @functools.wraps(answer)
    def call(photo: Any, **sent: Any) -> tuple:
        try:
            return answer(photo, **sent)
        except EXPECTED_ERRORS as error:
            raise gr.Error(str(error), print_exception=False) from error

    # Where Gradio reads what each parameter means.
    by_name = {str(part.label): part for part in inputs}
    names = (Parameter(name, Parameter.KEYWORD_ONLY) for name in by_name)
    photo_first = Parameter("photo", Parameter.POSITIONAL_OR_KEYWORD)
    call.__signature__ = Signature([photo_first, *names])  # pyright: ignore
    photo, name = _part(gr.Image, "photo", type="filepath"), answer.__name__
    network: dict[str, Any] = {"preprocess": False, **ONE_AT_A_TIME}
    click = gr.Button(visible=False).click
    click(call, [photo], outputs, inputs_kwargs={**by_name}, api_name=name, **network)


def _subject(photo: Any, sent: dict[str, Any]) -> Subject:
    return replace(read_upload(photo), hints_json=sent["hints"] or "")


def _numbers(cell: Cell) -> dict[str, Any]:
    by = {"variant": cell.settings.variant, "epoch": cell.settings.epoch}
    return {**by, **{name: getattr(cell, name) for name in ("colourfulness", "ratio", "sepia")}}


def _settings(default: Settings) -> list[Component]:
    """The settings of one checkpoint that a script may choose."""
    return [
        _part(gr.Textbox, "variant", default.variant),
        _part(gr.Number, "epoch", default.epoch, precision=0),
        _part(gr.Number, "samples", default.samples, precision=0),
        _part(gr.Number, "temperature", default.temperature),
    ]


def _part(kind: type[Component], label: str, *value: Any, **more: Any) -> Component:
    """An input or output, out of sight."""
    return kind(*value, label=label, visible=False, **more)
