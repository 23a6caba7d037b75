package import ServiceKit

/// The keys of Partnership beside those that every service has.
package enum PartnershipKeys {
    package static let largestFile = ConfigurationKey<ByteCount>(
        "import-file-limit", default: .mebibytes(256), "Largest file of the official register that is taken.")
    package static let batchRows = ConfigurationKey<Int>(
        "import-batch-rows", default: 1000, in: 1...10_000,
        "Rows of an import that are applied in one transaction; other changes wait for that long.")

    package static let all: [any DeclaredKey] = [largestFile, batchRows]
}
