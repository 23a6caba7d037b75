package import Contracts
import HTTPClient
import Values

/// Takes files through an import: open, send, start, watch.
package struct GiasImportRun: Sendable {
    /// Longest time that sending one file may take.
    static let uploadTimeout = Duration.seconds(1800)
    /// Pause between two questions how far it is.
    static let interval = Duration.milliseconds(200)
    /// How long the gateway or the service behind it may be away, such as for a restart, before we give up watching.
    static let patience = Duration.seconds(60)

    private let gateway: GatewayAccess
    private let progress: ImportProgress
    private let identifiers: any IdentifierSource = SystemIdentifiers()

    package init(_ gateway: GatewayAccess, progress: ImportProgress) {
        self.gateway = gateway
        self.progress = progress
    }

    /// - Returns: the import when it has ended, however it did. If the task is cancelled, the import is cancelled.
    package func run(_ sources: [GiasSource]) async throws -> PartnershipV1.GiasImport {
        let opened: PartnershipV1.GiasImport = try await gateway.call(
            "POST", "/v1/gias-imports", body: .bytes(Array("{}".utf8)), idempotencyKey: identifiers.next().text)
        let path = "/v1/gias-imports/\(HTTPRequest.encoded(opened.id))"
        do {
            for source in sources { try await send(source, to: path) }
            let started: PartnershipV1.GiasImport = try await gateway.call(
                "POST", "\(path):start", body: .bytes(Array("{}".utf8)), idempotencyKey: identifiers.next().text)
            return try await watch(started, path)
        } catch  where Task.isCancelled {
            return try await cancel(path)
        }
    }

    /// The first issues that it has.
    package func issues(of id: String, limit: Int) async throws -> PartnershipV1.ListGiasImportIssuesReply {
        try await gateway.call("GET", "/v1/gias-imports/\(HTTPRequest.encoded(id))/issues?pageSize=\(limit)")
    }

    private func send(_ source: GiasSource, to path: String) async throws {
        let _: PartnershipV1.GiasImport = try await gateway.call(
            "PUT", "\(path)/files/\(source.kind.rawValue)?name=\(HTTPRequest.encoded(source.name))",
            body: .file(path: source.path), contentType: "text/csv", timeout: Self.uploadTimeout,
            onProgress: { [progress] sent in progress.uploading(source.name, sent, of: source.byteCount) })
    }

    private func watch(_ started: PartnershipV1.GiasImport, _ path: String) async throws -> PartnershipV1.GiasImport {
        var current = started
        let clock = ContinuousClock()
        var lastAnswer = clock.now
        while !current.state.isEnd {
            progress.reading(current)
            try await clock.sleep(for: Self.interval)
            do {
                current = try await gateway.call("GET", path)
                lastAnswer = clock.now
            } catch  where !Task.isCancelled && clock.now - lastAnswer < Self.patience && Self.mayPass(error) {
                continue
            }
        }
        progress.reading(current)
        return current
    }

    /// The job is the service's: while we cannot ask, it goes on, or goes on after a restart.
    private static func mayPass(_ error: any Error) -> Bool {
        if let failure = error as? Failure { return failure.exit == .notRunning }
        return error is HTTPFailure
    }

    /// Runs although the task is cancelled: that is why it is called.
    private func cancel(_ path: String) async throws -> PartnershipV1.GiasImport {
        let key = identifiers.next().text
        return try await Task { [gateway] in
            let _: PartnershipV1.GiasImport = try await gateway.call(
                "POST", "\(path):cancel", body: .bytes(Array("{}".utf8)), idempotencyKey: key)
            let clock = ContinuousClock()
            let deadline = clock.now + Self.patience
            while true {
                let current: PartnershipV1.GiasImport = try await gateway.call("GET", path)
                if current.state.isEnd || clock.now > deadline { return current }
                try await clock.sleep(for: Self.interval)
            }
        }.value
    }
}

extension PartnershipV1.GiasImportState {
    /// Nothing more will change.
    package var isEnd: Bool { self == .succeeded || self == .failed || self == .cancelled }

    /// For people.
    package var word: String {
        switch self {
        case .receiving: "waiting for files"
        case .queued: "queued"
        case .running: "running"
        case .succeeded: "succeeded"
        case .failed: "failed"
        case .cancelled: "cancelled"
        default: "in an unknown state"
        }
    }
}
