import CSQLite

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A prepared statement of one connection, used on that connection's thread.
@safe
final class SQLiteStatement {
    let columns: RowColumns
    private(set) var isRunning = false
    private let handle: OpaquePointer

    /// Takes over the statement and finalizes it at last.
    @unsafe
    init(_ handle: OpaquePointer) {
        unsafe self.handle = handle
        let count = unsafe sqlite3_column_count(handle)
        columns = RowColumns((0..<count).map { index in
            unsafe sqlite3_column_name(handle, index).map { unsafe String(cString: $0) } ?? ""
        })
    }

    deinit {
        unsafe sqlite3_finalize(handle)
    }

    /// How many values it takes.
    var parameterCount: Int { Int(unsafe sqlite3_bind_parameter_count(handle)) }

    /// Binds the values of `sql`, which must be of this statement's shape. Call `end` afterwards in any case.
    func begin(_ sql: SQL) throws(StoreError) {
        isRunning = true
        var index: Int32 = 0
        for case .value(let value) in sql.parts {
            index += 1
            let code: Int32 = switch value {
            case .null: SQLITE_OK
            case .int(let value): unsafe sqlite3_bind_int64(handle, index, value)
            case .real(let value): unsafe sqlite3_bind_double(handle, index, value)
            case .text(let value): try bind(value, at: index)
            case .blob(let value): bind(value, at: index)
            }
            guard code == SQLITE_OK else {
                throw StoreError(.mismatch, "A value is too large for the store.", cause: "SQLite \(code)")
            }
        }
    }

    private func bind(_ text: String, at index: Int32) throws(StoreError) -> Int32 {
        var text = text
        let code = text.withUTF8 { bytes -> Int32? in
            guard let start = bytes.baseAddress, bytes.count > 0 else { return unsafe olp_bind_text(handle, index, "", 0) }
            // SQLite would silently keep what stands before it; PostgreSQL refuses it.
            guard unsafe memchr(start, 0, bytes.count) == nil else { return nil }
            guard let count = Int32(exactly: bytes.count) else { return SQLITE_TOOBIG }
            return unsafe start.withMemoryRebound(to: CChar.self, capacity: bytes.count) {
                unsafe olp_bind_text(handle, index, $0, count)
            }
        }
        guard let code else {
            throw StoreError(.mismatch, "A text holds the character U+0000, which no store keeps.")
        }
        return code
    }

    private func bind(_ bytes: [UInt8], at index: Int32) -> Int32 {
        // Without bytes there may be no address, and that would be NULL.
        if bytes.isEmpty { return unsafe sqlite3_bind_zeroblob(handle, index, 0) }
        guard let count = Int32(exactly: bytes.count) else { return SQLITE_TOOBIG }
        return unsafe olp_bind_blob(handle, index, bytes, count)
    }

    /// SQLITE_ROW, SQLITE_DONE or an error's code.
    func step() -> Int32 {
        unsafe sqlite3_step(handle)
    }

    /// The row that the last step came to.
    func row() -> Row {
        let count = Int32(columns.names.count)
        var values: [SQLValue] = []
        values.reserveCapacity(Int(count))
        for index in 0..<count { values.append(value(at: index)) }
        return Row(columns: columns, values: values)
    }

    private func value(at index: Int32) -> SQLValue {
        switch unsafe sqlite3_column_type(handle, index) {
        case SQLITE_INTEGER: return .int(unsafe sqlite3_column_int64(handle, index))
        case SQLITE_FLOAT: return .real(unsafe sqlite3_column_double(handle, index))
        case SQLITE_TEXT:
            // The text before its length: asking for it may convert it.
            guard let text = unsafe sqlite3_column_text(handle, index) else { return .text("") }
            let count = Int(unsafe sqlite3_column_bytes(handle, index))
            return .text(unsafe String(decoding: UnsafeBufferPointer(start: text, count: count), as: UTF8.self))
        case SQLITE_BLOB:
            guard let bytes = unsafe sqlite3_column_blob(handle, index) else { return .blob([]) }
            let count = Int(unsafe sqlite3_column_bytes(handle, index))
            return .blob(unsafe [UInt8](UnsafeRawBufferPointer(start: bytes, count: count)))
        default: return .null
        }
    }

    /// Lets go of what it reads and of its values. It may begin anew, also after an error.
    func end() {
        // Says again how the last step ended, which is known.
        unsafe sqlite3_reset(handle)
        unsafe sqlite3_clear_bindings(handle)
        isRunning = false
    }
}
