package import ProtoJSON
package import Wire

/// A message of any type. One that the catalogue knows is written inline beside "@type"; the bytes of
/// any other go to "value" in base64, which is this suite's own form.
extension GoogleProtobuf.AnyMessage: JSONMessage {
    package static let typePrefix = "type.googleapis.com/"

    package static var hasOwnJSONForm: Bool { true }

    /// Wraps a message together with its type.
    package init(_ message: some Message) {
        self.init(typeUrl: Self.typePrefix + type(of: message).messageName, value: message.encoded())
    }

    /// Full name of the type.
    package var typeName: String {
        String(typeUrl[(typeUrl.lastIndex(of: "/").map(typeUrl.index(after:)) ?? typeUrl.startIndex)...])
    }

    /// The message if it is of this type and can be decoded.
    package func unwrapped<Value: Message>(as type: Value.Type = Value.self) -> Value? {
        typeName == Value.messageName ? try? Value(decoding: value) : nil
    }

    package func encodeJSON(into json: inout JSONWriter) {
        json.beginObject()
        encodeJSONFields(into: &json)
        json.endObject()
    }

    package func encodeJSONFields(into json: inout JSONWriter) {
        guard !typeUrl.isEmpty || !value.isEmpty else { return }
        json.key("@type")
        json.value(typeUrl)
        if let type = ContractCatalogue.message(typeName)?.type, let message = try? type.init(decoding: value) {
            if type.hasOwnJSONForm {
                json.key("value")
                message.encodeJSON(into: &json)
            } else {
                message.encodeJSONFields(into: &json)
            }
        } else {
            json.key("value")
            json.value(value)
        }
    }

    package init(json: inout JSONReader) throws(JSONError) {
        let start = json
        guard let typeUrl = try json.typeKey() else {
            self.init()
            var seen = JSONNames.Seen()
            try json.beginObject()
            guard try json.nextField(of: JSONNames([]), &seen) == nil else { throw start.error("expected \"@type\"") }
            return
        }
        self.init(typeUrl: typeUrl)
        guard let type = ContractCatalogue.message(typeName)?.type else {
            value = try Self.inValueField(&json) { (json: inout JSONReader) throws(JSONError) in try json.base64() }
            return
        }
        if type.hasOwnJSONForm {
            value = try Self.inValueField(&json) { (json: inout JSONReader) throws(JSONError) in
                try type.init(json: &json).encoded()
            }
        } else {
            value = try type.init(json: &json).encoded()
        }
    }

    private static let valueField = JSONNames([FieldInfo("value", jsonName: "value", number: 2, kind: .bytes)])

    private static func inValueField(
        _ json: inout JSONReader, _ read: (inout JSONReader) throws(JSONError) -> [UInt8]
    ) throws(JSONError) -> [UInt8] {
        var seen = JSONNames.Seen()
        var bytes: [UInt8] = []
        try json.beginObject()
        while try json.nextField(of: valueField, &seen) != nil { bytes = try read(&json) }
        return bytes
    }
}
