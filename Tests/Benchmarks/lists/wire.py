"""Just enough of protobuf to write the payloads of events."""


def varint(value):
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def number(field, value):
    """Nothing for 0, as proto3 writes it."""
    return varint(field << 3) + varint(value) if value else b""


def optional_number(field, value):
    """Nothing for None; 0 is written."""
    return b"" if value is None else varint(field << 3) + varint(value)


def text(field, value):
    return block(field, value.encode()) if value else b""


def block(field, data):
    """A message, or bytes."""
    return varint(field << 3 | 2) + varint(len(data)) + data


def packed(field, values):
    return block(field, b"".join(map(varint, values))) if values else b""


def time(field, at):
    """A Timestamp of microseconds since 1970; nothing for None."""
    return b"" if at is None else block(field, number(1, at // 1_000_000) + number(2, at % 1_000_000 * 1000))
