package import ProtoJSON
package import Wire

/// A message with a JSON form: the canonical mapping of proto3.
package protocol JSONMessage: Message {
    /// In the order of the proto.
    static var fields: [FieldInfo] { get }

    /// Writes the message as one value.
    func encodeJSON(into json: inout JSONWriter)

    /// Writes the fields without the braces around them, for messages whose form is an object.
    func encodeJSONFields(into json: inout JSONWriter)

    /// Reads one value. Absent and null are the same; unknown fields are errors.
    init(json: inout JSONReader) throws(JSONError)

    /// Whether the form is not an object of the fields, as for Timestamp.
    static var hasOwnJSONForm: Bool { get }
}

extension JSONMessage {
    package static var hasOwnJSONForm: Bool { false }

    package func encodeJSON(into json: inout JSONWriter) {
        json.beginObject()
        encodeJSONFields(into: &json)
        json.endObject()
    }

    /// Reads a whole JSON text.
    package init(jsonBytes: [UInt8]) throws(JSONError) {
        var json = JSONReader(jsonBytes)
        try self.init(json: &json)
        try json.end()
    }

    package init(jsonText: String) throws(JSONError) {
        try self.init(jsonBytes: Array(jsonText.utf8))
    }

    /// - Parameters:
    ///   - includeDefaults: also write fields without presence that are zero, empty or false.
    ///   - isIndented: break the text into lines for people.
    package func jsonBytes(includeDefaults: Bool = false, isIndented: Bool = false) -> [UInt8] {
        var json = JSONWriter(includeDefaults: includeDefaults, isIndented: isIndented)
        encodeJSON(into: &json)
        return json.bytes
    }

    package func jsonText(includeDefaults: Bool = false, isIndented: Bool = false) -> String {
        String(decoding: jsonBytes(includeDefaults: includeDefaults, isIndented: isIndented), as: UTF8.self)
    }
}

extension JSONWriter {
    /// By name; by number if this release has no name for it.
    package mutating func value(_ value: some MessageEnum) {
        if value.isUnrecognized { self.value(value.rawValue) } else { self.value(value.name) }
    }
}

extension JSONReader {
    package mutating func enumeration<Value: MessageEnum>(_ type: Value.Type = Value.self) throws(JSONError) -> Value {
        Value(rawValue: try enumNumber(names: Value.known.map(\.name)) { Value(name: $0)?.rawValue })
    }

    /// The error for a second member of a oneof.
    package func secondChoice(of oneof: String) -> JSONError {
        error("only one of the fields of \(oneof) may be given")
    }

    /// The error for two entries of a map.
    package func secondEntry() -> JSONError {
        error("the key is given twice")
    }
}
