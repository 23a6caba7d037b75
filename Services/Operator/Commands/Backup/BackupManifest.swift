package import Foundation
import ServiceKit
import Storage

/// What a backup holds, kept as `manifest.json` in its folder. A folder without it is no backup: it is written last.
package struct BackupManifest: Codable, Hashable, Sendable {
    package static let fileName = "manifest.json"
    /// Of this form; a later one has another.
    package static let currentFormat = 1

    package struct Followed: Codable, Hashable, Sendable {
        package var source: String
        package var position: String

        package init(source: String, position: String) {
            self.source = source
            self.position = position
        }
    }

    /// One service's copy.
    package struct Copy: Codable, Hashable, Sendable {
        package var service: String
        /// Name of the file in the folder.
        package var file: String
        package var bytes: Int64
        /// SHA-256 in hexadecimal.
        package var sha256: String
        /// Where the service's own feed ends in the copy; empty for a feed without events.
        package var feedEnd: String
        package var followed: [Followed]

        package init(
            service: String, file: String, bytes: Int64, sha256: String, feedEnd: String, followed: [Followed]
        ) {
            self.service = service
            self.file = file
            self.bytes = bytes
            self.sha256 = sha256
            self.feedEnd = feedEnd
            self.followed = followed
        }
    }

    package var format: Int
    package var release: String
    package var takenAt: Date
    /// In the order in which they were taken: followers before those whose feeds they follow.
    package var copies: [Copy]

    package init(release: String, takenAt: Date, copies: [Copy]) {
        format = Self.currentFormat
        self.release = release
        self.takenAt = takenAt
        self.copies = copies
    }

    /// Which follower is ahead of its source, or follows another feed than that has: the copies do not fit together. Nil
    /// if they do.
    package var misfit: String? {
        for copy in copies {
            for followed in copy.followed where !followed.position.isEmpty {
                guard let source = copies.first(where: { $0.service == followed.source }) else {
                    return "\(copy.service) follows \(followed.source), which is not in the backup"
                }
                guard Self.reaches(source.feedEnd, followed.position) else {
                    return "\(copy.service) is ahead of \(followed.source)"
                }
            }
        }
        return nil
    }

    private static func reaches(_ end: String, _ position: String) -> Bool {
        guard let end = try? FeedPosition(end), let position = try? FeedPosition(position) else { return false }
        return end.feedID == position.feedID && position.sequence <= end.sequence
    }

    package static func read(_ folder: String) throws(Failure) -> BackupManifest {
        let path = "\(folder)/\(fileName)"
        let bytes: [UInt8]
        do {
            bytes = try SystemFile.read(path, limit: 1 << 20)
        } catch {
            guard error.isMissing else { throw Failure(.failure, "cannot read \(error)") }
            throw Failure(
                .failure, "\(folder) holds no whole backup: \(fileName) is missing",
                advice: "It is written last; what was cut off before is of no use. Take another backup.")
        }
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        guard let manifest = try? decoder.decode(BackupManifest.self, from: Data(bytes)), manifest.format == currentFormat
        else {
            throw Failure(
                .failure, "\(path) is no list of a backup that this release can read",
                advice: "Restore with the release that took it.")
        }
        return manifest
    }

    /// Writes the list, so that it is there whole or not at all, and on disk.
    package func write(to folder: String) throws(Failure) {
        let text = JSONText.encode(self, pretty: true) + "\n"
        let file = try NewFile("\(folder)/\(Self.fileName).partial")
        try file.append(Array(text.utf8))
        try file.finish(as: "\(folder)/\(Self.fileName)")
    }
}
