package import Contracts
package import RPC

/// Collects what is wrong with a request, so that its sender learns of everything at once.
///
/// ```swift
/// var violations = FieldViolations()
/// violations.require(!request.name.isEmpty, "name", "must not be empty")
/// try violations.throwIfAny()
/// ```
///
/// A field is named by its path in JSON, such as `members[2].urn`.
package struct FieldViolations: Sendable {
    /// Violations that one error lists. A request of a million wrong elements is told about the first ones.
    package static let maximumListed = 100
    /// Violations that the message for people names.
    private static let maximumInMessage = 3

    package private(set) var violations: [GoogleRPC.BadRequest.FieldViolation] = []
    private var unlisted = 0

    package init() {}

    package var isEmpty: Bool { violations.isEmpty }

    /// - Parameters:
    ///   - description: What the field must be, to be read after its name: "must be 1 to 200 characters". It does
    ///     not repeat the value, which may be personal.
    ///   - reason: For programs, such as "TOO_LONG".
    package mutating func add(_ field: String, _ description: String, reason: String = "") {
        guard violations.count < Self.maximumListed else {
            unlisted += 1
            return
        }
        violations.append(.init(field: field, description: description, reason: reason))
    }

    /// Adds a violation unless `condition` holds.
    package mutating func require(
        _ condition: Bool, _ field: String, _ description: @autoclosure () -> String, reason: String = ""
    ) {
        if !condition { add(field, description(), reason: reason) }
    }

    /// - Throws: INVALID_ARGUMENT with a `google.rpc.BadRequest`.
    package func throwIfAny() throws(RPCError) {
        if let error { throw error }
    }

    /// The error that ``throwIfAny()`` throws.
    package var error: RPCError? {
        guard !violations.isEmpty else { return nil }
        let named = violations.prefix(Self.maximumInMessage).map { "\($0.field) \($0.description)" }
        let more = violations.count + unlisted - named.count
        let message = named.joined(separator: "; ") + (more > 0 ? "; and \(more) more." : ".")
        return RPCError(.invalidArgument, message, with: GoogleRPC.BadRequest(fieldViolations: violations))
    }
}
