"""Reads event files as TensorBoard does and says what is in them, as one JSON object."""
import json
import sys

from tensorboard.backend.event_processing import event_accumulator

unlimited = {kind: 0 for kind in event_accumulator.DEFAULT_SIZE_GUIDANCE}
events = event_accumulator.EventAccumulator(sys.argv[1], size_guidance=unlimited)
events.Reload()
tags = events.Tags()
graph = events.Graph() if tags["graph"] else None
print(json.dumps({
    "scalars": {t: [[e.step, e.value] for e in events.Scalars(t)] for t in tags["scalars"]},
    "histograms": {
        t: [
            {
                "step": e.step,
                "min": e.histogram_value.min,
                "max": e.histogram_value.max,
                "num": e.histogram_value.num,
                "sum": e.histogram_value.sum,
                "sumSquares": e.histogram_value.sum_squares,
                "limits": list(e.histogram_value.bucket_limit),
                "counts": list(e.histogram_value.bucket),
            }
            for e in events.Histograms(t)
        ]
        for t in tags["histograms"]
    },
    "images": {
        t: [[e.width, e.height, e.encoded_image_string.hex()] for e in events.Images(t)]
        for t in tags["images"]
    },
    "graph": [] if graph is None else [
        {
            "name": n.name,
            "op": n.op,
            "inputs": list(n.input),
            "shape": [d.size for d in n.attr["_output_shapes"].list.shape[0].dim],
        }
        for n in graph.node
    ],
}))
