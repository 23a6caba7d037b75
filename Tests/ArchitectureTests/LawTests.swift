import TestSupport
import Testing

/// The laws, held against the project as it stands.
@Suite("The project keeps its laws")
struct LawTests {
    private func expectNone(_ violations: [Violation], _ location: SourceLocation = #_sourceLocation) {
        #expect(
            violations.isEmpty, "\(violations.map { "\n\($0)" }.joined())", sourceLocation: location)
    }

    @Test("a module imports only what stands below it")
    func imports() {
        expectNone(SourceFile.all.flatMap(ImportLaw.violations))
    }

    @Test("the compiler is told to trust us only where the table says")
    func trust() {
        let existing = Set(SourceFile.all.map(\.path))
        let gone = Set(TrustTable.uncheckedSendable.keys).union(TrustTable.nonisolatedUnsafe.keys).subtracting(existing)
        expectNone(
            SourceFile.all.flatMap(WordLaws.trust)
                + gone.map { Violation(path: $0, line: 1, message: "is in TrustTable and no more: take it out") })
    }

    @Test("files and functions stay small")
    func sizes() {
        expectNone(SourceFile.all.flatMap(SizeLaw.violations))
    }

    @Test("nothing is public")
    func access() {
        expectNone(SourceFile.all.flatMap(WordLaws.access))
    }

    @Test("only Main and the process frame read the environment or exit")
    func process() {
        expectNone(SourceFile.all.flatMap(WordLaws.process))
    }

    @Test("no test sleeps")
    func waiting() {
        expectNone(SourceFile.all.flatMap(WordLaws.waiting))
    }

    @Test("no type is named like its module")
    func naming() {
        expectNone(SourceFile.all.flatMap(WordLaws.naming))
    }

    @Test("the top level is what was agreed")
    func topLevel() throws {
        let names = Set(Project.files().map { String($0.prefix { $0 != "/" }) })
        expectNone(LayoutLaw.topLevel(names: names.sorted()))
    }

    @Test("every folder explains itself")
    func readmes() {
        expectNone(LayoutLaw.readmes(files: Project.files().filter { !$0.hasPrefix("data/") }))
    }

    @Test("no file names a path of somebody's machine")
    func machinePaths() throws {
        let homes = [Project.root + "/", "/" + "home/", "/" + "Users/"]
        let endings = [".swift", ".md", ".proto", ".c", ".h", ".json", ".yaml", ".sh", "/up", "/test", "/generate"]
        let files = Project.files().filter { file in
            !file.hasPrefix("data/") && endings.contains { file.hasSuffix($0) }
        }
        try expectNone(
            files.flatMap { path in
                try LayoutLaw.machinePaths(path: path, text: Project.read(path), homes: homes)
            })
    }
}
