import CSQLite

extension StoreError {
    /// Tells an error of SQLite in words. SQLite's own text goes into `cause`: it names tables and
    /// columns, never values.
    /// - Parameter code: The extended code.
    init(sqlite code: Int32, _ text: String, path: String) {
        let cause = "SQLite \(code): \(text); \(path)"
        switch code & 0xFF {
        case SQLITE_CONSTRAINT:
            let constraint = Constraint(sqlite: code, message: text)
            self.init(.constraint(constraint), constraint.sentence, cause: cause)
        case SQLITE_FULL:
            self.init(.unavailable, "The store's disk is full. Nothing was changed; make room and try again.",
                      cause: cause)
        case SQLITE_READONLY, SQLITE_PERM, SQLITE_CANTOPEN, SQLITE_AUTH:
            self.init(.unavailable, "The store's file cannot be written. Nothing was changed; see to the file's "
                + "rights and folder.", cause: cause)
        case SQLITE_IOERR, SQLITE_PROTOCOL, SQLITE_NOMEM, SQLITE_NOLFS:
            self.init(.unavailable, "The store's disk failed. Nothing was changed; try again, and see to the disk "
                + "if it stays so.", cause: cause)
        case SQLITE_BUSY, SQLITE_LOCKED:
            self.init(.busy, "Another program holds the store's file. Nothing was changed; try again soon.",
                      cause: cause)
        case SQLITE_CORRUPT, SQLITE_NOTADB:
            self.init(.corrupt, "The store's file is damaged, or no store. Restore it from a copy.", cause: cause)
        case SQLITE_INTERRUPT:
            self.init(.cancelled, "The work was stopped.", cause: cause)
        default:
            self.init(.internal, "The store refused a statement. This is a mistake in the program.", cause: cause)
        }
    }
}

extension StoreError.Constraint {
    init(sqlite code: Int32, message: String) {
        // "UNIQUE constraint failed: partners.name"
        let name = message.firstRange(of: "constraint failed: ").map { String(message[$0.upperBound...]) } ?? ""
        switch code {
        case OLP_CONSTRAINT_UNIQUE, OLP_CONSTRAINT_PRIMARYKEY, OLP_CONSTRAINT_ROWID:
            self.init(kind: .unique, name: name)
        case OLP_CONSTRAINT_FOREIGNKEY: self.init(kind: .foreignKey, name: name)
        case OLP_CONSTRAINT_NOTNULL: self.init(kind: .notNull, name: name)
        case OLP_CONSTRAINT_TRIGGER: self.init(kind: .rule, name: message)
        default: self.init(kind: .check, name: name)
        }
    }

    var sentence: String {
        switch kind {
        case .unique: "There is a row already with the same \(name)."
        case .foreignKey: "A row refers to one that is not there, or is referred to by others."
        case .check: "A value is outside what the store allows (\(name))."
        case .notNull: "A value is missing (\(name))."
        case .rule: "\(name)."
        }
    }
}
