package import Contracts
import HTTPClient
import Values

/// What the two kinds of imports have alike, as a client sees them.
package protocol ImportJob: JSONMessage, Sendable {
    /// The path of all of them: "/v1/gias-imports".
    static var path: String { get }
    var id: String { get }
    /// Nothing more will change.
    var isEnd: Bool { get }
    /// The state, for people.
    var stateWord: String { get }
    func show(in progress: ImportProgress)
}

/// Takes files through an import: open, send, start, watch.
package struct ImportRun<Job: ImportJob>: Sendable {
    /// Longest time that sending one file may take.
    static var uploadTimeout: Duration { .seconds(1800) }
    /// Pause before the import is looked for again after it was lost from sight.
    static var interval: Duration { .milliseconds(200) }
    /// How long the gateway or the service behind it may be away, such as for a restart, before we give up watching.
    static var patience: Duration { .seconds(60) }

    private let gateway: GatewayAccess
    private let progress: ImportProgress
    private let identifiers: any IdentifierSource = SystemIdentifiers()

    package init(_ gateway: GatewayAccess, progress: ImportProgress) {
        self.gateway = gateway
        self.progress = progress
    }

    /// - Parameters:
    ///   - request: what opens it.
    ///   - files: with the address of each below the import's: "files/groups".
    /// - Returns: the import when it has ended, however it did. If the task is cancelled, the import is cancelled.
    package func run(_ request: some JSONMessage, _ files: [(file: ImportFile, place: String)]) async throws -> Job {
        let opened: Job = try await gateway.call(
            "POST", Job.path, body: .bytes(request.jsonBytes()), idempotencyKey: identifiers.next().text)
        let path = "\(Job.path)/\(HTTPRequest.encoded(opened.id))"
        do {
            for (file, place) in files { try await send(file, to: "\(path)/\(place)") }
            let started: Job = try await gateway.call(
                "POST", "\(path):start", body: .bytes(Array("{}".utf8)), idempotencyKey: identifiers.next().text)
            return try await watch(started, path)
        } catch  where Task.isCancelled {
            return try await cancel(path)
        }
    }

    private func send(_ file: ImportFile, to place: String) async throws {
        let _: Job = try await gateway.call(
            "PUT", "\(place)?name=\(HTTPRequest.encoded(file.name))", body: .file(path: file.path),
            contentType: "text/csv", timeout: Self.uploadTimeout,
            onProgress: { [progress] sent in progress.uploading(file.name, sent, of: file.byteCount) })
    }

    /// The job is the service's: while we cannot see it, it goes on, or goes on after a restart.
    private func watch(_ started: Job, _ path: String) async throws -> Job {
        var current = started
        let clock = ContinuousClock()
        var lastSeen = clock.now
        while !current.isEnd {
            current.show(in: progress)
            do {
                try await gateway.events("\(path)/watch") { event in
                    guard event.name == "import", let state = try? Job(jsonText: event.data) else { return }
                    (current, lastSeen) = (state, clock.now)
                    current.show(in: progress)
                }
                lastSeen = clock.now
            } catch {
                guard !Task.isCancelled, clock.now - lastSeen < Self.patience, Self.mayPass(error) else { throw error }
            }
            if !current.isEnd { try await clock.sleep(for: Self.interval) }
        }
        return current
    }

    private static func mayPass(_ error: any Error) -> Bool {
        if let failure = error as? Failure { return failure.exit == .notRunning }
        return error is HTTPFailure
    }

    /// Runs although the task is cancelled: that is why it is called.
    private func cancel(_ path: String) async throws -> Job {
        let key = identifiers.next().text
        return try await Task { [gateway] in
            let _: Job = try await gateway.call(
                "POST", "\(path):cancel", body: .bytes(Array("{}".utf8)), idempotencyKey: key)
            let clock = ContinuousClock()
            let deadline = clock.now + Self.patience
            while true {
                let current: Job = try await gateway.call("GET", path)
                if current.isEnd || clock.now > deadline { return current }
                try await clock.sleep(for: Self.interval)
            }
        }.value
    }
}

extension PartnershipV1.GiasImport: ImportJob {
    package static let path = "/v1/gias-imports"
    package var isEnd: Bool { state == .succeeded || state == .failed || state == .cancelled }
    package func show(in progress: ImportProgress) { progress.reading(self) }

    package var stateWord: String {
        switch state {
        case .receiving: "is waiting for files"
        case .queued: "is queued"
        case .running: "is running"
        case .succeeded: "succeeded"
        case .failed: "failed"
        case .cancelled: "was cancelled"
        default: "is in an unknown state"
        }
    }
}

extension EnrolmentV1.ApplicationImport: ImportJob {
    package static let path = "/v1/application-imports"
    package var isEnd: Bool { state == .succeeded || state == .failed || state == .cancelled }
    package func show(in progress: ImportProgress) { progress.reading(self) }

    package var stateWord: String {
        switch state {
        case .receiving: "is waiting for its file"
        case .queued: "is queued"
        case .running: "is running"
        case .succeeded: "succeeded"
        case .failed: "failed"
        case .cancelled: "was cancelled"
        default: "is in an unknown state"
        }
    }
}
