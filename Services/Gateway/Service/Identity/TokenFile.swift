import ServiceKit
import Sodium

/// The file that holds the API token. Whoever can read it can do everything, so it is its owner's alone.
enum TokenFile {
    /// 256 bits: nobody finds it by trying.
    private static let randomBytes = 32
    private static let maximumBytes = 4096
    private static let minimumCharacters = 32

    /// Reads the token; at the first start, makes one.
    /// - Parameter ownerID: User id of this process.
    /// - Returns: The token, and whether it was made just now.
    static func openOrCreate(_ path: String, ownerID: UInt32) throws(StartFailure) -> (token: String, isNew: Bool) {
        do throws(FileFailure) {
            return (try read(path, ownerID: ownerID), false)
        } catch {
            guard error.isMissing else { throw StartFailure(failure(error), "the token file \(error)") }
        }
        let token = "olp_" + Base64URL.text(SecureBytes.random(count: randomBytes))
        do throws(FileFailure) {
            try SystemFile.create(path, Array((token + "\n").utf8))
            return (token, true)
        } catch {
            // Another replica that started at the same moment was quicker: its token counts.
            if error.isAlreadyThere, let other = try? read(path, ownerID: ownerID) { return (other, false) }
            throw StartFailure(.cannotCreate, "cannot make the token file \(error)")
        }
    }

    private static func read(_ path: String, ownerID: UInt32) throws(FileFailure) -> String {
        let (owner, mode) = try SystemFile.ownerAndMode(path)
        guard SystemFile.isPrivate(owner: owner, mode: mode, to: ownerID) else {
            throw FileFailure(
                path: path, number: unsafeFile,
                reason:
                    "others than its owner may read or write it. Give it to the user of this process with mode 600; "
                    + "if somebody may have read it, delete it: a new token is made at the next start")
        }
        let text = String(decoding: try SystemFile.read(path, limit: maximumBytes), as: UTF8.self)
        let token = text.filter { !$0.isWhitespace }
        guard token.utf8.count >= minimumCharacters, token.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw FileFailure(
                path: path, number: unusableToken,
                reason: "it holds no token of at least \(minimumCharacters) visible characters. "
                    + "Delete it: a new one is made at the next start")
        }
        return token
    }

    /// Numbers that the system does not use for files, so that the two causes can be told apart.
    private static let unsafeFile: Int32 = -1
    private static let unusableToken: Int32 = -2

    private static func failure(_ error: FileFailure) -> ExitCode {
        switch error.number {
        case unsafeFile: .permission
        case unusableToken: .configuration
        default: .inputOutput
        }
    }
}
