import Contracts
package import RPC
package import Wire

/// The `google.rpc.Status` that travels with an error, and what it carries.
package enum StatusDetails {
    /// Serialises details, for ``RPCError/details``.
    package static func encode(_ code: StatusCode, _ message: String, _ details: [any Message]) -> [UInt8] {
        return GoogleRPC.Status(
            code: Int32(code.rawValue), message: message, details: details.map { GoogleProtobuf.AnyMessage($0) }
        ).encoded()
    }

    /// The first detail of a kind; nil if the error has none or its details cannot be read.
    package static func first<Detail: Message>(_ kind: Detail.Type, in error: RPCError) -> Detail? {
        guard !error.details.isEmpty, let status = try? GoogleRPC.Status(decoding: error.details) else { return nil }
        return status.details.lazy.compactMap { $0.unwrapped(as: kind) }.first
    }
}

extension RPCError {
    /// A status with a detail for programs, such as `google.rpc.BadRequest`.
    package init(_ code: StatusCode, _ message: String, with detail: any Message, cause: (any Error)? = nil) {
        self.init(code, message, details: StatusDetails.encode(code, message, [detail]), cause: cause)
    }

    /// A status whose reason programs can branch on, such as "NAME_IN_USE".
    package init(
        _ code: StatusCode, _ message: String, reason: String, metadata: [String: String] = [:],
        cause: (any Error)? = nil
    ) {
        let info = GoogleRPC.ErrorInfo(reason: reason, domain: "olp", metadata: metadata)
        self.init(code, message, with: info, cause: cause)
    }

    /// NOT_FOUND for a record, by kind and id.
    package static func notFound(_ kind: String, _ id: String) -> RPCError {
        RPCError(
            .notFound, "There is no \(kind) \(id.prefix(100)).",
            with: GoogleRPC.ResourceInfo(resourceType: kind, resourceName: String(id.prefix(100))))
    }

    /// ABORTED for an edit of an old version.
    package static func staleVersion(_ kind: String, _ id: String, expected: Int64, found: Int64) -> RPCError {
        RPCError(
            .aborted,
            "The \(kind) has version \(found) by now, and the edit was made of version \(expected). "
                + "Read it again and repeat the edit.",
            reason: "STALE_VERSION",
            metadata: ["kind": kind, "id": id, "expected": "\(expected)", "found": "\(found)"])
    }
}
