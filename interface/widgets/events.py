"""How the page's events are wired to its handlers."""

from typing import Any

from gradio.blocks import Block

Updates = dict[Block, Any]  # what an event changes, and to what; the rest stays as it is

# Of each event of the page itself. What is being made is said by render/freshness.py; Gradio would
# tell its outputs, too, out of sight, and the browser would go through all of them at each stage.
QUIET: dict[str, Any] = {
    "show_progress": "hidden",
    "show_progress_on": [],
    "api_visibility": "private",
}
# With photos as they were sent, which `widgets/uploads.py` checks.
RAW: dict[str, Any] = {**QUIET, "preprocess": False}
# One call at a time: the processor's cores are shared by all visitors anyway.
ONE_AT_A_TIME: dict[str, Any] = {"concurrency_id": "network", "concurrency_limit": 1}
NETWORK: dict[str, Any] = {**RAW, **ONE_AT_A_TIME}
# Not behind the network's work: what there is can be looked at meanwhile. One by one, so that the
# newest answer comes last.
LOOK: dict[str, Any] = {**RAW, "concurrency_id": "look", "concurrency_limit": 1}
# By default what follows an event is left out while it still follows an earlier one.
NEWEST: dict[str, Any] = {**NETWORK, "trigger_mode": "always_last"}
# Each event by itself: one that waited as "always_last" would come with the data of the one before.
EACH: dict[str, Any] = {"trigger_mode": "multiple"}
# Gradio reports the change of a state twice, first before the controls have followed.
ONCE: dict[str, Any] = {**NETWORK, "trigger_mode": "once"}
