/// Key-value pairs that travel beside the messages of a call.
///
/// Keys are lower case, of `0-9 a-z _ - .`; one that ends in `-bin` has any bytes as its value, every other printable
/// ASCII. Keys that begin with `grpc-` or `olp-` are the library's and the suite's own.
package struct Metadata: Hashable, Sendable {
    package struct Entry: Hashable, Sendable {
        package let key: String
        package let value: [UInt8]
    }

    /// A pair that may not travel, and why.
    package struct Problem: Error, Hashable, Sendable, CustomStringConvertible {
        package let key: String
        package let reason: String
        package var description: String { "metadata \"\(key)\": \(reason)" }
    }

    /// Bytes of keys and values together that a peer takes unless it said otherwise.
    package static let defaultLimitBytes = 8 << 10

    package private(set) var entries: [Entry] = []

    package init() {}

    package var isEmpty: Bool { entries.isEmpty }

    /// Sum of the lengths of all keys and values.
    package var byteCount: Int { entries.reduce(0) { $0 + $1.key.utf8.count + $1.value.count } }

    /// The first value of `key`, if it is text.
    package func text(_ key: String) -> String? {
        guard !key.hasSuffix("-bin"), let value = binary(key) else { return nil }
        return String(decoding: value, as: UTF8.self)
    }

    /// The first value of `key` as bytes.
    package func binary(_ key: String) -> [UInt8]? { entries.first { $0.key == key }?.value }

    /// All values of `key` in order.
    package func all(_ key: String) -> [[UInt8]] { entries.filter { $0.key == key }.map(\.value) }

    /// Adds a pair whose key is not made from input; a wrong one is a mistake of the program.
    package mutating func add(_ key: String, _ value: String) {
        do { try append(key, Array(value.utf8)) } catch { preconditionFailure("\(error)") }
    }

    package mutating func add(_ key: String, binary value: [UInt8]) {
        do { try append(key, value) } catch { preconditionFailure("\(error)") }
    }

    /// Adds a pair that came from outside.
    package mutating func append(_ key: String, _ value: [UInt8]) throws(Problem) {
        guard !key.isEmpty, key.utf8.allSatisfy(Self.isKeyByte) else {
            throw Problem(key: String(key.prefix(40)), reason: "a key consists of 0-9 a-z _ - and .")
        }
        if !key.hasSuffix("-bin"), !value.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) {
            throw Problem(key: key, reason: "a value is printable ASCII unless the key ends in -bin")
        }
        entries.append(Entry(key: key, value: value))
    }

    package mutating func remove(_ key: String) { entries.removeAll { $0.key == key } }

    private static func isKeyByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        case UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."): true
        default: false
        }
    }
}
