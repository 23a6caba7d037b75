package import ServiceKit

/// The keys of Enrolment beside those that every service has.
package enum EnrolmentKeys {
    package static let largestFile = ConfigurationKey<ByteCount>(
        "import-file-limit", default: .mebibytes(64), "Largest file of applications that is taken.")
    package static let batchRows = ConfigurationKey<Int>(
        "import-batch-rows", default: 200, in: 1...10_000,
        "Rows of an import that are used in one transaction; other changes wait for that long.")

    package static let all: [any DeclaredKey] = [largestFile, batchRows]
}
