/// What is sent for a placeholder, or read from a column.
package enum PostgresValue: Hashable, Sendable {
    case null
    case int(Int64)
    case real(Double)
    case text(String)
    case bytes([UInt8])
}

/// Numbers of the types that PostgreSQL was built with: they never change.
enum TypeID {
    static let unknown: UInt32 = 0
    static let bool: UInt32 = 16
    static let bytes: UInt32 = 17
    static let char: UInt32 = 18
    static let name: UInt32 = 19
    static let int8: UInt32 = 20
    static let int2: UInt32 = 21
    static let int4: UInt32 = 23
    static let text: UInt32 = 25
    static let objectID: UInt32 = 26
    static let float4: UInt32 = 700
    static let float8: UInt32 = 701
    static let literal: UInt32 = 705
    static let fixedText: UInt32 = 1042
    static let boundedText: UInt32 = 1043
    static let void: UInt32 = 2278
    static let numeric: UInt32 = 1700
}
