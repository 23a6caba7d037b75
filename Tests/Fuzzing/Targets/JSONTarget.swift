import Contracts
import TestSupport
import Wire

@testable import ProtoJSON

/// An input is a JSON text, or nearly one.
enum JSONTarget {
    static func run(_ input: UnsafeRawBufferPointer) {
        let text = unsafe [UInt8](input)
        syntax(text)
        types(text)
        message(text)
        base64(text)
    }

    // MARK: Any text

    private static func syntax(_ text: [UInt8]) {
        let skipping: JSONError? = error { () throws(JSONError) in
            var reader = JSONReader(text)
            try reader.skipValue()
            try reader.end()
        }
        for isIndented in [false, true] {
            var written: [UInt8] = []
            let reading: JSONError? = error { () throws(JSONError) in
                written = try copy(text, isIndented: isIndented)
            }
            require((reading == nil) == (skipping == nil),
                    "skipped: \(skipping?.description ?? "taken"), read: \(reading?.description ?? "taken")")
            guard skipping == nil else { continue }
            let again = try? copy(written, isIndented: isIndented)
            require(again == written, "what was read and written is not read and written the same again")
        }
    }

    private static func error(_ body: () throws(JSONError) -> Void) -> JSONError? {
        do throws(JSONError) {
            try body()
            return nil
        } catch {
            require(error.line > 0 && error.column > 0, "an error at line \(error.line), column \(error.column)")
            require(!error.description.utf8.contains { $0 < 0x20 }, "an error's text has control characters")
            return error
        }
    }

    /// The text as the writer writes it.
    private static func copy(_ text: [UInt8], isIndented: Bool) throws(JSONError) -> [UInt8] {
        var reader = JSONReader(text)
        var writer = JSONWriter(isIndented: isIndented)
        try copyValue(&reader, &writer)
        try reader.end()
        return writer.bytes
    }

    private static func copyValue(_ reader: inout JSONReader, _ writer: inout JSONWriter) throws(JSONError) {
        switch reader.nextKind() {
        case .object:
            try reader.beginObject()
            writer.beginObject()
            while let key = try reader.nextKey() {
                writer.key(key)
                try copyValue(&reader, &writer)
            }
            writer.endObject()
        case .array:
            try reader.beginArray()
            writer.beginArray()
            while try reader.nextElement() { try copyValue(&reader, &writer) }
            writer.endArray()
        case .text: writer.value(try reader.text())
        case .number: writer.raw(Array(try reader.readNumber().text.utf8))
        case .bool: writer.value(try reader.bool())
        case .null:
            guard try reader.skipNull() else { throw reader.error("expected a value") }
            writer.null()
        case nil: throw reader.error("expected a value")
        }
    }

    /// Looking for an object's type reads nothing, and means that the object can be read.
    private static func types(_ text: [UInt8]) {
        var reader = JSONReader(text)
        guard (try? reader.typeKey()) != nil else { return }
        require((try? reader.skipValue()) != nil, "an object has a type and cannot be read")
    }

    // MARK: A message with a field of every kind

    private static func message(_ text: [UInt8]) {
        var found: TestingV1.Everything?
        let error: JSONError? = error { () throws(JSONError) in found = try TestingV1.Everything(jsonBytes: text) }
        guard error == nil, let message = found else { return }
        let written = message.jsonBytes()
        guard let again = try? TestingV1.Everything(jsonBytes: written) else { fatalError("its own form is refused") }
        let sent = EdgeMemory.encoded(message)
        require(EdgeMemory.encoded(again) == sent, "\(message) came back as \(again)")
        guard let arrived = try? TestingV1.Everything(decoding: sent) else { fatalError("\(message) cannot be sent") }
        require(arrived.jsonBytes() == written, "\(message) was sent, \(arrived) has arrived")
    }

    // MARK: Base64

    private static func base64(_ text: [UInt8]) {
        require(Base64.decode(Base64.encode(text).utf8) == text, "bytes do not come back from base64")
        guard let bytes = Base64.decode(text) else { return }
        require(Base64.decode(Base64.encode(bytes).utf8) == bytes, "base64 is read and written to other bytes")
    }
}
