import ServiceKit
import ZeroMQ

/// What a key is for, and where a folder of keys has it.
package enum KeyKind: String, CaseIterable, Codable, Sendable {
    /// Connections over tcp: CURVE.
    case transport
    /// Saying who acts: Ed25519.
    case signing

    /// The file of public keys, one `NAME KEY` a line.
    package var listName: String {
        switch self {
        case .transport: "known.keys"
        case .signing: "signers.keys"
        }
    }

    /// The file of a name's secret key.
    package func secretName(_ name: String) -> String {
        switch self {
        case .transport: "\(name).key"
        case .signing: "\(name).signing-key"
        }
    }

    /// The flag that chooses it, with a blank before it.
    var flag: String { self == .signing ? " --signing" : "" }

    private var fileKind: SecretKeyFile.Kind {
        switch self {
        case .transport: .transport
        case .signing: .signing
        }
    }

    /// A new key: the text of its secret file, and its public half.
    func make(_ name: String) -> (file: String, publicKey: String) {
        switch self {
        case .transport:
            let pair = CurveKeyPair.make()
            return (SecretKeyFile.text(fileKind, name: name, secret: pair.secretText), pair.publicKey.text)
        case .signing:
            let pair = SigningKeyPair.make()
            return (SecretKeyFile.text(fileKind, name: name, secret: pair.secretText), pair.publicKey.text)
        }
    }

    /// The public half of the key in a secret file.
    func publicKey(ofFile path: String, ownerID: UInt32) throws(StartFailure) -> String {
        switch self {
        case .transport: try SecretKeyFile.keyPair(path, ownerID: ownerID).publicKey.text
        case .signing: try SecretKeyFile.signingKeys(path, ownerID: ownerID).publicKey.text
        }
    }

    /// - Throws: what is wrong with a list as the processes will read it.
    func check(list text: String) throws(Failure) {
        switch self {
        case .transport:
            do throws(KeyList.Problem) { _ = try KeyList(text: text) } catch { throw Failure(.failure, "\(listName), \(error)") }
        case .signing:
            do throws(SigningKeyList.Problem) {
                _ = try SigningKeyList(text: text)
            } catch {
                throw Failure(.failure, "\(listName), line \(error.line): \(error.reason)")
            }
        }
    }
}
