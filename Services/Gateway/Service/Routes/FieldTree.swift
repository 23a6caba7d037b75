import Contracts
import ProtoJSON

/// Fields of a request that came as texts, in the path or the query, as they become JSON.
///
/// A field is named as in JSON or as in the proto, one inside another by a dot: `asOf.year`. A repeated field is given
/// once for each element. A date may also be given whole: `asOf=2024-01-31`.
struct FieldTree {
    private indirect enum Node {
        case values(FieldInfo, [String])
        case message(FieldInfo, FieldTree)
    }

    private let fields: [FieldInfo]
    private var nodes: [(name: String, node: Node)] = []

    init(_ fields: [FieldInfo]) {
        self.fields = fields
    }

    var isEmpty: Bool { nodes.isEmpty }

    /// JSON names of the fields that have a value.
    var names: [String] { nodes.map(\.name) }

    /// The fields that are no messages, with the first of their values.
    var scalars: [(FieldInfo, String)] {
        nodes.compactMap { if case .values(let field, let values) = $0.node { (field, values[0]) } else { nil } }
    }

    /// Takes a value for the field of this name.
    /// - Parameter except: fields that may not be given here, by their proto names.
    mutating func add(_ name: String, _ value: String, except: Set<String> = []) throws(Problem) {
        try add(name[...], value, full: name, except: except)
    }

    private mutating func add(
        _ path: Substring, _ value: String, full: String, except: Set<String>
    ) throws(Problem) {
        let dot = path.firstIndex(of: ".")
        let head = path[..<(dot ?? path.endIndex)]
        let field = fields.first { $0.jsonName == head || $0.name == head }
        guard let field, !field.isMap, !except.contains(field.name) else {
            throw QueryParameters.unknown(full, fields.filter { !except.contains($0.name) }.map(\.jsonName))
        }
        let index = nodes.firstIndex { $0.name == field.jsonName }
        if let dot {
            guard field.kind == .message, !field.isRepeated,
                let message = field.messageName.flatMap(ContractCatalogue.message), !message.hasOwnJSONForm
            else { throw .invalid(full, "has no such part") }
            var tree = FieldTree(message.fields)
            if let index {
                guard case .message(_, let known) = nodes[index].node else {
                    throw .invalid(field.jsonName, "is given both whole and in parts")
                }
                tree = known
            }
            try tree.add(path[path.index(after: dot)...], value, full: full, except: [])
            put(.message(field, tree), at: index, field)
        } else {
            var values: [String] = []
            if let index {
                guard case .values(_, let known) = nodes[index].node else {
                    throw .invalid(field.jsonName, "is given both whole and in parts")
                }
                guard field.isRepeated else { throw .invalid(field.jsonName, "is given twice, and may be given once") }
                values = known
            }
            put(.values(field, values + [value]), at: index, field)
        }
    }

    private mutating func put(_ node: Node, at index: Int?, _ field: FieldInfo) {
        if let index { nodes[index].node = node } else { nodes.append((field.jsonName, node)) }
    }

    /// The members, without braces, each with its name.
    func members() throws(Problem) -> [[UInt8]] {
        var members: [[UInt8]] = []
        for (name, node) in nodes {
            var json = JSONWriter()
            json.value(name)
            members.append(json.bytes + [UInt8(ascii: ":")] + (try Self.json(node)))
        }
        return members
    }

    /// The members as an object.
    func object() throws(Problem) -> [UInt8] {
        [UInt8(ascii: "{")] + Array(try members().joined(separator: [UInt8(ascii: ",")])) + [UInt8(ascii: "}")]
    }

    private static func json(_ node: Node) throws(Problem) -> [UInt8] {
        switch node {
        case .message(_, let tree): return try tree.object()
        case .values(let field, let values):
            var elements: [[UInt8]] = []
            for value in values { elements.append(try literal(value, field)) }
            guard field.isRepeated else { return elements[0] }
            return [UInt8(ascii: "[")] + Array(elements.joined(separator: [UInt8(ascii: ",")])) + [UInt8(ascii: "]")]
        }
    }

    /// One value as JSON. What is wrong with it is found when the request is read as a message.
    private static func literal(_ value: String, _ field: FieldInfo) throws(Problem) -> [UInt8] {
        switch field.kind {
        case .bool:
            guard value == "true" || value == "false" else { throw .invalid(field.jsonName, "must be true or false") }
            return Array(value.utf8)
        case .enum
        where !value.isEmpty && value.utf8.allSatisfy({ (0x30...0x39).contains($0) }) && value.utf8.count < 10:
            return Array(String(Int(value) ?? 0).utf8)
        case .message where field.messageName == "olp.common.v1.Date":
            return try date(value, field)
        case .double, .float, .int32, .int64, .uint32, .uint64, .sint32, .sint64, .fixed32, .fixed64, .sfixed32,
            .sfixed64, .string, .bytes, .enum, .message:
            // Numbers too: proto3's JSON takes them in quotes.
            var json = JSONWriter()
            json.value(value)
            return json.bytes
        }
    }

    private static func date(_ value: String, _ field: FieldInfo) throws(Problem) -> [UInt8] {
        let parts = value.split(separator: "-", omittingEmptySubsequences: false)
        let numbers = parts.compactMap { part in part.allSatisfy { $0.isASCII && $0.isNumber } ? Int(part) : nil }
        guard parts.map(\.utf8.count) == [4, 2, 2], numbers.count == 3 else {
            throw .invalid(field.jsonName, "must be a date such as 2024-01-31")
        }
        return Array(#"{"year":\#(numbers[0]),"month":\#(numbers[1]),"day":\#(numbers[2])}"#.utf8)
    }
}
