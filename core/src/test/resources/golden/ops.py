"""Writes ops.safetensors: PyTorch's results and gradients, in float64 from float32 inputs.

Run once with PyTorch 2.13 and safetensors installed: python ops.py
An entry NAME has inputs NAME.x0, NAME.x1, ... (float32; labels int32) and results NAME.y0, ...
(float64). Gradients follow the results, for the upstream gradients that follow the inputs.
"""

import torch
import torch.nn.functional as F
from safetensors.torch import save_file

torch.manual_seed(7)
entries = {}


def normal(*shape):
    return torch.randn(shape)


def entry(name, function, *inputs, wrt=None):
    """Results of `function`, then gradients with respect to the inputs `wrt` (all by default)."""
    exact = [x.double().requires_grad_() if x.is_floating_point() else x for x in inputs]
    results = function(*exact)
    results = list(results) if isinstance(results, tuple) else [results]
    wrt = [i for i, x in enumerate(exact) if x.is_floating_point()] if wrt is None else wrt
    upstream = [normal(*y.shape) for y in results if y.requires_grad]
    loss = sum((u.double() * y).sum() for u, y in zip(upstream, results))
    results += torch.autograd.grad(loss, [exact[i] for i in wrt])
    for i, x in enumerate(list(inputs) + upstream):
        entries[f"{name}.x{i}"] = x if x.is_floating_point() else x.int()
    for i, y in enumerate(results):
        entries[f"{name}.y{i}"] = y.detach()


grid = torch.linspace(-6, 6, 48) + 0.05
positive = normal(40).abs() + 0.2
entry("gelu", F.gelu, grid)
entry("silu", F.silu, grid)
entry("softplus", F.softplus, grid)
entry("sigmoid", torch.sigmoid, grid)
entry("tanh", torch.tanh, grid)
entry("relu", F.relu, grid)
entry("leaky_relu", lambda x: F.leaky_relu(x, 0.1), grid)
entry("smooth_l1", lambda x: F.smooth_l1_loss(x, x * 0, beta=0.8, reduction="none"), grid)
entry("exp", torch.exp, grid)
entry("log", torch.log, positive)
entry("sqrt", torch.sqrt, positive)
entry("reciprocal", torch.reciprocal, grid)
entry("softmax", lambda x: F.softmax(x, -1), 3 * normal(5, 7))
entry("log_softmax", lambda x: F.log_softmax(x, -1), 3 * normal(5, 7))
labels = torch.tensor([3, 0, -1, 4, 4, -1])
for name, smoothing in (("cross_entropy", 0.0), ("cross_entropy_smooth", 0.1)):
    entry(
        name,
        lambda x, y: F.cross_entropy(x, y.long(), ignore_index=-1, label_smoothing=smoothing),
        3 * normal(6, 5),
        labels,
    )
entry("norm", lambda a, b: torch.cat([a.flatten(), b.flatten()]).norm(), normal(3, 4), normal(5))


def batch_norm(x, weight, bias, mean, variance):
    """y, statistics of the batch, new running statistics; only y is differentiated."""
    mean, variance = mean.detach().clone(), variance.detach().clone()
    y = F.batch_norm(x, mean, variance, weight, bias, True, 0.1, 1e-5)
    axes = [0, 2, 3]
    return y, x.mean(axes).detach(), x.var(axes, unbiased=False).detach(), mean, variance


x = 2 * normal(4, 3, 5, 2) + 1
vectors = normal(3), normal(3), normal(3), normal(3).abs() + 0.5
entry("batch_norm_train", batch_norm, x, *vectors, wrt=[0, 1, 2])
entry(
    "batch_norm_eval",
    lambda x, w, b, m, v: F.batch_norm(x, m.detach(), v.detach(), w, b, False, 0.1, 1e-5),
    x,
    *vectors,
    wrt=[0, 1, 2],
)

image = normal(2, 4, 7, 8)
entry("max_pool", lambda x: F.max_pool2d(x, 3, 2, 1), image)
entry("max_pool_dilated", lambda x: F.max_pool2d(x, (3, 2), (1, 2), (1, 1), (2, 3)), image)
entry("avg_pool", lambda x: F.avg_pool2d(x, 3, 2, 1, count_include_pad=False), image)
entry("avg_pool_padding", lambda x: F.avg_pool2d(x, (3, 2), (2, 1), (1, 1)), image)
uneven = dict(kernel_size=(2, 3), stride=(1, 2), padding=(1, 1), dilation=(2, 1))
entry("unfold", lambda x: F.unfold(x, **uneven), image)
patches = F.unfold(image, **uneven)
entry("fold", lambda p: F.fold(p, (7, 8), **uneven), normal(*patches.shape))
entry(
    "conv",
    lambda x, w, b: F.conv2d(x, w, b, stride=(2, 1), padding=(1, 2), dilation=(2, 1), groups=2),
    image,
    normal(6, 2, 2, 3),
    normal(6),
)


def quadra_norm(x, wa, wb, wc, ba, bb, bc, *scales):
    def branch(w, b, i):
        y = F.conv2d(x, w, b, padding=1)
        return F.batch_norm(y, None, None, scales[2 * i], scales[2 * i + 1], True, 0.1, 1e-5)

    return branch(wa, ba, 0) * branch(wb, bb, 1) + branch(wc, bc, 2)


entry(
    "quadra_norm",
    quadra_norm,
    normal(3, 2, 5, 4),
    *(normal(3, 2, 3, 3) for _ in range(3)),
    *(normal(3) for _ in range(9)),
)


def optimizer(name, make):
    """Three steps on given gradients: x0 the weight, x1..x3 the gradients, y0 the weight after."""
    weight, gradients = normal(9), [normal(9) for _ in range(3)]
    parameter = torch.nn.Parameter(weight.double())
    steps = make([parameter])
    for gradient in gradients:
        parameter.grad = gradient.double()
        steps.step()
    for i, x in enumerate([weight, *gradients]):
        entries[f"{name}.x{i}"] = x
    entries[f"{name}.y0"] = parameter.detach()


O = torch.optim
optimizer("sgd", lambda p: O.SGD(p, 0.1, weight_decay=0.01))
optimizer("sgd_momentum", lambda p: O.SGD(p, 0.1, 0.9, weight_decay=0.01))
optimizer("sgd_nesterov", lambda p: O.SGD(p, 0.1, 0.9, weight_decay=0.01, nesterov=True))
optimizer("adam", lambda p: O.Adam(p, 0.01, (0.9, 0.99), 1e-8, weight_decay=0.1))
optimizer("adamw", lambda p: O.AdamW(p, 0.01, (0.9, 0.99), 1e-8, weight_decay=0.1))
optimizer("adadelta", lambda p: O.Adadelta(p, 1.0, 0.9, 1e-6, weight_decay=0.01))

save_file({name: value.contiguous().clone() for name, value in entries.items()}, "ops.safetensors")
