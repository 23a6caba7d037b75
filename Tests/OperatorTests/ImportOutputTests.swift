import Contracts
import OperatorCommands
import Testing

@Suite("What an import shows")
struct ImportOutputTests {
    private var done: PartnershipV1.GiasImport {
        PartnershipV1.GiasImport(
            id: "0190", state: .succeeded,
            files: [
                PartnershipV1.GiasFileProgress(
                    file: .establishments, name: "schools.csv", bytesTotal: 1000, bytesRead: 1000, rowsRead: 1200,
                    inserted: 1190, updated: 5, unchanged: 0, ignored: 3, rejected: 2, warned: 7)
            ])
    }

    @Test("a bar is as full as the work is done")
    func bar() {
        #expect(
            ProgressLine.line("reading a.csv", done: 1, of: 2, after: "10 rows")
                == "reading a.csv  ███████████████░░░░░░░░░░░░░░░  50 %  10 rows")
        #expect(ProgressLine.line("x", done: 0, of: 0, after: "").contains("100 %"))
    }

    @Test("numbers and sizes are for people")
    func numbers() {
        #expect(
            [0, 999, 1000, 1_234_567, -1234].map(Figures.grouped) == [
                "0", "999", "1,000", "1,234,567", "-1,234",
            ])
        #expect([999, 26_500, 71_450_000].map(Figures.size) == ["999 bytes", "26 kB", "71.4 MB"])
    }

    @Test("where nobody watches, progress is a line now and then")
    func quiet() {
        let heard = Heard()
        let progress = ImportProgress(heard.console)
        for sent in 0..<100 { progress.uploading("a.csv", sent, of: 100) }
        progress.end()
        #expect(heard.errors.split(separator: "\n").count == 1)
    }

    @Test("at a terminal the bar is drawn over and taken away")
    func interactive() {
        let heard = Heard(isInteractive: true)
        let progress = ImportProgress(heard.console)
        progress.uploading("a.csv", 50, of: 100)
        progress.uploading("a.csv", 100, of: 100)
        progress.end()
        #expect(heard.errors.split(separator: "\r").count == 3)
        #expect(!heard.errors.contains("\n"))
        #expect(heard.errors.hasSuffix("\r\u{1B}[K"))
    }

    @Test("the summary says what became of the rows of each file")
    func summary() {
        #expect(
            ImportSummary.lines(done) == [
                "             READ   NEW    CHANGED  SAME  IGNORED  REJECTED  WITH WARNING",
                "schools.csv  1,200  1,190  5        0     3        2         7",
                "The import succeeded.",
            ])
    }

    @Test("an issue says file, line, column and what is wrong, and how to see the rest")
    func issues() {
        let reply = PartnershipV1.ListGiasImportIssuesReply(
            issues: [
                PartnershipV1.GiasIssue(
                    file: .establishments, line: 12, record: 11, severity: .rejected, key: "100001", column: "OpenDate",
                    code: "date-not-in-calendar", message: "there is no such day")
            ],
            nextPageToken: "more")
        let lines = ImportSummary.issues(reply, of: done)
        #expect(
            lines.first
                == "schools.csv:12: rejected: [100001] OpenDate: there is no such day (date-not-in-calendar)")
        #expect(lines.last?.contains("olp call GiasImports/ListGiasImportIssues '{\"id\": \"0190\"") == true)
    }
}
