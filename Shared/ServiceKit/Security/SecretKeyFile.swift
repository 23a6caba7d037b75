package import ZeroMQ

/// A file with one secret key. Whoever can read it is whom the key belongs to, so it is its owner's alone.
///
/// Its one line is the kind of the key and the key; `#` begins a line of comment.
package enum SecretKeyFile {
    /// What a key is good for. The word stands before the key, so that one is not taken for the other.
    package enum Kind: String, CaseIterable, Sendable {
        /// Connections over tcp.
        case transport = "curve-secret"
        /// Saying who acts.
        case signing = "signing-secret"
    }

    private static let maximumBytes = 4096

    /// The file's text.
    /// - Parameter name: Whose key it is; for people who come across the file.
    package static func text(_ kind: Kind, name: String, secret: String) -> String {
        "# Secret key of \(name). Whoever has it is \(name) to the others.\n\(kind.rawValue) \(secret)\n"
    }

    /// Reads the key of a file.
    /// - Parameter ownerID: User id of this process.
    /// - Throws: ``StartFailure`` that never quotes what stands in the file.
    package static func read(
        _ path: String, _ kind: Kind, ownerID: UInt32 = SystemFile.ownUserID
    ) throws(StartFailure) -> String {
        let bytes: [UInt8]
        let isSafe: Bool
        do throws(FileFailure) {
            let (owner, mode) = try SystemFile.ownerAndMode(path)
            isSafe = SystemFile.isPrivate(owner: owner, mode: mode, to: ownerID)
            bytes = try isSafe ? SystemFile.read(path, limit: maximumBytes) : []
        } catch {
            throw StartFailure(error.isMissing ? .configuration : .inputOutput, "the key file \(error)")
        }
        guard isSafe else {
            throw StartFailure(
                .permission,
                "the key file \(path): others than its owner may read or write it. Give it to the user of this process "
                    + "with mode 600; if somebody may have read it, make a new key")
        }
        let lines = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
            .map { $0.split(whereSeparator: \.isWhitespace) }.filter { $0.first?.hasPrefix("#") == false }
        guard let words = lines.first, lines.count == 1, words.count == 2, words[0] == kind.rawValue else {
            throw StartFailure(
                .configuration,
                "the key file \(path) has to have one line \"\(kind.rawValue) KEY\"; `olp keys make` writes such files")
        }
        return String(words[1])
    }

    /// The pair of a transport key's file.
    package static func keyPair(
        _ path: String, ownerID: UInt32 = SystemFile.ownUserID
    ) throws(StartFailure) -> CurveKeyPair {
        let secret = try read(path, .transport, ownerID: ownerID)
        do throws(CurveKey.Problem) {
            return try CurveKeyPair(secretText: secret)
        } catch {
            throw StartFailure(.configuration, "the key file \(path): \(error)")
        }
    }

    /// The keys of a signing key's file.
    package static func signingKeys(
        _ path: String, ownerID: UInt32 = SystemFile.ownUserID
    ) throws(StartFailure) -> SigningKeyPair {
        let secret = try read(path, .signing, ownerID: ownerID)
        do throws(UnreadableValue) {
            return try SigningKeyPair(secretText: secret)
        } catch {
            throw StartFailure(.configuration, "the key file \(path): \(error.expectation)")
        }
    }
}
