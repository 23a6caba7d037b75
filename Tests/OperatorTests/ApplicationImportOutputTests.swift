import Contracts
import Foundation
import OperatorCommands
import TestSupport
import Testing

@Suite("What an import of applications shows")
struct ApplicationImportOutputTests {
    private let done = EnrolmentV1.ApplicationImport(
        id: "0190", state: .succeeded, fileName: "autumn.csv", bytesTotal: 9, bytesRead: 9, rowsRead: 1200,
        created: 1000, matched: 150, unchanged: 20, warned: 28, rejected: 2)

    private let rows = [
        EnrolmentV1.RowResult(
            line: 2, outcome: .warned, candidateId: "c1", applicationId: "a1",
            issues: [.init(column: "trn", code: "trn-missing", message: "no TRN is given", severity: .review)],
            reference: "REF-1"),
        EnrolmentV1.RowResult(
            line: 3, outcome: .rejected,
            issues: [
                .init(column: "trn", code: "trn-missing", message: "no TRN is given", severity: .review),
                .init(column: "cohort", code: "cohort-unknown", message: "there is no such cohort", severity: .rejected),
            ],
            reference: "=HYPERLINK(\"x\"),1"),
    ]

    @Test("the summary counts outcomes, and issues from the worst to the least")
    func summary() {
        var issues = IssueCounts()
        for row in rows { issues.add(row) }
        #expect(
            ApplicationImportSummary.lines(done, issues) == [
                "            READ   NEW PERSON  KNOWN PERSON  SAME  TO LOOK AT  REJECTED",
                "autumn.csv  1,200  1,000       150           20    28          2",
                "",
                "          ISSUE           ROWS  FIRST LINE",
                "rejected  cohort-unknown  1     3           there is no such cohort",
                "look at   trn-missing     2     2           no TRN is given",
                "",
                "The import succeeded.",
            ])
        var dry = done
        dry.dryRun = true
        #expect(ApplicationImportSummary.lines(dry, IssueCounts()).last == "It was a dry run: nothing was written.")
    }

    @Test("the table of results has a line for each row, and no formula")
    func results() async throws {
        try await withTemporaryDirectory { folder in
            let path = folder.file("results.csv")
            let table = try RowResultFile(path: path)
            try table.write(rows)
            #expect(
                try folder.read("results.csv") == """
                    line,outcome,reference,candidate_id,application_id,issues\r
                    2,warned,REF-1,c1,a1,trn: trn-missing\r
                    3,rejected,"'=HYPERLINK(""x""),1",,,trn: trn-missing; cohort: cohort-unknown\r

                    """)
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(mode == 0o600)
        }
        #expect(throws: Failure.self) { try RowResultFile(path: "/no/such/folder/results.csv") }
    }

    @Test("events are read from a stream however it is cut")
    func events() {
        let text = "event: import\r\nid: 7\r\ndata: {\"a\":1}\r\n\r\n: still here\n\ndata: one\ndata:two\n\nevent: x\n\n"
        let expected = [
            ServerSentEvent(name: "import", data: "{\"a\":1}"), ServerSentEvent(name: "message", data: "one\ntwo"),
        ]
        for size in [1, 2, 7, 1000] {
            var reader = ServerSentEventReader()
            var events: [ServerSentEvent] = []
            let bytes = Array(text.utf8)
            for start in stride(from: 0, to: bytes.count, by: size) {
                events += reader.read(Array(bytes[start..<min(start + size, bytes.count)])) ?? []
            }
            #expect(events == expected, "pieces of \(size)")
        }
    }

    @Test("an event without end is not kept for ever")
    func endless() {
        var reader = ServerSentEventReader()
        let piece = [UInt8](repeating: UInt8(ascii: "x"), count: ServerSentEventReader.maximumBytes)
        #expect(reader.read(piece) == [])
        #expect(reader.read([UInt8(ascii: "x")]) == nil)
    }
}
