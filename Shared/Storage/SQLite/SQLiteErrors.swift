import Foundation
import GRDB

extension StoreError {
    /// Tells an error of SQLite in words. SQLite's own text goes into `cause`: it names tables and
    /// columns, never values.
    init(sqlite error: any Error, path: String) {
        guard let error = error as? DatabaseError else {
            self = error as? StoreError ?? StoreError(.internal, "The store failed.", cause: "\(type(of: error))")
            return
        }
        let text = error.message ?? "no text"
        let cause = "SQLite \(error.extendedResultCode.rawValue): \(text); \(path)"
        switch error.resultCode {
        case .SQLITE_CONSTRAINT:
            let constraint = Constraint(sqlite: error.extendedResultCode, message: text)
            self.init(.constraint(constraint), constraint.sentence, cause: cause)
        case .SQLITE_FULL:
            self.init(.unavailable, "The store's disk is full. Nothing was changed; make room and try again.",
                      cause: cause)
        case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_CANTOPEN, .SQLITE_AUTH:
            self.init(.unavailable, "The store's file cannot be written. Nothing was changed; see to the file's "
                + "rights and folder.", cause: cause)
        case .SQLITE_IOERR, .SQLITE_PROTOCOL, .SQLITE_NOMEM, .SQLITE_NOLFS:
            self.init(.unavailable, "The store's disk failed. Nothing was changed; try again, and see to the disk "
                + "if it stays so.", cause: cause)
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            self.init(.busy, "Another program holds the store's file. Nothing was changed; try again soon.",
                      cause: cause)
        case .SQLITE_CORRUPT, .SQLITE_NOTADB:
            self.init(.corrupt, "The store's file is damaged, or no store. Restore it from a copy.", cause: cause)
        case .SQLITE_INTERRUPT:
            self.init(.cancelled, "The work was stopped.", cause: cause)
        default:
            self.init(.internal, "The store refused a statement. This is a mistake in the program.", cause: cause)
        }
    }
}

extension StoreError.Constraint {
    init(sqlite code: ResultCode, message: String) {
        // "UNIQUE constraint failed: partners.name"
        let name = message.range(of: "constraint failed: ").map { String(message[$0.upperBound...]) } ?? ""
        switch code {
        case .SQLITE_CONSTRAINT_UNIQUE, .SQLITE_CONSTRAINT_PRIMARYKEY, .SQLITE_CONSTRAINT_ROWID:
            self.init(kind: .unique, name: name)
        case .SQLITE_CONSTRAINT_FOREIGNKEY: self.init(kind: .foreignKey, name: name)
        case .SQLITE_CONSTRAINT_NOTNULL: self.init(kind: .notNull, name: name)
        case .SQLITE_CONSTRAINT_TRIGGER: self.init(kind: .rule, name: message)
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
