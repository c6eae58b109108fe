"""The shipped networks as ONNX files: size, loss and speed in three precisions, against torch.

Speed is that of the network at its training size, on a photo of 3:2, with the same threads.

python -m benchmarks.onnx
"""

from functools import partial

import torch
from torch import Tensor

from benchmarks.timing import side_by_side
from colorizer.checkpoint import list_checkpoints, load_checkpoint
from colorizer.hub import LOCAL
from colorizer.onnx_model import Graph, Precision, first_output, onnx_model, painted_psnr, session

PRECISIONS: tuple[Precision, ...] = ("fp32", "fp16", "int8")


def main() -> None:
    print("| network | precision | KB | dB from torch | ms | torch, ms | ratio |")
    print("| --- | --- | ---: | ---: | ---: | ---: | ---: |")
    for variant, epochs in list_checkpoints(LOCAL).items():
        checkpoint = epochs[max(epochs)]
        network, info = load_checkpoint(checkpoint)
        graph = Graph(network, info.decoding)
        stride = info.settings.stride
        lightness = torch.rand(1, 1, info.size, round(1.5 * info.size / stride) * stride) * 100
        models = {precision: onnx_model(checkpoint, precision) for precision in PRECISIONS}
        files = {precision: model.SerializeToString() for precision, model in models.items()}
        feeds = {"lightness": lightness.numpy()}
        # The layout that the app gives a network.
        network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        runs = {
            name: partial(first_output, session(file, torch.get_num_threads()), graph, feeds)
            for name, file in files.items()
        }
        seconds = side_by_side({"torch": partial(by_torch, graph, lightness), **runs}, rounds=15)
        for precision, file in files.items():
            loss = painted_psnr(models[precision], checkpoint)
            ratio = seconds[precision] / seconds["torch"]
            print(
                f"| {variant} | {precision} | {len(file) / 1000:,.0f} | {loss:.1f} "
                f"| {1000 * seconds[precision]:.1f} | {1000 * seconds['torch']:.1f} "
                f"| {ratio:.2f} x |"
            )


@torch.inference_mode()
def by_torch(graph: Graph, lightness: Tensor) -> None:
    graph(lightness, **graph.defaults())


if __name__ == "__main__":
    main()
