import Contracts
import Foundation
import Tabular
@testable import EnrolmentService

/// The year of applications that the tests import, what its maker says of it, and the register beside it.
enum TestData {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Data")
    /// The 1,200 schools that a fresh installation loads; the applications' employers are among them.
    static let register = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../deploy/sample").standardized

    static func applications() throws -> [UInt8] {
        Array(try Data(contentsOf: folder.appending(path: "candidates.csv")))
    }

    /// An issue that a row must be told of, with our code for it.
    struct Expected: Hashable, Sendable {
        var reference: String
        var code: String
        var related: String
    }

    static func expectedIssues() throws -> (issues: Set<Expected>, rightValues: [Expected: String]) {
        var issues: Set<Expected> = []
        var values: [Expected: String] = [:]
        for row in try rows(folder.appending(path: "expected_issues.csv")) {
            let issue = Expected(reference: row["application_id"] ?? "",
                                 code: (row["issue"] ?? "").replacing("_", with: "-"),
                                 related: row["related_application_id"] ?? "")
            issues.insert(issue)
            if let value = row["right_value"], !value.isEmpty { values[issue] = value }
        }
        return (issues, values)
    }

    struct Manifest: Decodable, Sendable {
        var rows: Int64
        var people: Int64
        var rejected: Int64
        var for_review: Int64
        var imported_without_review: Int64
        var by_issue: [String: Int]
        var by_programme_after_cleaning: [String: Int]
        var by_intake: [String: Int]
    }

    static func manifest() throws -> Manifest {
        try JSONDecoder().decode(Manifest.self, from: try Data(contentsOf: folder.appending(path: "manifest.json")))
    }

    static func rows(_ url: URL, windows1252: Bool = false) throws -> [[String: String]] {
        var reader = CSVRecordReader()
        reader.append(Array(try Data(contentsOf: url)))
        reader.finish()
        func text(_ bytes: [UInt8]) -> String {
            windows1252 ? String(bytes: bytes, encoding: .windowsCP1252) ?? "" : String(decoding: bytes, as: UTF8.self)
        }
        var names: [String] = []
        var rows: [[String: String]] = []
        while let record = try reader.next() {
            let values = record.fields.indices.map { text(record.value($0)) }
            if names.isEmpty {
                names = values
            } else {
                rows.append(Dictionary(zip(names, values)) { first, _ in first })
            }
        }
        return rows
    }
}

extension PartnershipStub {
    /// A Partnership that has imported the sample of the register.
    static func withSample() throws -> PartnershipStub {
        let stub = PartnershipStub()
        func rows(_ name: String) throws -> [[String: String]] {
            try TestData.rows(TestData.register.appending(path: name), windows1252: true)
        }
        let schools = try rows("edubasealldata.csv")
        let links = try rows("links_edubasealldata.csv")
        let groups = try rows("allgroupsdata.csv")
        let members = try rows("alllinksdata.csv")
        stub.change { holdings in
            for row in schools {
                let school = school(of: row)
                holdings.schools[school.urn] = school
            }
            for row in links {
                guard let urn = Int64(row["URN"] ?? ""), let other = Int64(row["LinkURN"] ?? "") else { continue }
                holdings.schools[urn]?.links.append(.init(urn: other, linkType: row["LinkType"] ?? ""))
            }
            for row in groups {
                guard let uid = Int64(row["Group UID"] ?? "") else { continue }
                holdings.groups[uid] = .init(
                    uid: uid, name: row["Group Name"] ?? "", type: .init(code: padded(row["Group Type (code)"])),
                    open: row["Group Status (code)"] == "OPEN")
            }
            for row in members where row["Group Status (code)"] == "OPEN" {
                guard let uid = Int64(row["Group UID"] ?? ""), let urn = Int64(row["URN"] ?? ""),
                      holdings.schools[urn] != nil else { continue }
                holdings.members[uid, default: []].append(urn)
                holdings.schools[urn]?.groups.append(
                    .init(groupUid: uid, groupType: .init(code: padded(row["Group Type (code)"]))))
            }
        }
        return stub
    }

    private static func padded(_ code: String?) -> String {
        let code = code ?? ""
        return code.count == 1 ? "0" + code : code
    }

    private static func school(of row: [String: String]) -> PartnershipV1.School {
        let la = row["LA (code)"] ?? ""
        let isAbroad = row["TypeOfEstablishment (code)"] == "30" || ["000", "702", "704", "708"].contains(la)
            || ("660"..."681").contains(la)
        return PartnershipV1.School(
            urn: Int64(row["URN"] ?? "") ?? 0, name: row["EstablishmentName"] ?? "",
            status: .init(rawValue: Int32(row["EstablishmentStatus (code)"] ?? "") ?? 0),
            laestab: "\(la)/\(row["EstablishmentNumber"] ?? "")", ukprn: Int64(row["UKPRN"] ?? ""),
            address: .init(town: row["Town"] ?? ""),
            district: .init(code: row["DistrictAdministrative (code)"] ?? ""), inEngland: !isAbroad)
    }
}
