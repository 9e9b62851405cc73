"""Writes small.pth and small-legacy.pth: tensors of many types and strides as torch.save lays them out.

Needs no PyTorch: it pickles stand-ins under PyTorch's names. Files that PyTorch itself wrote are in ../golden.
"""
import collections, pickle, struct, sys, types, zipfile

torch = types.ModuleType("torch")
utils = types.ModuleType("torch._utils")
sys.modules["torch"], sys.modules["torch._utils"] = torch, utils


def stand_in(module, name):
    made = type(name, (), {"__module__": module.__name__})
    setattr(module, name, made)
    return made


def _rebuild_tensor_v2(*arguments): ...
def _rebuild_parameter(*arguments): ...
for function in (_rebuild_tensor_v2, _rebuild_parameter):
    function.__module__ = "torch._utils"
    setattr(utils, function.__name__, function)

WIDTH = {"Float": 4, "Double": 8, "Half": 2, "BFloat16": 2, "Long": 8, "Int": 4, "Short": 2, "Char": 1, "Byte": 1,
         "Bool": 1}
TYPES = {name: stand_in(torch, name + "Storage") for name in WIDTH}


class Storage:
    def __init__(self, key, kind, data):
        self.key, self.kind, self.data = key, kind, data
        self.count = len(data) // WIDTH[kind]


class Tensor:
    def __init__(self, storage, offset, size, stride, parameter=False):
        self.arguments = (storage, offset, size, stride, False, collections.OrderedDict())
        self.parameter = parameter

    def __reduce__(self):
        if self.parameter:
            return utils._rebuild_parameter, (Tensor(*self.arguments[:4]), True, collections.OrderedDict())
        return utils._rebuild_tensor_v2, self.arguments


class Pickler(pickle.Pickler):
    legacy = False

    def persistent_id(self, value):
        if isinstance(value, Storage):
            place = ("storage", TYPES[value.kind], value.key, "cpu", value.count)
            return place + (None,) if self.legacy else place
        return None


def pack(form, *values):
    return struct.pack("<%d%s" % (len(values), form), *values)


storages = [
    Storage("0", "Float", pack("f", 1, -2, 3, -4, 5, -6)),
    Storage("1", "Half", pack("e", 0.5, -1.5, 2)),
    Storage("2", "Long", pack("q", 7)),
    Storage("3", "Bool", b"\1\0"),
    Storage("4", "BFloat16", struct.pack("<2H", 0x3FC0, 0xC000)),
    Storage("5", "Double", pack("d", -0.25, 8)),
    Storage("6", "Short", pack("h", -3)),
    Storage("7", "Byte", b"\xff\x01"),
]
s = storages
state = collections.OrderedDict(
    plain=Tensor(s[0], 0, (2, 3), (3, 1)),
    transposed=Tensor(s[0], 0, (3, 2), (1, 3)),
    row=Tensor(s[0], 3, (3,), (1,)),
    column=Tensor(s[0], 1, (2,), (3,)),
    half=Tensor(s[1], 0, (3,), (1,)),
    scalar=Tensor(s[2], 0, (), ()),
    bool=Tensor(s[3], 0, (2,), (1,)),
    brain=Tensor(s[4], 0, (2,), (1,)),
    double=Tensor(s[5], 0, (2,), (1,), True),
    short=Tensor(s[6], 0, (1, 1), (1, 1)),
    byte=Tensor(s[7], 0, (2,), (1,)),
)
state = collections.OrderedDict(("module." + name, tensor) for name, tensor in state.items())
root = {"net": state, "acc": 0.5, "epoch": 3, "options": ["a", None, (True, -1, 1 << 40)]}


def dump(file, value, legacy=False):
    pickler = Pickler(file, protocol=2)
    pickler.legacy = legacy
    pickler.dump(value)


with zipfile.ZipFile("small.pth", "w", zipfile.ZIP_STORED) as archive:
    def add(name, data):
        archive.writestr(zipfile.ZipInfo("small/" + name), data)
    import io
    pickled = io.BytesIO()
    dump(pickled, root)
    add("data.pkl", pickled.getvalue())
    add("byteorder", b"little")
    for storage in storages:
        add("data/" + storage.key, storage.data)
    add("version", b"3\n")

with open("small-legacy.pth", "wb") as file:
    dump(file, 0x1950A86A20F9469CFC6C)
    dump(file, 1001)
    dump(file, {"protocol_version": 1001, "little_endian": True, "type_sizes": {"short": 2}})
    dump(file, root, legacy=True)
    dump(file, [storage.key for storage in storages])
    for storage in storages:
        file.write(struct.pack("<q", storage.count) + storage.data)
