"""Frames of the wire protocol, major version 1: 32 bytes, a protobuf part, and the application's message.

Written from Shared/RPC/README.md, "The wire", and nothing else.
"""

import dataclasses
import enum
import struct

MAGIC = 0x5A
MAJOR = 1
HEADER = struct.Struct("<BBBBBBHQIIII")
SECOND_PART_ABOVE = 8 * 1024


class Kind(enum.IntEnum):
    HELLO = 1
    HELLO_ACK = 2
    CALL = 3
    HEADERS = 4
    MSG = 5
    END = 6
    CANCEL = 7
    CREDIT = 8
    PING = 9
    PONG = 10
    GOAWAY = 11
    STATE = 12


class Flag(enum.IntFlag):
    END_STREAM = 1
    COMPRESSED = 2
    MORE = 4
    OPTIONAL = 8
    REFUSED = 16
    HAS_MESSAGE = 32
    FRAGMENT = 64


class Code(enum.IntEnum):
    """gRPC's status codes."""

    OK = 0
    CANCELLED = 1
    UNKNOWN = 2
    INVALID_ARGUMENT = 3
    DEADLINE_EXCEEDED = 4
    NOT_FOUND = 5
    ALREADY_EXISTS = 6
    PERMISSION_DENIED = 7
    RESOURCE_EXHAUSTED = 8
    FAILED_PRECONDITION = 9
    ABORTED = 10
    OUT_OF_RANGE = 11
    UNIMPLEMENTED = 12
    INTERNAL = 13
    UNAVAILABLE = 14
    DATA_LOSS = 15
    UNAUTHENTICATED = 16


class BadFrame(Exception):
    """A frame that breaks the protocol."""


@dataclasses.dataclass
class Frame:
    kind: int
    call: int = 0
    flags: int = 0
    status: int = 0
    part: bytes = b""  # the protobuf part
    message: bytes | None = None
    credit: int = 0
    whole: int = 0  # bytes of the whole message, on its first fragment
    sequence: int = 0
    number: int = 0  # of PING and PONG
    magic: int = MAGIC
    major: int = MAJOR
    compression: int = 0
    second_part: bool | None = None  # where the message goes; None: by its size

    def has(self, flag):
        return bool(self.flags & flag)

    def encode(self):
        """The parts of the ZeroMQ message."""
        flags, length = self.flags, self.number
        if self.message is not None:
            flags, length = flags | Flag.HAS_MESSAGE, len(self.message)
        header = HEADER.pack(
            self.magic, self.major, self.kind, flags, self.status, self.compression, len(self.part), self.call,
            self.credit, self.whole, self.sequence, length)
        first = header + self.part
        if self.message is None:
            return [first]
        apart = len(self.message) > SECOND_PART_ABOVE if self.second_part is None else self.second_part
        return [first, self.message] if apart else [first + self.message]

    @classmethod
    def decode(cls, parts):
        """The frames of a ZeroMQ message, one after the other."""
        first, second = parts[0], parts[1] if len(parts) > 1 else None
        while True:
            frame, end = cls.decode_first(first, second)
            yield frame
            first, second = first[end:], None
            if not first:
                return

    @classmethod
    def decode_first(cls, first, second):
        """The frame that the part begins with, and where it ends there."""
        if len(first) < HEADER.size:
            raise BadFrame(f"{len(first)} bytes are no header")
        (magic, major, kind, flags, status, compression, part_length, call, credit, whole, sequence,
         length) = HEADER.unpack_from(first)
        if magic != MAGIC or major != MAJOR:
            raise BadFrame(f"magic {magic:#x}, major version {major}")
        end = HEADER.size + part_length
        part = first[HEADER.size:end]
        if len(part) != part_length:
            raise BadFrame(f"{len(first) - HEADER.size} bytes after the header, {part_length} for protobuf announced")
        message, number = None, 0
        if not flags & Flag.HAS_MESSAGE:
            number = length
        elif second is not None:
            message = second
        else:
            message = first[end:end + length]
            end += length
        if message is not None and len(message) != length:
            raise BadFrame(f"a message of {len(message)} bytes, {length} announced")
        return cls(
            kind, call, flags, status, part, message, credit, whole, sequence, number, magic, major, compression), end
