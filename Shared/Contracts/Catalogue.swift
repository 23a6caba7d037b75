package import ProtoJSON
package import RPC
import Wire

/// A message, for code that handles messages it does not know.
package struct MessageEntry: Sendable {
    /// Full name, such as "olp.partnership.v1.School".
    package let name: String
    /// From the proto.
    package let comment: String
    package let fields: [FieldInfo]
    /// Whether the JSON form is something else than an object of the fields, as for Timestamp.
    package let hasOwnJSONForm: Bool
    let type: any JSONMessage.Type

    init<Value: JSONMessage>(_ type: Value.Type, comment: String) {
        name = Value.messageName
        self.comment = comment
        fields = Value.fields
        hasOwnJSONForm = Value.hasOwnJSONForm
        self.type = type
    }

    /// JSON text → serialised message.
    package func fromJSON(_ json: [UInt8]) throws(JSONError) -> [UInt8] {
        try type.init(jsonBytes: json).encoded()
    }

    /// Serialised message → JSON text. Throws WireError for bytes that are no such message.
    package func toJSON(
        _ bytes: [UInt8], includeDefaults: Bool = false, isIndented: Bool = false
    ) throws -> [UInt8] {
        try type.init(decoding: bytes).jsonBytes(includeDefaults: includeDefaults, isIndented: isIndented)
    }
}

/// A method of a service, with all that is needed to call it from JSON.
package struct MethodEntry: Sendable {
    package let descriptor: MethodDescriptor
    /// From the proto.
    package let comment: String
    package let request: MessageEntry
    package let reply: MessageEntry
    /// How it is reached over HTTP; empty if it is not.
    package let http: [HTTPRoute]

    package var requestName: String { request.name }
    package var replyName: String { reply.name }
    package var requestFields: [FieldInfo] { request.fields }

    package func requestFromJSON(_ json: [UInt8]) throws(JSONError) -> [UInt8] {
        try request.fromJSON(json)
    }

    package func replyToJSON(
        _ bytes: [UInt8], includeDefaults: Bool = false, isIndented: Bool = false
    ) throws -> [UInt8] {
        try reply.toJSON(bytes, includeDefaults: includeDefaults, isIndented: isIndented)
    }
}

package struct ServiceEntry: Sendable {
    /// Full name, such as "olp.partnership.v1.Partners".
    package let name: String
    /// The proto file, such as "olp/partnership/v1/partners.proto".
    package let file: String
    package let comment: String
    package let methods: [MethodEntry]
}

/// A way to a method over HTTP, from google.api.http.
package struct HTTPRoute: Hashable, Sendable {
    package let verb: HTTPVerb
    /// Segments are words or `{field}` by the proto's name; the last may end in `:verb`, as in
    /// "/v1/gias-imports/{id}:start".
    package let pattern: String
    /// "*": the body is the request without what the path gave; a field's name: the body is that field; nil: none.
    package let body: String?

    package init(_ verb: HTTPVerb, _ pattern: String, body: String? = nil) {
        self.verb = verb
        self.pattern = pattern
        self.body = body
    }
}

package enum HTTPVerb: String, Hashable, Sendable, CaseIterable {
    case get = "GET"
    case put = "PUT"
    case post = "POST"
    case delete = "DELETE"
    case patch = "PATCH"
}

/// Every service and message of the suite. The list of services is generated.
package enum ContractCatalogue {
    private static let methods: [String: MethodEntry] = .init(
        uniqueKeysWithValues: services.flatMap(\.methods).map { ($0.descriptor.fullName, $0) })
    private static let messagesByName: [String: MessageEntry] = .init(
        uniqueKeysWithValues: messages.map { ($0.name, $0) })

    /// - Parameter fullName: "olp.partnership.v1.Partners/GetPartner".
    package static func method(_ fullName: String) -> MethodEntry? {
        methods[fullName]
    }

    package static func service(_ name: String) -> ServiceEntry? {
        services.first { $0.name == name }
    }

    /// - Parameter fullName: "olp.partnership.v1.School".
    package static func message(_ fullName: String) -> MessageEntry? {
        messagesByName[fullName]
    }
}
