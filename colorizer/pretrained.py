"""A single network in the Hugging Face Hub's own layout: a folder or a repository for it alone."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any, Self

from huggingface_hub import ModelHubMixin, constants, hf_hub_download

from colorizer.checkpoint import CheckpointInfo, load_checkpoint, save_checkpoint
from colorizer.hub import OUT_OF_REACH, WAIT, HubError
from colorizer.network import ColorNetwork

WEIGHTS_FILE = constants.SAFETENSORS_SINGLE_FILE


class Pretrained(ModelHubMixin):
    """`from_pretrained`, `save_pretrained` and `push_to_hub`.

    The folder or repository holds one checkpoint, `model.safetensors`, with the network's training
    size and decoding; it is loaded as strictly as any other. `config.json` repeats its metadata
    for the Hub's pages and is never read.
    """

    network: ColorNetwork
    info: CheckpointInfo
    _hub_mixin_config: dict[str, Any] = {}  # noqa: RUF012 - so that none is made of the arguments

    def __init__(self, network: ColorNetwork, info: CheckpointInfo) -> None:
        self.network, self.info = network, info

    @classmethod
    def from_pretrained(cls, pretrained_model_name_or_path: str | Path, **flags: Any) -> Self:
        """From a folder that `save_pretrained` wrote, or the repository `USER/NAME` of the Hub.

        flags: `revision`, `cache_dir`, `local_files_only`, `token` and `force_download`, see
        huggingface_hub. Raises HubError if there is nothing to fetch, CheckpointError for a file
        that is damaged or of another kind.
        """
        place = pretrained_model_name_or_path
        path = Path(place) / WEIGHTS_FILE
        try:
            if not Path(place).is_dir():
                path = hf_hub_download(str(place), WEIGHTS_FILE, etag_timeout=WAIT, **flags)
            elif not path.is_file():
                raise FileNotFoundError(path)
        except (ValueError, *OUT_OF_REACH) as error:
            raise HubError(
                f"No {WEIGHTS_FILE} could be fetched from {place}; name a folder that "
                "`save_pretrained` wrote, or a repository that is in the cache or within reach."
            ) from error
        return cls(*load_checkpoint(path))

    def _save_pretrained(self, save_directory: Path) -> None:
        save_checkpoint(save_directory / WEIGHTS_FILE, self.network, self.info)
        config = json.dumps(asdict(self.info), indent=2)
        (save_directory / constants.CONFIG_NAME).write_text(config + "\n")
