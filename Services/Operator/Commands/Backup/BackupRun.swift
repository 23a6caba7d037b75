import Contracts
package import Foundation
package import RPC
import ServiceKit
import Sodium

/// Takes copies of all services' stores, while they work, that fit together.
package struct BackupRun: Sendable {
    /// Rounds of copies. A second one is needed only if a service began to follow another during the first.
    static let mostRounds = 3
    /// Longest time for the copy of one store.
    static let copyWithin = Duration.seconds(3600)
    /// How long a service may be away, or be copied for somebody else, before we give up; and the pause between two tries.
    static let patience = Duration.seconds(30)
    static let pause = Duration.milliseconds(200)

    private let channels: [(name: String, channel: any Channel)]
    private let folder: String
    private let actor: String
    private let clock: @Sendable () -> Date
    private let progress: @Sendable (String) -> Void

    /// - Parameters:
    ///   - channels: By the services' names.
    ///   - folder: An empty folder, for the copies and their list.
    ///   - actor: Who takes the backup, as services are told.
    ///   - progress: Told what is being done, a line at a time.
    package init(
        _ channels: [(name: String, channel: any Channel)], to folder: String, by actor: String,
        clock: @escaping @Sendable () -> Date = { Date() }, progress: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.channels = channels
        self.folder = folder
        self.actor = actor
        self.clock = clock
        self.progress = progress
    }

    package func run() async throws -> BackupManifest {
        var sources = try await followed()
        for _ in 1...Self.mostRounds {
            let takenAt = clock()
            let copies = try await begun(sources)
            var manifest = BackupManifest(release: Release.version, takenAt: takenAt, copies: copies.map(\.listed))
            guard let misfit = manifest.misfit else {
                for index in copies.indices {
                    progress("copying \(copies[index].listed.service)")
                    manifest.copies[index].sha256 = try await receive(copies[index])
                }
                try manifest.write(to: folder)
                return manifest
            }
            progress("once more: \(misfit)")
            for copy in copies { copy.pieces.cancel() }
            for copy in manifest.copies { sources[copy.service, default: []].formUnion(copy.followed.map(\.source)) }
        }
        throw Failure(.failure, "the copies do not fit together", advice: "Whether followers work: olp check")
    }

    private func followed() async throws -> [String: Set<String>] {
        var sources: [String: Set<String>] = [:]
        for (name, channel) in channels {
            let reply = try await FeedClient(channel).listFollowed(.init(), options: FollowerWatch.options)
            sources[name] = Set(reply.feeds.map(\.source))
        }
        return sources
    }

    /// A copy that its service has made and not sent yet.
    private struct Begun {
        /// Without the digest.
        let listed: BackupManifest.Copy
        let pieces: ResponseStream<CommonV1.StorePiece>
    }

    /// Has all copies made, followers first, before any is sent: so their moments are as near to each other as can be.
    private func begun(_ sources: [String: Set<String>]) async throws -> [Begun] {
        var begun: [Begun] = []
        for name in try FollowOrder.followersFirst(channels.map(\.name), sources: sources) {
            guard let channel = channels.first(where: { $0.name == name })?.channel else { continue }
            let (pieces, outline) = try await outline(name, channel)
            begun.append(Begun(
                listed: BackupManifest.Copy(
                    service: name, file: "\(name).sqlite", bytes: outline.byteCount, sha256: "", feedEnd: outline.feedEnd,
                    followed: outline.followed.map { .init(source: $0.source, position: $0.position) }),
                pieces: pieces))
        }
        return begun
    }

    private func outline(
        _ name: String, _ channel: any Channel
    ) async throws -> (ResponseStream<CommonV1.StorePiece>, CommonV1.StoreOutline) {
        var metadata = Metadata()
        try metadata.append(CallScope.actorIDKey, Array(actor.utf8))
        try metadata.append(CallScope.actorKindKey, Array("operator".utf8))
        let options = CallOptions(timeout: Self.copyWithin, metadata: metadata)
        let end = ContinuousClock.now + Self.patience
        while true {
            let pieces = StoreCopiesClient(channel).copyStore(.init(), options: options)
            do throws(RPCError) {
                if case .outline(let outline) = try await pieces.next()?.part, outline.service == name {
                    return (pieces, outline)
                }
            } catch {
                guard error.code == .unavailable, ContinuousClock.now < end else { throw error }
                try await Task.sleep(for: Self.pause)
                continue
            }
            throw Failure(.failure, "\(name) did not say what it copies", advice: "Is it of this release? olp status")
        }
    }

    /// Writes the copy's file. Returns its digest.
    private func receive(_ copy: Begun) async throws -> String {
        let path = "\(folder)/\(copy.listed.file)"
        let file = try NewFile(path + ".partial")
        var digest = BackupDigest()
        while let piece = try await copy.pieces.next() {
            switch piece.part {
            case .bytes(let bytes):
                digest.update(bytes)
                try file.append(bytes)
            case .sha256(let given):
                let own = digest.finish()
                guard Hex.text(given) == own, digest.count == copy.listed.bytes else {
                    throw Failure(
                        .failure, "the copy of \(copy.listed.service) did not arrive as it was sent", advice: "Try again.")
                }
                try file.finish(as: path)
                return own
            case .outline, nil: continue
            }
        }
        throw Failure(.failure, "the copy of \(copy.listed.service) was cut off", advice: "Try again.")
    }
}
