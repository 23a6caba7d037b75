import Sodium
import Testing

@Suite("Digests, random bytes and text forms")
struct SodiumTests {
    @Test("SHA-256 gives the digests of FIPS 180-4", arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        ("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
         "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"),
    ])
    func digests(text: String, digest: String) {
        #expect(Hex.text(SHA256.hash(text)) == digest)
        var stream = SHA256Stream()
        for byte in text.utf8 { stream.update([byte]) }
        #expect(Hex.text(stream.finish()) == digest)
        #expect(Hex.text(stream.finish()) == digest)
    }

    @Test("random bytes are as many as asked for, and not the same twice")
    func random() {
        #expect(SecureBytes.random(count: 0).isEmpty)
        #expect(SecureBytes.random(count: 16).count == 16)
        #expect(SecureBytes.random(count: 16) != SecureBytes.random(count: 16))
    }

    @Test("bytes are equal when all are")
    func equality() {
        #expect(SecureBytes.areEqual([], []))
        #expect(SecureBytes.areEqual([1, 2], [1, 2]))
        #expect(!SecureBytes.areEqual([1, 2], [1, 3]))
        #expect(!SecureBytes.areEqual([1, 2], [1, 2, 3]))
    }

    @Test("hexadecimal text is read in either case, and nothing else is")
    func hex() {
        #expect(Hex.text([0, 171, 255]) == "00abff")
        #expect(Hex.bytes("00ABff") == [0, 171, 255])
        #expect(Hex.bytes("") == [])
        #expect(Hex.bytes("0") == nil)
        #expect(Hex.bytes("0g") == nil)
        #expect(Hex.bytes("é") == nil)
    }

    @Test("base64url text is read back for every length, and only as it was written")
    func base64() {
        for length in 0..<20 {
            let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 * 37 + 250) }
            #expect(Base64URL.bytes(Base64URL.text(bytes)) == bytes)
        }
        #expect(Base64URL.text([251, 255]) == "-_8")
        for bad in ["-_8=", "+/8", "a", "-_9", " -_8", "-_8\n", "é"] {
            #expect(Base64URL.bytes(bad) == nil, "\(bad)")
        }
    }

    @Test("Ed25519 signs as RFC 8032 has it, and believes nothing else")
    func signatures() throws {
        let seed = try #require(Hex.bytes("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"))
        let pair = try #require(Ed25519KeyPair(seed: seed))
        #expect(Hex.text(pair.publicKey) == "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
        let signature = pair.sign([])
        #expect(
            Hex.text(signature)
                == "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
                + "d25bf5f0595bbe24655141438e7a100b")
        #expect(Ed25519.isValid(signature, of: [], by: pair.publicKey))
        #expect(!Ed25519.isValid(signature, of: [0], by: pair.publicKey))
        #expect(!Ed25519.isValid(Array(signature.dropLast()), of: [], by: pair.publicKey))
        #expect(!Ed25519.isValid(signature, of: [], by: Array(pair.publicKey.dropLast())))
        #expect(Ed25519KeyPair(seed: []) == nil)
        #expect(!"\(pair)".contains(Hex.text(seed)))
    }
}
