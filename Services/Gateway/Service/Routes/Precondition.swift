import Contracts
import ProtoJSON
import RPC

/// The version that an edit was made of: If-Match over HTTP, `expected_version` in the request.
enum Precondition {
    static let field = "expected_version"
    /// The field of a reply whose value is its ETag.
    static let versionField = "version"

    /// Whether the method refuses edits of old versions.
    static func isTaken(by entry: MethodEntry) -> Bool {
        entry.requestFields.contains { $0.name == field }
    }

    /// The version of If-Match: `"7"`, or `W/"7"` as a cache on the way may have made it.
    static func version(_ fields: [String], _ entry: MethodEntry) throws(Problem) -> Int64? {
        guard let text = fields.first else { return nil }
        guard isTaken(by: entry) else {
            guard entry.descriptor.idempotency != .noSideEffects else { return nil }
            throw Problem(.malformedRequest, "This address does not take If-Match; leave it out.")
        }
        guard fields.count == 1, let tag = tag(text) else {
            throw Problem(
                .malformedRequest, "If-Match must be the ETag of the version that was edited, in quotes, such as \"7\"."
            )
        }
        guard let version = Int64(tag), version > 0, String(version) == tag else {
            throw Problem(
                .versionUnknown, "No version ever had the ETag in If-Match. Read the record again and repeat the edit.")
        }
        return version
    }

    private static func tag(_ text: String) -> Substring? {
        let quoted = text.hasPrefix("W/") ? text.dropFirst(2) : text[...]
        guard quoted.count >= 2, quoted.first == "\"", quoted.last == "\"" else { return nil }
        let tag = quoted.dropFirst().dropLast()
        return tag.contains("\"") ? nil : tag
    }

    /// - Throws: 428 if neither If-Match nor the body says which version was edited.
    static func requireVersion(_ version: Int64?, body: [UInt8], _ entry: MethodEntry) throws(Problem) {
        guard version == nil, let field = entry.requestFields.first(where: { $0.name == field }) else { return }
        let names = [field.name, field.jsonName]
        if let object = JSONMembers(body) {
            if object.members.contains(where: { names.contains($0.name) }) { return }
        } else if !body.isEmpty {
            // Not an object at all: that is said first.
            return
        }
        throw Problem(
            .versionRequired,
            "Say which version was edited: If-Match with the ETag that came with the record, "
                + "or \(field.jsonName) in the body."
        )
    }

    /// The ETag of a reply that has a version.
    static func entityTag(ofReply json: [UInt8], _ entry: MethodEntry) -> String? {
        guard entry.reply.fields.contains(where: { $0.name == versionField && !$0.isRepeated }),
            let object = JSONMembers(json), let member = object.members.first(where: { $0.name == versionField }),
            let version = object.scalar(member)
        else { return nil }
        return "\"\(version)\""
    }
}
