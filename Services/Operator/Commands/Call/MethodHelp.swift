package import Contracts
import ProtoJSON
import RPC

/// What `olp call --list` and `--describe` print.
package enum MethodHelp {
    /// How deep an example goes into messages within messages.
    static let exampleDepth = 3

    package static func list(_ services: [ServiceEntry]) -> [String] {
        // No process of the suite serves what `olp bench` measures with.
        services.filter { !$0.name.hasPrefix("olp.bench.") }.flatMap { service in
            [service.name]
                + Table.rows(
                    service.methods.map { method in
                        ["  " + MethodFinder.shortName(method), firstLine(method.comment)]
                    })
        }
    }

    package static func describe(_ method: MethodEntry) -> [String] {
        var lines = [method.descriptor.fullName]
        lines += method.comment.split(separator: "\n").map { "  \($0)" }
        let (asks, answers) = (
            method.descriptor.kind.hasRequestStream ? "a stream of " : "",
            method.descriptor.kind.hasResponseStream ? "a stream of " : ""
        )
        lines += ["", "takes    \(asks)\(method.requestName)", "returns  \(answers)\(method.replyName)"]
        lines += method.http.map { "over HTTP: \($0.verb.rawValue) \($0.pattern)" }
        lines += ["", "Fields of the request:"] + fields(method.request)
        lines += ["", "Example:", "  olp call \(MethodFinder.shortName(method)) '\(example(method.request))'"]
        return lines
    }

    private static func fields(_ message: MessageEntry) -> [String] {
        guard !message.fields.isEmpty else { return ["  none"] }
        return Table.rows(
            message.fields.map { field in
                [
                    "  " + field.jsonName, field.oneof.map { "one of \($0)" } ?? (field.isOptional ? "optional" : ""),
                    kind(field),
                ]
            })
    }

    private static func kind(_ field: FieldInfo) -> String {
        let one: String =
            switch field.kind {
            case .message: field.messageName ?? "message"
            case .enum: field.enumNames.joined(separator: " | ")
            case let kind: "\(kind)"
            }
        if field.isMap { return "map of \(one)" }
        return field.isRepeated ? "list of \(one)" : one
    }

    /// A request with a value for every field.
    package static func example(_ message: MessageEntry) -> String {
        object(message, depth: exampleDepth)
    }

    private static func object(_ message: MessageEntry, depth: Int) -> String {
        var oneofs: Set<String> = []
        let fields = message.fields.compactMap { field -> String? in
            if let oneof = field.oneof, !oneofs.insert(oneof).inserted { return nil }
            guard let one = value(field, depth: depth) else { return nil }
            let whole = field.isMap ? "{\"key\": \(one)}" : field.isRepeated ? "[\(one)]" : one
            return "\"\(field.jsonName)\": \(whole)"
        }
        return "{\(fields.joined(separator: ", "))}"
    }

    private static func value(_ field: FieldInfo, depth: Int) -> String? {
        switch field.kind {
        case .double, .float: return "1.5"
        case .int32, .uint32, .sint32, .fixed32, .sfixed32: return "1"
        case .int64, .uint64, .sint64, .fixed64, .sfixed64: return "\"1\""
        case .bool: return "true"
        case .string: return "\"text\""
        case .bytes: return "\"AAEC\""
        case .enum: return "\"\(field.enumNames.dropFirst().first ?? field.enumNames.first ?? "")\""
        case .message:
            switch field.messageName {
            case "google.protobuf.Timestamp": return "\"2017-09-29T12:00:00Z\""
            case "google.protobuf.Duration": return "\"1.5s\""
            case let name:
                guard depth > 0, let message = name.flatMap(ContractCatalogue.message) else { return nil }
                return message.hasOwnJSONForm ? nil : object(message, depth: depth - 1)
            }
        }
    }

    private static func firstLine(_ comment: String) -> String {
        let sentence = comment.replacing("\n", with: " ")
        let end = sentence.firstIndex(of: ".").map(sentence.index(after:)) ?? sentence.endIndex
        return String(sentence[..<end])
    }
}
