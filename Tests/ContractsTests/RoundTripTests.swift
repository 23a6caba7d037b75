import Contracts
import Testing
import TestSupport
import Wire

private typealias Everything = TestingV1.Everything

@Suite("Round trips of random messages")
struct RoundTripTests {
    @Test("a message comes back from its bytes")
    func binary() throws {
        var random = Seed.generator(for: "binary round trip")
        for _ in 0..<300 {
            let message = RandomMessages.everything(using: &random)
            let bytes = message.encoded()
            let decoded = try Everything(decoding: bytes)
            #expect(decoded == message)
            #expect(decoded.encoded() == bytes)
        }
    }

    @Test("a message comes back from its JSON, with defaults and without, indented and not")
    func json() throws {
        var random = Seed.generator(for: "JSON round trip")
        for index in 0..<150 {
            let message = RandomMessages.everything(using: &random)
            let text = message.jsonText(includeDefaults: index % 2 == 0, isIndented: index % 3 == 0)
            let decoded = try Everything(jsonText: text)
            #expect(decoded == message)
            #expect(decoded.encoded() == message.encoded(), "bit for bit, minus zero among it")
        }
    }

    @Test("a value that is not a number survives both forms")
    func notANumber() throws {
        let message = Everything(fDouble: .nan, fFloat: .nan, rDouble: [.nan, 1])
        let decoded = try Everything(decoding: message.encoded())
        #expect(decoded.fDouble.isNaN && decoded.fFloat.isNaN && decoded.rDouble[0].isNaN)
        let fromJSON = try Everything(jsonText: message.jsonText())
        #expect(fromJSON.fDouble.isNaN && fromJSON.fFloat.isNaN && fromJSON.rDouble[0].isNaN)
    }

    @Test("every message of the catalogue is empty, and comes back, from no bytes and from no fields")
    func emptyMessages() throws {
        #expect(ContractCatalogue.messages.count > 60)
        for entry in ContractCatalogue.messages {
            if entry.hasOwnJSONForm {
                #expect(try entry.fromJSON(entry.toJSON([])) == [], "\(entry.name)")
            } else {
                #expect(try entry.toJSON([]) == Array("{}".utf8), "\(entry.name)")
                #expect(try entry.fromJSON(Array("{}".utf8)) == [], "\(entry.name)")
                #expect(try entry.fromJSON(entry.toJSON([], includeDefaults: true)) == [], "\(entry.name)")
            }
        }
    }
}
