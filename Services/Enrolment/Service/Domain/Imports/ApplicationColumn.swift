import Tabular

/// The columns of a file of applications that are read. Others may stand beside them.
enum ApplicationColumn: String, CaseIterable, Hashable, Sendable {
    case reference = "application_id"
    case submittedAt = "submitted_at"
    case cohort
    case programme
    case title
    case firstName = "first_name"
    case lastName = "last_name"
    case previousLastName = "previous_last_name"
    case email
    case phone
    case dateOfBirth = "date_of_birth"
    case trn
    case employerType = "employer_type"
    case employerURN = "employer_urn"
    case employerGroupUID = "employer_group_uid"
    case employerName = "employer_name"
    case role
    case fundingChoice = "funding_choice"
    case sponsorName = "sponsor_name"
    case sponsorRole = "sponsor_role"
    case sponsorEmail = "sponsor_email"
    case gender
    case ethnicity
    case disability
    case adjustments
    case consent
}

/// Where the columns of a file are.
struct ApplicationHeader: Hashable, Sendable {
    private let places: [ApplicationColumn: Int]
    let width: Int

    /// Fails with why the file cannot be used.
    init(_ record: CSVRecord) throws(ApplicationFileProblem) {
        var places: [ApplicationColumn: Int] = [:]
        for index in record.fields.indices {
            var name = String(decoding: record.value(index), as: UTF8.self)
            if index == 0, name.hasPrefix("\u{FEFF}") { name.removeFirst() }
            guard let column = ApplicationColumn(rawValue: name.lowercased()) else { continue }
            guard places[column] == nil else { throw ApplicationFileProblem("The header names \(column.rawValue) twice.") }
            places[column] = index
        }
        let missing = ApplicationColumn.allCases.filter { places[$0] == nil }.map(\.rawValue)
        guard missing.isEmpty else {
            throw ApplicationFileProblem("""
                The header lacks \(missing.joined(separator: ", ")). The first line of the file must name the columns, \
                with commas between.
                """)
        }
        self.places = places
        width = record.fields.count
    }

    /// What stands in a column; nil if it is not UTF-8.
    func text(_ column: ApplicationColumn, of record: CSVRecord) -> String? {
        guard let place = places[column], record.fields.indices.contains(place) else { return nil }
        return String(validating: record.value(place), as: UTF8.self)
    }
}

/// Why a file cannot be used.
struct ApplicationFileProblem: Error, Hashable, Sendable {
    var message: String

    init(_ message: String) {
        self.message = message
    }

    init(_ error: CSVError) {
        switch error {
        case .endsInsideQuotes(let line):
            message = "The record that begins on line \(line) opens a quote that is never closed. Nothing was imported."
        case .recordTooLong(let line):
            message = "The record that begins on line \(line) is too long: a quote may not be closed. Nothing was imported."
        }
    }
}

/// Looks through a file before its first row is used: its header, and whether all of it can be read.
struct ApplicationFileInspector {
    private var reader = CSVRecordReader()
    private var header: ApplicationHeader?

    mutating func feed(_ chunk: [UInt8]) throws(ApplicationFileProblem) {
        reader.append(chunk)
        try read()
    }

    mutating func finish() throws(ApplicationFileProblem) -> ApplicationHeader {
        reader.finish()
        try read()
        guard let header else { throw ApplicationFileProblem("The file is empty.") }
        return header
    }

    private mutating func read() throws(ApplicationFileProblem) {
        do {
            while let record = try reader.next() {
                if header == nil { header = try ApplicationHeader(record) }
            }
        } catch let problem as ApplicationFileProblem {
            throw problem
        } catch let error as CSVError {
            throw ApplicationFileProblem(error)
        } catch {
            throw ApplicationFileProblem("The file cannot be read.")
        }
    }
}
