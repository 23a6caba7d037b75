"""Exchanges messages with the Swift tests, through Google's protobuf as the other side.

usage: interop.py <FileDescriptorSet> <folder> <seed> <count>

For each <folder>/swift-<i>.bin and .json: both must be the same message; it is written to echo-<i>.bin and .json.
For each <folder>/odd-<i>.bin, bytes that Swift took for a message: they must be the message in plain-<i>.bin.
Then <count> random messages of its own go to python-<i>.bin and .json.
"""

import glob
import os
import random
import sys

from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory
from google.protobuf import message as message_module

TYPE = "olp.testing.v1.Everything"
LETTERS = "abcxyz 0189\"\\/\n\t\u0001\u007f<&éß€漢😀"
INTEGERS = {
    "int32": (-2**31, 2**31 - 1), "sint32": (-2**31, 2**31 - 1), "sfixed32": (-2**31, 2**31 - 1),
    "uint32": (0, 2**32 - 1), "fixed32": (0, 2**32 - 1),
    "int64": (-2**63, 2**63 - 1), "sint64": (-2**63, 2**63 - 1), "sfixed64": (-2**63, 2**63 - 1),
    "uint64": (0, 2**64 - 1), "fixed64": (0, 2**64 - 1),
}


def load(path):
    files = descriptor_pb2.FileDescriptorSet()
    with open(path, "rb") as file:
        files.ParseFromString(file.read())
    pool = descriptor_pool.DescriptorPool()
    for file in files.file:
        pool.Add(file)
    return pool, message_factory.GetMessageClass(pool.FindMessageTypeByName(TYPE))


def read(path):
    with open(path, "rb") as file:
        return file.read()


def write(path, content):
    with open(path, "wb") as file:
        file.write(content)


def as_json(message, pool):
    return json_format.MessageToJson(message, descriptor_pool=pool).encode()


def map_names(message):
    return [field.name for field in message.DESCRIPTOR.fields
            if field.message_type and field.message_type.GetOptions().map_entry]


def has_long_map(message):
    return any(len(getattr(message, name)) > 1 for name in map_names(message))


def check(folder, pool, everything):
    failures = 0
    for path in sorted(glob.glob(os.path.join(folder, "swift-*.bin"))):
        name = os.path.basename(path)[len("swift-"):-len(".bin")]
        message = everything()
        message.ParseFromString(read(path))
        from_json = json_format.Parse(read(path[:-len("bin")] + "json"), everything(), descriptor_pool=pool)
        if message != from_json:
            failures += 1
            print(f"{path}: the JSON is another message than the bytes")
        ours, theirs = message.SerializeToString(deterministic=True), read(path)
        # Which entry of a map comes first, each implementation decides for itself.
        if len(ours) != len(theirs) or not has_long_map(message) and ours != theirs:
            failures += 1
            print(f"{path}: the bytes are not those that protobuf writes")
        write(os.path.join(folder, f"echo-{name}.bin"), message.SerializeToString())
        write(os.path.join(folder, f"echo-{name}.json"), as_json(message, pool))
    return failures


def check_odd(folder, everything):
    failures = 0
    for path in sorted(glob.glob(os.path.join(folder, "odd-*.bin"))):
        odd, plain = everything(), everything()
        plain.ParseFromString(read(path.replace("odd-", "plain-")))
        try:
            odd.ParseFromString(read(path))
        except message_module.DecodeError as error:
            failures += 1
            print(f"{path}: {error}, but Swift took it: {read(path).hex()}")
            continue
        odd.DiscardUnknownFields()
        # An entry with an unknown field in it is dropped whole by this implementation, though not by others.
        for name in map_names(odd):
            theirs, ours = getattr(odd, name), getattr(plain, name)
            if any(key not in ours or ours[key] != theirs[key] for key in list(theirs)):
                failures += 1
                print(f"{path}: another {name} than Swift's: {read(path).hex()}")
            odd.ClearField(name)
            plain.ClearField(name)
        if odd.SerializeToString(deterministic=True) != plain.SerializeToString(deterministic=True):
            failures += 1
            print(f"{path}: another message than Swift's: {read(path).hex()}")
    return failures


def kind(field):
    return descriptor_pb2.FieldDescriptorProto.Type.Name(field.type)[len("TYPE_"):].lower()


def scalar(field, rng):
    name = kind(field)
    if name in INTEGERS:
        low, high = INTEGERS[name]
        return rng.choice([0, low, high, rng.randint(low, high), rng.randint(0, 300)])
    if name == "double":
        return rng.choice([0.0, -0.0, 1.5, 1e300, 5e-324, float("inf"), float("-inf"), rng.uniform(-1e9, 1e9)])
    if name == "float":
        return rng.choice([0.0, -0.0, 1.5, float("inf"), float(rng.randint(-1000, 1000)) / 8])
    if name == "bool":
        return rng.random() < 0.5
    if name == "string":
        return "".join(rng.choice(LETTERS) for _ in range(rng.randint(0, 20)))
    if name == "bytes":
        return rng.randbytes(rng.randint(0, 20))
    return rng.choice([value.number for value in field.enum_type.values] + [42])


def fill(message, rng, depth):
    name = message.DESCRIPTOR.full_name
    if name == "google.protobuf.Timestamp":
        message.seconds, message.nanos = rng.randint(-62135596800, 253402300799), rng.randint(0, 999999999)
        return
    if name == "google.protobuf.Duration":
        sign = rng.choice([1, -1])
        message.seconds, message.nanos = sign * rng.randint(0, 315575999999), sign * rng.randint(0, 999999999)
        return
    for field in message.DESCRIPTOR.fields:
        if rng.random() < 0.4:
            continue
        if field.message_type and field.message_type.GetOptions().map_entry:
            key, value = field.message_type.fields_by_name["key"], field.message_type.fields_by_name["value"]
            target = getattr(message, field.name)
            for _ in range(rng.randint(1, 4)):
                if value.message_type:
                    fill(target[scalar(key, rng)], rng, depth - 1)
                else:
                    target[scalar(key, rng)] = scalar(value, rng)
        elif field.message_type:
            if depth <= 0:
                continue
            if field.is_repeated:
                for _ in range(rng.randint(1, 4)):
                    fill(getattr(message, field.name).add(), rng, depth - 1)
            else:
                getattr(message, field.name).SetInParent()
                fill(getattr(message, field.name), rng, depth - 1)
        elif field.is_repeated:
            getattr(message, field.name).extend(scalar(field, rng) for _ in range(rng.randint(1, 6)))
        else:
            setattr(message, field.name, scalar(field, rng))


def make(folder, pool, everything, seed, count):
    rng = random.Random(seed)
    for index in range(count):
        message = everything()
        fill(message, rng, 4)
        write(os.path.join(folder, f"python-{index}.bin"), message.SerializeToString(deterministic=True))
        write(os.path.join(folder, f"python-{index}.json"), as_json(message, pool))


def main():
    descriptors, folder, seed, count = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    pool, everything = load(descriptors)
    failures = check(folder, pool, everything) + check_odd(folder, everything)
    make(folder, pool, everything, seed, count)
    sys.exit(1 if failures else 0)


main()
