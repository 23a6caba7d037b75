import Testing
import Values

@Suite("Identifiers")
struct UUIDv7Tests {
    @Test("text is read back, in either case")
    func text() throws {
        let id = UUIDv7(milliseconds: 0x0123_4567_89AB, sequence: 0xCDE, random: 0x3FFF_0000_1111_2222)
        #expect(id.text == "01234567-89ab-7cde-bfff-000011112222")
        #expect(UUIDv7(id.text) == id)
        #expect(UUIDv7(id.text.uppercased()) == id)
        #expect(id.milliseconds == 0x0123_4567_89AB)
    }

    @Test("what is no identifier of version 7 is refused", arguments: [
        "", "01234567-89ab-4cde-bfff-000011112222", "01234567-89ab-7cde-3fff-000011112222",
        "0123456789ab7cdebfff000011112222", "01234567-89ab-7cde-bfff-00001111222g",
        "01234567-89ab-7cde-bfff-0000111122223",
    ])
    func refused(text: String) {
        #expect(UUIDv7(text) == nil)
    }

    @Test("identifiers grow, also within a millisecond and when the clock is set back")
    func monotonic() {
        let clock = FixedWallClock(Instant(microseconds: 1_506_643_200_000_000))
        let source = SystemIdentifiers(clock: clock)
        var last = source.next()
        for round in 0..<20_000 {
            if round == 10_000 { clock.set(.epoch) }
            let next = source.next()
            #expect(next > last)
            last = next
        }
        #expect(UUIDv7(last.text) == last)
    }

    @Test("counted identifiers are the same in every run")
    func counted() {
        let one = CountedIdentifiers()
        let other = CountedIdentifiers()
        var last: UUIDv7?
        for _ in 0..<5000 {
            let next = one.next()
            #expect(next == other.next())
            if let last { #expect(next > last) }
            last = next
        }
    }
}
