"""The PyTorch side of a benchmark, driven by the process that started it.

The first line on standard input is a JSON object that describes the model: its operations one after
another, its parameters, and a file with their values, the images and the labels. Every further line is
a command; every line of answer is one JSON object. Commands that take time: {"do": "train", "runs": n},
and in the same way "infer", "forward", "forwardAndBackward"; commands that tell results: {"do": "evaluate"}
and {"do": "inputGradient"}. The end of standard input ends the process.
"""

import json
import os
import sys
import time

# Standard output belongs to the answers; whatever else wants to print goes to standard error.
answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)


def answer(**fields):
    answers.write(json.dumps(fields) + "\n")
    answers.flush()


try:
    import torch
    import torch.nn.functional as F
except ImportError as error:
    answer(error=str(error))
    sys.exit(0)


def bias(w):
    return w[1] if len(w) > 1 else None


def conv2d(s, training, w, x):
    groups = s["groups"] or x.shape[1]  # 0: a group for each channel
    return F.conv2d(x, w[0], bias(w), s["stride"], s["padding"], s["dilation"], groups)


OPERATIONS = {
    "conv2d": conv2d,
    "linear": lambda s, training, w, x: F.linear(x, w[0], bias(w)),
    "batch_norm": lambda s, training, w, x: F.batch_norm(
        x, w[0], w[1], w[2], w[3], training, s["momentum"], s["epsilon"]
    ),
    "add": lambda s, training, w, a, b: a + b,
    "mul": lambda s, training, w, a, b: a * b,
    "relu": lambda s, training, w, x: F.relu(x),
    "leaky_relu": lambda s, training, w, x: F.leaky_relu(x, s["slope"]),
    "sigmoid": lambda s, training, w, x: torch.sigmoid(x),
    "tanh": lambda s, training, w, x: torch.tanh(x),
    "gelu": lambda s, training, w, x: F.gelu(x),
    "silu": lambda s, training, w, x: F.silu(x),
    "max_pool2d": lambda s, training, w, x: F.max_pool2d(x, s["kernel"], s["stride"], s["padding"]),
    "avg_pool2d": lambda s, training, w, x: F.avg_pool2d(x, s["kernel"], s["stride"], s["padding"]),
    "global_avg_pool2d": lambda s, training, w, x: x.mean((2, 3)),
    "flatten": lambda s, training, w, x: torch.flatten(x, 1),
    "dropout": lambda s, training, w, x: F.dropout(x, s["rate"], training),
}


class Peer:
    def __init__(self, job):
        torch.set_num_threads(job["threads"])
        self.device = torch.device(job["device"])
        if self.device.type == "cuda":
            if not torch.cuda.is_available():
                raise RuntimeError("this torch finds no CUDA device")
            # 32-bit floats for everyone, and the fastest algorithm for each convolution.
            torch.backends.cuda.matmul.allow_tf32 = False
            torch.backends.cudnn.allow_tf32 = False
            torch.backends.cudnn.benchmark = True
        with open(job["file"], "rb") as file:
            data = bytearray(file.read())
        position = 0

        def take(dtype, shape):
            nonlocal position
            count = 1
            for extent in shape:
                count *= extent
            part = torch.frombuffer(data, dtype=dtype, count=count, offset=position).reshape(shape)
            position += count * part.element_size()
            return part.clone().to(self.device)

        self.x = take(torch.float32, job["input"])
        self.upstream = take(torch.float32, [job["outputs"]])
        self.sample = job["sample"]
        self.target = take(torch.int32, job["input"][:1]).long()
        self.parameters = {}
        for spec in job["parameters"]:
            value = take(torch.float32, spec["shape"])
            self.parameters[spec["name"]] = value.requires_grad_(spec["trainable"])
        self.operations = [
            (
                OPERATIONS[op["op"]],
                op["settings"],
                [self.parameters[name] for name in op["weights"]],
                op["inputs"],
                op["output"],
                op["dead"],
            )
            for op in job["operations"]
        ]
        self.trainable = trainable = [p for p in self.parameters.values() if p.requires_grad]
        self.optimizer = torch.optim.SGD(
            trainable, job["learningRate"], momentum=job["momentum"], weight_decay=job["weightDecay"]
        )

    def run(self, x, training):
        values = {0: x}
        for run, settings, weights, inputs, output, dead in self.operations:
            values[output] = run(settings, training, weights, *[values[i] for i in inputs])
            for value in dead:
                del values[value]
        return values[self.operations[-1][4]]

    def infer(self):
        with torch.inference_mode():
            return self.run(self.x, False)

    def forward(self):
        with torch.no_grad():
            self.run(self.x, True)

    def forwardAndBackward(self):
        for parameter in self.trainable:
            parameter.grad = None
        x = self.x.detach().requires_grad_(True)
        y = self.run(x, True)
        y.backward(self.upstream.view_as(y))
        self.x_gradient = x.grad

    def train(self):
        self.optimizer.zero_grad()
        loss = F.cross_entropy(self.run(self.x, True), self.target)
        loss.backward()
        self.optimizer.step()
        return loss.item()

    def numbers(self, tensor):
        flat = tensor.flatten()
        return [str(value) for value in flat[:: max(1, len(flat) // self.sample)].tolist()]


    def wait(self):
        """A device works on while the program goes on: times count from rest to rest."""
        if self.device.type == "cuda":
            torch.cuda.synchronize(self.device)

    def describe(self):
        return torch.cuda.get_device_name(self.device) if self.device.type == "cuda" else "cpu"


def timed(peer, runs, run):
    result = None
    peer.wait()
    start = time.perf_counter_ns()
    for _ in range(runs):
        result = run()
    peer.wait()
    return time.perf_counter_ns() - start, result


def main():
    try:
        peer = Peer(json.loads(sys.stdin.readline()))
    except RuntimeError as error:
        answer(error=str(error))
        return
    answer(
        version=torch.__version__,
        python=sys.version.split()[0],
        threads=torch.get_num_threads(),
        device=peer.describe(),
    )
    for line in sys.stdin:
        command = json.loads(line)
        what = command["do"]
        if what == "evaluate":
            answer(numbers=peer.numbers(peer.infer()))
        elif what == "inputGradient":
            answer(numbers=peer.numbers(peer.x_gradient))
        elif what == "train":
            nanos, loss = timed(peer, command["runs"], peer.train)
            answer(nanos=nanos, loss=str(loss))
        else:
            nanos, _ = timed(peer, command["runs"], getattr(peer, what))
            answer(nanos=nanos)


main()
