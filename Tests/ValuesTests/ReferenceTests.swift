import Testing
import Values

@Suite("Money and reference numbers")
struct ReferenceTests {
    @Test("sums of money are exact or refused")
    func money() throws {
        let price = Money.pence(80_000)
        #expect(try price.adding(.pence(5)).minorUnits == 80_005)
        #expect(try price.subtracting(.pence(80_001)).minorUnits == -1)
        #expect(try price.multiplied(by: 3) == .pence(240_000))
        #expect(try price.compared(to: .pence(1)) == 1)
        #expect(Money.pence(-5).description == "GBP -0.05")
        #expect(throws: MoneyError.overflow) { try Money.pence(.max).adding(.pence(1)) }
        #expect(throws: MoneyError.overflow) { try Money.pence(.min).subtracting(.pence(1)) }
        #expect(throws: MoneyError.overflow) { try Money.pence(.max).multiplied(by: 2) }
        let euros = try #require(Money(currency: "EUR", minorUnits: 1))
        #expect(throws: MoneyError.differentCurrencies("GBP", "EUR")) { try price.adding(euros) }
        #expect(Money(currency: "gbp", minorUnits: 1) == nil)
        #expect(Money(currency: "GB", minorUnits: 1) == nil)
    }

    @Test("a TRN is seven digits, however people write it", arguments: [
        ("1234567", "1234567"), ("0000001", "0000001"), ("12/34567", "1234567"), (" RP12/34567 ", "1234567"),
        ("0000000", nil), ("123456", nil), ("12345678", nil), ("123456a", nil), ("", nil),
    ] as [(String, String?)])
    func trn(text: String, expected: String?) {
        #expect(TRN(text)?.text == expected)
    }

    @Test("URN and UKPRN are read by their form")
    func numbers() {
        #expect(URN(" 100040 ")?.number == 100_040)
        #expect(URN("20034")?.description == "20034")
        for text in ["", "0", "10A234", "12345678", "-1", "EY790942"] { #expect(URN(text) == nil) }
        #expect(UKPRN("10013158")?.number == 10_013_158)
        for text in ["", "1001315", "20013158", "100131588", "1001315x"] { #expect(UKPRN(text) == nil) }
    }

    @Test("postcodes are normalised", arguments: [
        ("M33 5AB", "M33 5AB"), ("m335ab", "M33 5AB"), (" SW1A  1AA ", "SW1A 1AA"), ("L1 2ab", "L1 2AB"),
        ("GIR 0AA", "GIR 0AA"), ("EC1A1BB", "EC1A 1BB"), ("M33 5ABC", nil), ("M33", nil), ("33 5AB", nil),
        ("M33 5CA", nil), ("", nil), ("BFPO 57", nil), ("ABC1 1AA", nil), ("M3A3 1AA", nil),
    ] as [(String, String?)])
    func postcodes(text: String, expected: String?) {
        #expect(Postcode(text)?.text == expected)
    }

    @Test("grid references lie in Great Britain")
    func grid() throws {
        let one = try #require(GridReference(easting: 343_944, northing: 392_176))
        let other = try #require(GridReference(easting: 343_947, northing: 392_180))
        #expect(one.distance(to: other) == 5)
        #expect(GridReference(easting: 391_700, northing: 9_378_700) == nil)
        #expect(GridReference(easting: -1, northing: 5) == nil)
        #expect(GridReference(easting: 0, northing: 0) == nil)
    }
}
