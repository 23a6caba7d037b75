/// An amount of money: a whole number of the currency's smallest unit. Sums are exact or refused;
/// shares that have no finite decimals are worked out elsewhere and rounded once.
package struct Money: Hashable, Sendable {
    /// ISO 4217 letters, such as "GBP".
    package let currency: String
    /// Pence for GBP; negative for what is owed back.
    package let minorUnits: Int64

    /// Nil if `currency` is not three capital letters.
    package init?(currency: String, minorUnits: Int64) {
        guard currency.utf8.count == 3, currency.utf8.allSatisfy({ (0x41...0x5A).contains($0) }) else { return nil }
        self.currency = currency
        self.minorUnits = minorUnits
    }

    private init(sameCurrencyAs other: Money, minorUnits: Int64) {
        currency = other.currency
        self.minorUnits = minorUnits
    }

    package static func pence(_ pence: Int64) -> Money {
        Money(sameCurrencyAs: gbp, minorUnits: pence)
    }

    package func adding(_ other: Money) throws(MoneyError) -> Money {
        try combining(other) { $0.addingReportingOverflow($1) }
    }

    package func subtracting(_ other: Money) throws(MoneyError) -> Money {
        try combining(other) { $0.subtractingReportingOverflow($1) }
    }

    package func multiplied(by factor: Int64) throws(MoneyError) -> Money {
        let (product, overflow) = minorUnits.multipliedReportingOverflow(by: factor)
        guard !overflow else { throw .overflow }
        return Money(sameCurrencyAs: self, minorUnits: product)
    }

    /// -1, 0 or 1 as this amount is less than, equal to or more than the other.
    package func compared(to other: Money) throws(MoneyError) -> Int {
        guard currency == other.currency else { throw .differentCurrencies(currency, other.currency) }
        return minorUnits < other.minorUnits ? -1 : minorUnits > other.minorUnits ? 1 : 0
    }

    private static let gbp: Money = {
        guard let zero = Money(currency: "GBP", minorUnits: 0) else { preconditionFailure("GBP is a currency") }
        return zero
    }()

    private func combining(
        _ other: Money, _ operation: (Int64, Int64) -> (partialValue: Int64, overflow: Bool)
    ) throws(MoneyError) -> Money {
        guard currency == other.currency else { throw .differentCurrencies(currency, other.currency) }
        let (result, overflow) = operation(minorUnits, other.minorUnits)
        guard !overflow else { throw .overflow }
        return Money(sameCurrencyAs: self, minorUnits: result)
    }
}

extension Money: CustomStringConvertible {
    /// With two decimals, such as "GBP 12.05"; for logs and tests, not for people.
    package var description: String {
        let magnitude = minorUnits.magnitude
        return "\(currency) \(minorUnits < 0 ? "-" : "")\(magnitude / 100).\(padded(magnitude % 100, 2))"
    }
}

package enum MoneyError: Error, Hashable, Sendable, CustomStringConvertible {
    case overflow
    case differentCurrencies(String, String)

    package var description: String {
        switch self {
        case .overflow: "the amount is too large to be kept exactly"
        case .differentCurrencies(let one, let other): "\(one) and \(other) cannot be added or compared"
        }
    }
}
