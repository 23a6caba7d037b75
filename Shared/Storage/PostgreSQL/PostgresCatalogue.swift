/// What the database's own catalogue says of the tables in the schema that is searched.
enum PostgresCatalogue {
    static func tables(_ reader: any Reader) throws(StoreError) -> [TableOutline] {
        let columns = try lists(reader, """
            SELECT t.relname, a.attname FROM pg_class t JOIN pg_attribute a ON a.attrelid = t.oid
            WHERE t.relkind IN ('r', 'p') AND t.relnamespace = current_schema()::regnamespace
            AND a.attnum > 0 AND NOT a.attisdropped ORDER BY t.relname, a.attnum
            """)
        let keys = try lists(reader, """
            SELECT t.relname, a.attname FROM pg_index x JOIN pg_class t ON t.oid = x.indrelid
            CROSS JOIN LATERAL unnest(x.indkey::int2[]) WITH ORDINALITY k (number, place)
            JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.number
            WHERE x.indisprimary AND t.relnamespace = current_schema()::regnamespace ORDER BY t.relname, k.place
            """)
        let parents = try lists(reader, """
            SELECT t.relname, p.relname FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid
            JOIN pg_class p ON p.oid = c.confrelid
            WHERE c.contype = 'f' AND c.connamespace = current_schema()::regnamespace
            """)
        return columns.keys.sorted().map { name in
            TableOutline(name: name, columns: columns[name] ?? [], key: keys[name] ?? [],
                         parents: Set(parents[name] ?? []).subtracting([name]))
        }
    }

    /// The second column's texts by the first's.
    private static func lists(_ reader: any Reader, _ sql: SQL) throws(StoreError) -> [String: [String]] {
        var lists: [String: [String]] = [:]
        for row in try reader.rows(sql) { lists[try row.text(0), default: []].append(try row.text(1)) }
        return lists
    }
}
