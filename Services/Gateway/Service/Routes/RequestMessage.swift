import Contracts
import ProtoJSON

/// Makes one message out of a request's path, query, header fields and body.
struct RequestMessage {
    let entry: MethodEntry
    let route: HTTPRoute
    /// Escaped, by the names in the route's pattern.
    let pathValues: [String: Substring]

    /// The serialised request.
    /// - Parameters:
    ///   - body: Empty if the request had none.
    ///   - version: from If-Match.
    func encoded(query: QueryParameters, body: [UInt8], version: Int64?) throws(Problem) -> [UInt8] {
        var given = FieldTree(entry.requestFields)
        for (name, value) in try PercentEncoding.decoded(path: pathValues).sorted(by: { $0.key < $1.key }) {
            try given.add(name, value)
        }
        if let version { try given.add(Precondition.field, String(version)) }
        let outside = Set(given.names)
        switch route.body {
        case "*":
            try query.refuseOthers(than: [])
            return try decode(merged(body.allSatisfy(Self.isSpace) ? Array("{}".utf8) : body, given), outside)
        case let field?:
            try addQuery(query, to: &given, except: [field])
            guard !body.isEmpty else { return try decode(given.object(), outside) }
            // The body begins on a line of its own, so that only the number of the line has to be put right.
            let name = entry.requestFields.first { $0.name == field }?.jsonName ?? field
            let rest = try given.members().map { [UInt8(ascii: ",")] + $0 }.joined()
            return try decode(
                Array("{\"\(name)\":\n".utf8) + body + Array(rest) + [UInt8(ascii: "}")], outside, linesBefore: 1)
        case nil:
            try addQuery(query, to: &given, except: [])
            return try decode(given.object(), nil)
        }
    }

    private func addQuery(
        _ query: QueryParameters, to tree: inout FieldTree, except: Set<String>
    ) throws(Problem) {
        let except = except.union(pathValues.keys)
        for parameter in query.all { try tree.add(parameter.name, parameter.value, except: except) }
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
    }

    /// The body with the other fields at its end, where they do not move what it says of its own lines.
    private func merged(_ body: [UInt8], _ given: FieldTree) throws(Problem) -> [UInt8] {
        guard !given.isEmpty else { return body }
        // What is no object is refused when it is read, which says better why.
        guard let object = JSONMembers(body) else { return body }
        var missing = FieldTree(entry.requestFields)
        for (field, value) in given.scalars {
            let member = object.members.first { $0.name == field.jsonName || $0.name == field.name }
            guard let member else {
                try missing.add(field.jsonName, value)
                continue
            }
            guard object.scalar(member) == value else {
                let place = field.name == Precondition.field ? "If-Match" : "the path"
                throw .invalid(field.jsonName, "says something else in the body than in \(place)")
            }
        }
        let added = try missing.members()
        guard !added.isEmpty else { return body }
        let comma: [UInt8] = object.members.isEmpty ? [] : [UInt8(ascii: ",")]
        return Array(body[..<object.end]) + comma + Array(added.joined(separator: [UInt8(ascii: ",")]))
            + body[object.end...]
    }

    /// - Parameter outside: JSON names of the fields that are not from the body; nil: there is no body.
    private func decode(_ json: [UInt8], _ outside: Set<String>?, linesBefore: Int = 0) throws(Problem) -> [UInt8] {
        do throws(JSONError) {
            return try entry.requestFromJSON(json)
        } catch {
            let isFromBody = outside.map { !$0.contains(error.path) } ?? false
            let shifted = JSONError(
                path: error.path, line: error.line - linesBefore, column: error.column, message: error.message)
            throw Problem(shifted, hasPlace: isFromBody)
        }
    }
}
