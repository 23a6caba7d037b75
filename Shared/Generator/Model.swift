/// A .proto file as protoc describes it.
struct ProtoFile {
    var name = ""
    var package = ""
    var syntax = "proto2"
    var dependencies: [String] = []
    var messages: [ProtoMessage] = []
    var enums: [ProtoEnum] = []
    var services: [ProtoService] = []
    /// Extensions that stand at the file's top.
    var extensions: [(type: String, number: Int)] = []
    var comment = ""
    /// The serialised FileDescriptorProto without comments, as reflection serves it.
    var descriptor: [UInt8] = []

    /// Every message, each before those that are nested in it.
    var allMessages: [ProtoMessage] {
        messages.flatMap(\.withNested)
    }

    var allEnums: [ProtoEnum] {
        enums + allMessages.flatMap(\.enums)
    }
}

struct ProtoMessage {
    var fullName = ""
    /// Names from the outermost message to this one.
    var path: [String] = []
    var package = ""
    var fields: [ProtoField] = []
    var oneofs: [ProtoOneof] = []
    var messages: [ProtoMessage] = []
    var enums: [ProtoEnum] = []
    var isMapEntry = false
    var comment = ""

    var name: String { path[path.count - 1] }

    var withNested: [ProtoMessage] {
        [self] + messages.flatMap(\.withNested)
    }
}

struct ProtoOneof {
    let name: String
    let comment: String
}

struct ProtoEnum {
    struct Value {
        let name: String
        let number: Int32
        let comment: String
    }

    var fullName = ""
    var path: [String] = []
    var package = ""
    var values: [Value] = []
    var comment = ""

    var name: String { path[path.count - 1] }
}

struct ProtoField {
    /// With the numbers of FieldDescriptorProto.Type.
    enum Kind: Int {
        case double = 1, float, int64, uint64, int32, fixed64, fixed32, bool, string, group, message, bytes
        case uint32, `enum`, sfixed32, sfixed64, sint32, sint64
    }

    var name = ""
    var number = 0
    var kind = Kind.int32
    var isRepeated = false
    /// Full name of the message or enum, without a leading dot.
    var typeName = ""
    /// Index of the oneof it belongs to; nil too for the one that protoc makes up for `optional`.
    var oneof: Int?
    var isOptional = false
    var isPackedOff = false
    var isDeprecated = false
    var jsonName = ""
    var comment = ""

    var isMessage: Bool { kind == .message }
    var isPackable: Bool { kind != .string && kind != .bytes && kind != .message }
}

struct ProtoService {
    var name = ""
    var fullName = ""
    var methods: [ProtoMethod] = []
    var comment = ""
}

struct ProtoMethod {
    enum Idempotency: Int {
        case unknown, noSideEffects, idempotent
    }

    var name = ""
    /// Full names of the messages, without a leading dot.
    var input = ""
    var output = ""
    var clientStreaming = false
    var serverStreaming = false
    var idempotency = Idempotency.unknown
    var http: [HTTPRule] = []
    var comment = ""
}

/// A google.api.HttpRule, one for each binding.
struct HTTPRule {
    var verb = ""
    var path = ""
    var body = ""
}
