/// Numbers for people.
package enum Figures {
    /// 1,234,567.
    package static func grouped(_ number: Int64) -> String {
        var result = ""
        for (index, digit) in String(number).reversed().enumerated() {
            if index > 0, index % 3 == 0, digit != "-" { result.append(",") }
            result.append(digit)
        }
        return String(result.reversed())
    }

    package static func grouped(_ number: Int) -> String { grouped(Int64(number)) }

    /// With two decimals at most.
    static func hundredths(_ number: Double) -> String { "\((number * 100).rounded() / 100)" }

    package static func size(_ bytes: Int) -> String {
        switch bytes {
        case ..<1_000: "\(bytes) bytes"
        case ..<1_000_000: "\(bytes / 1_000) kB"
        default: "\(bytes / 1_000_000).\(bytes / 100_000 % 10) MB"
        }
    }
}
