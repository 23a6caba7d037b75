internal import CZeroMQ

/// A secret key of CURVE with the public one that belongs to it. It shows its public key only.
package struct CurveKeyPair: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package let publicKey: CurveKey
    private let secret: String

    /// A new pair, from the system's randomness.
    package static func make() -> CurveKeyPair {
        var publicText = [CChar](repeating: 0, count: CurveKey.textLength + 1)
        var secretText = publicText
        guard unsafe zmq_curve_keypair(&publicText, &secretText) == 0 else {
            preconditionFailure("libzmq was built without CURVE")
        }
        do throws(CurveKey.Problem) {
            return CurveKeyPair(publicKey: try CurveKey(Self.text(publicText)), secret: Self.text(secretText))
        } catch {
            preconditionFailure("libzmq made a key that is none: \(error)")
        }
    }

    /// The pair of a secret key as it stands in its file.
    package init(secretText: String) throws(CurveKey.Problem) {
        try Z85.check(secretText)
        var publicText = [CChar](repeating: 0, count: CurveKey.textLength + 1)
        guard unsafe zmq_curve_public(&publicText, secretText) == 0 else {
            throw CurveKey.Problem(reason: "libzmq makes no public key of it")
        }
        self.init(publicKey: try CurveKey(Self.text(publicText)), secret: secretText)
    }

    private init(publicKey: CurveKey, secret: String) {
        self.publicKey = publicKey
        self.secret = secret
    }

    /// The secret key, for its file and for libzmq. Whoever has it is whom it belongs to.
    package var secretText: String { secret }

    package var description: String { "the key pair of \(publicKey)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: ["publicKey": publicKey]) }

    private static func text(_ characters: [CChar]) -> String {
        String(decoding: characters.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
