import Testing

@testable import Generator

/// Small pieces of the generator against what they must write. The whole is held by `Protos/generate --check`.
@Suite("The generator")
struct GeneratorTests {
    private func schema(_ messages: [ProtoMessage] = [], _ enums: [ProtoEnum] = []) throws -> Schema {
        var file = ProtoFile()
        file.name = "olp/sample/v1/sample.proto"
        file.package = "olp.sample.v1"
        file.syntax = "proto3"
        file.messages = messages
        file.enums = enums
        return try Schema([file])
    }

    private func message(_ name: String, _ fields: [ProtoField], oneofs: [ProtoOneof] = []) -> ProtoMessage {
        var message = ProtoMessage()
        message.fullName = "olp.sample.v1.\(name)"
        message.package = "olp.sample.v1"
        message.path = [name]
        message.fields = fields
        message.oneofs = oneofs
        return message
    }

    private func field(_ name: String, _ number: Int, _ kind: ProtoField.Kind, _ type: String = "") -> ProtoField {
        var field = ProtoField()
        field.name = name
        field.number = number
        field.kind = kind
        field.typeName = type.isEmpty ? "" : "olp.sample.v1.\(type)"
        field.jsonName = Naming.lowerCamel(name)
        return field
    }

    @Test("names follow the rules of each language", arguments: [
        (Naming.lowerCamel("with_json_name"), "withJsonName"), (Naming.upperCamel("message_request"), "MessageRequest"),
        (Naming.upperSnake("GiasImportState"), "GIAS_IMPORT_STATE"), (Naming.lowerFirst("GetSchool"), "getSchool"),
        (Naming.namespace(ofPackage: "olp.partnership.v1"), "PartnershipV1"),
        (Naming.namespace(ofPackage: "olp.training_events.v1"), "TrainingEventsV1"),
        (Naming.namespace(ofPackage: "google.rpc"), "GoogleRPC"),
        (Naming.namespace(ofPackage: "google.protobuf"), "GoogleProtobuf"),
        (Naming.namespace(ofPackage: "grpc.health.v1"), "HealthV1"),
        (Naming.namespace(ofPackage: "grpc.testing"), "GRPCTesting"),
        (Naming.quoted("class"), "`class`"), (Naming.member("init"), "init_"), (Naming.type("Any"), "AnyMessage"),
        (Naming.cType("olp.common.v1.HistoryEntry"), "Olp__Common__V1__HistoryEntry"),
        (Naming.cLower("olp.common.v1.HistoryEntry"), "olp__common__v1__history_entry"),
        (Naming.cMember("class"), "class_"), (Naming.literal("a\"b\\\n"), #""a\"b\\\n""#),
    ])
    func names(name: String, expected: String) {
        #expect(name == expected)
    }

    @Test("an enum's name is taken off its cases only if all have it")
    func caseNames() {
        var status = ProtoEnum()
        status.path = ["SchoolStatus"]
        status.values = ["SCHOOL_STATUS_UNSPECIFIED", "SCHOOL_STATUS_PROPOSED_TO_OPEN"].map {
            .init(name: $0, number: 0, comment: "")
        }
        #expect(Naming.caseNames(of: status) == ["unspecified", "proposedToOpen"])
        status.values.append(.init(name: "OTHER", number: 2, comment: ""))
        #expect(Naming.caseNames(of: status) == ["schoolStatusUnspecified", "schoolStatusProposedToOpen", "other"])
        status.values = [.init(name: "SCHOOL_STATUS_1", number: 1, comment: "")]
        #expect(Naming.caseNames(of: status) == ["schoolStatus1"])
    }

    @Test("the serialised form of descriptors is read, and what is cut off is refused")
    func reader() throws {
        let bytes: [UInt8] = [0x0a, 0x02, 0x68, 0x69, 0x10, 0x96, 0x01, 0x1a, 0x02, 0x01, 0x02, 0x25, 1, 0, 0, 0]
        let fields = try ProtoReader.fields(of: bytes[...])
        #expect(fields.map(\.number) == [1, 2, 3, 4])
        #expect(try fields[0].text() == "hi")
        #expect(try fields[1].integer() == 150)
        #expect(try fields[2].integers() == [1, 2])
        #expect(try fields[3].integer() == 1)
        #expect(fields.flatMap { Array($0.whole) } == bytes)
        #expect(throws: GeneratorError.self) { try ProtoReader.fields(of: bytes.dropLast()) }
    }

    @Test("a C struct has a quantifier where presence needs one, and lists their count")
    func cFields() throws {
        var optional = field("count", 1, .int32)
        optional.isOptional = true
        var list = field("words", 2, .string)
        list.isRepeated = true
        let sample = message("Sample", [optional, list])
        let schema = try schema([sample])
        #expect(CField(schema, optional, in: sample).declarations
            == ["protobuf_c_boolean has_count;", "int32_t count;"])
        #expect(CField(schema, list, in: sample).declarations == ["size_t n_words;", "ProtobufCBinaryData *words;"])
        #expect(CField(schema, field("share", 3, .double), in: sample).declarations
            == ["protobuf_c_boolean has_share;", "double share;"])
        #expect(CField(schema, field("class", 4, .bool), in: sample).declarations == ["protobuf_c_boolean class_;"])
        #expect(CField(schema, field("inner", 5, .message, "Sample"), in: sample).declarations
            == ["Olp__Sample__V1__Sample *inner;"])
        var entry = sample
        entry.isMapEntry = true
        #expect(CField(schema, field("key", 1, .string), in: entry).declarations
            == ["protobuf_c_boolean has_key;", "ProtobufCBinaryData key;"])
    }

    @Test("the C table of a message is what protobuf-c reads")
    func cTable() throws {
        var list = field("numbers", 3, .sint64)
        list.isRepeated = true
        let fields = [field("name", 1, .string), list, field("next", 4, .message, "Sample")]
        let schema = try schema([message("Sample", fields)])
        let text = CSourceEmitter(schema: schema, file: schema.files[0]).text()
        #expect(text.contains("""
                { "name", 1, PROTOBUF_C_LABEL_NONE, PROTOBUF_C_TYPE_BYTES,
                  0, offsetof(Olp__Sample__V1__Sample, name),
                  NULL, NULL, 65536, 0, NULL, NULL },
                { "numbers", 3, PROTOBUF_C_LABEL_REPEATED, PROTOBUF_C_TYPE_SINT64,
                  offsetof(Olp__Sample__V1__Sample, n_numbers), offsetof(Olp__Sample__V1__Sample, numbers),
                  NULL, NULL, PROTOBUF_C_FIELD_FLAG_PACKED, 0, NULL, NULL },
                { "next", 4, PROTOBUF_C_LABEL_NONE, PROTOBUF_C_TYPE_MESSAGE,
                  0, offsetof(Olp__Sample__V1__Sample, next),
                  &olp__sample__v1__sample__descriptor, NULL, 0, 0, NULL, NULL },
            """))
        #expect(text.contains("""
            static const ProtobufCIntRange olp__sample__v1__sample__number_ranges[] = {
                { 1, 0 },
                { 3, 1 },
                { 0, 3 }
            };
            """))
        #expect(text.contains("""
            static const unsigned olp__sample__v1__sample__field_indices_by_name[] = {
                0, /* name */
                2, /* next */
                1, /* numbers */
            };
            """))
    }

    @Test("a message that can hold itself gets a box, through a list or a map it needs none")
    func boxes() throws {
        let direct = field("next", 1, .message, "Node")
        let across = field("other", 2, .message, "Other")
        var list = field("children", 3, .message, "Node")
        list.isRepeated = true
        let node = message("Node", [direct, across, list])
        let schema = try schema([node, message("Other", [field("node", 1, .message, "Node")]), message("Leaf", [])])
        #expect(schema.needsBox(direct, in: node))
        #expect(schema.needsBox(across, in: node))
        #expect(!schema.needsBox(list, in: node))
        #expect(!schema.needsBox(field("leaf", 4, .message, "Leaf"), in: node))
    }

    @Test("what cannot be expressed is refused with the name of what it is about")
    func refusals() {
        var group = field("g", 1, .group, "Sample")
        group.isRepeated = true
        #expect(throws: GeneratorError.self) { try schema([message("Sample", [group])]) }
        let many = (1...65).map { field("m\($0)", $0, .message, "Sample") }
        let error = #expect(throws: GeneratorError.self) { try schema([message("Sample", many)]) }
        #expect(error?.description == "olp.sample.v1.Sample: more than 64 singular messages in one message")
        var aliases = ProtoEnum()
        aliases.fullName = "olp.sample.v1.Alias"
        aliases.path = ["Alias"]
        aliases.values = [.init(name: "A", number: 0, comment: ""), .init(name: "B", number: 0, comment: "")]
        #expect(throws: GeneratorError.self) { try schema([], [aliases]) }
        var old = ProtoFile()
        old.package = "olp.sample.v1"
        #expect(throws: GeneratorError.self) { try Schema([old]) }
    }

    @Test("JSON trees merge: members unite, lists append, else the second stands")
    func trees() throws {
        let first = try JSONTree(parsing: Array(#"{"a": {"x": 1}, "b": [1], "c": "one"}"#.utf8))
        let second = try JSONTree(parsing: Array(#"{"a": {"y": true}, "b": [2], "c": "two"}"#.utf8))
        let merged = first.merged(with: second).rendered().filter { !$0.isWhitespace }
        #expect(merged == #"{"a":{"x":1,"y":true},"b":[1,2],"c":"two"}"#)
    }
}
