struct PostgresDialect: SQLDialect {
    /// The function behind the triggers of `appendOnly`; made before the first migration.
    static let refuseFunction = """
        CREATE OR REPLACE FUNCTION store_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION USING ERRCODE = '23000', MESSAGE = TG_ARGV[0]; END $$
        """

    func placeholder(_ number: Int) -> String { "$\(number)" }

    func text(of term: SQLTerm) -> String {
        switch term {
        case .bytes: "BYTEA"
        case .numberKey: "BIGINT NOT NULL PRIMARY KEY"
        case .keptByKey: ""
        case .forbidUpdate(let table): Self.forbid("UPDATE", table, "changed")
        case .forbidDelete(let table): Self.forbid("DELETE", table, "removed")
        }
    }

    private static func forbid(_ verb: String, _ table: String, _ done: String) -> String {
        """
        CREATE TRIGGER \(table)_forbids_\(verb.lowercased()) BEFORE \(verb) ON \(table)
        FOR EACH ROW EXECUTE FUNCTION store_refuse('Rows of \(table) are never \(done)')
        """
    }

    /// Gives the text columns that a statement makes the order of SQLite, byte by byte, whatever the order of the
    /// database is: pages of a list and their tokens rest on it, and an upgrade of the system's locales cannot break it.
    static func orderedByBytes(_ statement: String) -> String {
        guard begins(statement, with: "CREATE TABLE") || begins(statement, with: "ALTER TABLE") else { return statement }
        var result = ""
        var word = ""
        var isQuoted = false
        func isPartOfWord(_ character: Character) -> Bool { character.isLetter || character.isNumber || character == "_" }
        for character in statement + " " {
            if isPartOfWord(character) {
                word.append(character)
                continue
            }
            result += word == "TEXT" && !isQuoted ? "TEXT COLLATE \"C\"" : word
            word = ""
            if character == "'" { isQuoted.toggle() }
            result.append(character)
        }
        return String(result.dropLast())
    }

    /// Whether a statement begins so, whatever the spaces.
    static func begins(_ statement: String, with words: String) -> Bool {
        let wanted = words.split(separator: " ")
        let found = statement.prefix(200).split(maxSplits: wanted.count, whereSeparator: \.isWhitespace).prefix(wanted.count)
        return found.count == wanted.count && zip(found, wanted).allSatisfy { $0.uppercased() == $1 }
    }
}
