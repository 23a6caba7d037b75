import ProtoJSON

/// An error as HTTP shows it: `application/problem+json`, RFC 9457.
struct Problem: Error, Sendable {
    /// What is wrong with one field.
    struct FieldError: Hashable, Sendable {
        /// Path by JSON names, such as `members[2].urn`; empty for the body as a whole.
        var field: String
        var detail: String
        var reason = ""
        /// Place in the body, from 1.
        var line: Int?
        var column: Int?
    }

    var kind: ProblemKind
    /// For people: what is wrong and what can be done. No personal data.
    var detail: String
    /// For programs, such as "NAME_IN_USE"; from the service that refused.
    var reason = ""
    var errors: [FieldError] = []
    /// Verbs that the path has, for 405.
    var allowed: [String] = []
    /// Seconds after which another attempt is worth it.
    var retryAfter: Int?
    /// For the log.
    var cause: (any Error)?

    init(_ kind: ProblemKind, _ detail: String, errors: [FieldError] = [], cause: (any Error)? = nil) {
        self.kind = kind
        self.detail = detail
        self.errors = errors
        self.cause = cause
    }

    var facts: ProblemFacts { kind.facts }

    func json(path: String, requestID: String) -> [UInt8] {
        let facts = facts
        var json = JSONWriter()
        json.beginObject()
        json.member("type", "urn:olp:problem:\(facts.code.lowercased().replacing("_", with: "-"))")
        json.member("title", facts.title)
        json.key("status")
        json.value(Int32(facts.status))
        json.member("detail", detail)
        json.member("instance", path)
        json.member("code", facts.code)
        if !reason.isEmpty { json.member("reason", reason) }
        json.member("requestId", requestID)
        if !errors.isEmpty {
            json.key("errors")
            json.beginArray()
            for error in errors { error.write(into: &json) }
            json.endArray()
        }
        json.endObject()
        return json.bytes
    }
}

extension Problem.FieldError {
    func write(into json: inout JSONWriter) {
        json.beginObject()
        json.member("field", field)
        json.member("detail", detail)
        if !reason.isEmpty { json.member("reason", reason) }
        if let line, let column {
            json.key("line")
            json.value(Int32(clamping: line))
            json.key("column")
            json.value(Int32(clamping: column))
        }
        json.endObject()
    }
}

extension JSONWriter {
    mutating func member(_ name: String, _ text: String) {
        key(name)
        value(text)
    }
}
