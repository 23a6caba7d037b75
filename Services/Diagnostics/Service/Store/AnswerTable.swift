import Storage
import Values

/// The latest answer to each item; no value means "cannot say".
enum AnswerTable {
    static func all(of id: UUIDv7, _ reader: any Reader) throws(StoreError) -> [Answer] {
        var answers: [Answer] = []
        for row in try reader.rows("""
            SELECT item_id, value, answered_at FROM answers WHERE diagnostic_id = \(id) ORDER BY item_id
            """) {
            let choice: Choice = try row.optionalInt(1).map { .value(Int($0)) } ?? .cannotSay
            answers.append(Answer(itemID: try row.text(0), choice: choice, answeredAt: try row.instant(2)))
        }
        return answers
    }

    static func write(_ answers: [Answer], of id: UUIDv7, _ writer: any Writer) throws(StoreError) {
        for answer in answers {
            let value: Int? = if case .value(let value) = answer.choice { value } else { nil }
            try writer.execute("""
                INSERT INTO answers (diagnostic_id, item_id, value, answered_at)
                VALUES (\(id), \(answer.itemID), \(value.sqlValue), \(answer.answeredAt))
                ON CONFLICT (diagnostic_id, item_id)
                DO UPDATE SET value = excluded.value, answered_at = excluded.answered_at
                """)
        }
    }
}
