"""Writes the files of this folder with NumPy, PyTorch and the safetensors library."""

import numpy as np
import torch
from numpy.lib import format as npy
from safetensors.torch import save_file

ramp = np.arange(-5, 7).reshape(3, 4)  # -5 … 6


def save(name, array, version=None):
    with open(name + ".npy", "wb") as file:
        npy.write_array(file, array, version=version)


save("f4", (ramp * 0.5).astype("<f4"))
save("f8", (ramp * 0.5).astype("<f8"))
save("i4", ramp.astype("<i4"))
save("i8", (ramp * 10_000_000_000).astype("<i8"))
save("scalar", np.array(-2.5))
save("vector", np.array([1.5], "<f4"))
save("none", np.zeros((3, 0, 2), "<f4"))
save("wide", np.zeros((1, 1234567, 0, 1, 1, 1, 1, 1, 1), "<f4"))
save("fortran", np.asfortranarray((np.arange(24).reshape(2, 3, 4) - 7) * 0.5))
save("big_f4", (ramp * 0.5).astype(">f4"))
save("big_i8", (ramp * 10_000_000_000).astype(">i8"))
save("big_fortran", np.asfortranarray((ramp * 0.5).astype(">f8")))
save("version2", (ramp * 0.5).astype("<f4"), (2, 0))
save("version3", (ramp * 0.5).astype("<f4"), (3, 0))
save("b1", ramp % 2 == 0)
save("u1", (ramp + 249).astype("u1"))
save("i1", ramp.astype("i1"))
save("u2", (ramp + 65000).astype("<u2"))
save("i2", (ramp * 1000).astype("<i2"))
save("u4", (ramp + 4_294_967_000).astype("<u4"))
save("f2", (ramp * 0.25).astype("<f2"))
save("big_f2", (ramp * 0.25).astype(">f2"))
save("u8", np.abs(ramp).astype("<u8"))
save("c8", ramp.astype("<c8"))
save("text", np.array(["a", "bc"]))
save("fields", np.array([(1, 2.0)], dtype=[("a", "<i4"), ("b", "<f8")]))

arrays = {
    "weight": (ramp * 0.5).astype("<f4"),
    "layer/1/bias": np.array([-1.0, 2.0]),
    "labels": np.array([3, -1, 7], "<i8"),
    "pixels": np.array([[0, 255], [128, 1]], "u1"),
}
np.savez("stored.npz", **arrays)
np.savez_compressed("deflated.npz", **arrays)

save_file(
    {
        "f64": torch.tensor([[-0.5, 1e300]], dtype=torch.float64),
        "f32": torch.tensor([-1.5, 2.25, float("-inf")]),
        "i64": torch.tensor([-(1 << 62)]),
        "i32": torch.tensor([[[7]], [[-7]]], dtype=torch.int32),
        "scalar": torch.tensor(3.5),
        "none": torch.zeros(2, 0, 3),
        'quote " slash \\ / tab \t line \n bell \x07 del \x7f': torch.tensor([1.0]),
        "größe": torch.tensor([2.0]),
        "\U0001f600": torch.tensor([3.0]),  # sorts after U+FFFD by bytes, before it in UTF-16
        "\ufffd": torch.tensor([4.0]),
        "": torch.tensor([5.0]),
    },
    "plain.safetensors",
    {"format": "pt\u2028"},
)
save_file(
    {
        "f16": torch.tensor([-1.5, 6.1035e-05, 65504.0, 5.9605e-08], dtype=torch.float16),
        "bf16": torch.tensor([-1.5, 3.3895e38, 0.0078125], dtype=torch.bfloat16),
        "bool": torch.tensor([True, False, True]),
        "u8": torch.tensor([0, 200, 255], dtype=torch.uint8),
        "i8": torch.tensor([-128, 127], dtype=torch.int8),
        "i16": torch.tensor([-32768, 32767], dtype=torch.int16),
        "u16": torch.tensor([0, 65535], dtype=torch.uint16),
        "u32": torch.tensor([0, 4294967295], dtype=torch.uint32),
        "f32": torch.tensor([-0.25]),
    },
    "narrow.safetensors",
)
save_file({"e": torch.zeros(2, dtype=torch.float8_e4m3fn)}, "float8.safetensors")
