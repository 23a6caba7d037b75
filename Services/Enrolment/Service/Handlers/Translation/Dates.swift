import Contracts
import ServiceKit
import Values

extension FieldViolations {
    mutating func groupUID(_ uid: Int64, _ field: String) -> Int? {
        require((1...99_999_999).contains(uid), field, "must be a group UID")
        return Int(exactly: uid)
    }

    mutating func cohort(_ text: String, _ field: String) -> CohortID? {
        let id = CohortID(text)
        let years = CohortID.years
        require(id != nil, field, "must be a year of \(years.lowerBound) to \(years.upperBound) and a letter")
        return id
    }

    mutating func trn(_ text: String, _ field: String) -> TRN? {
        let trn = text.utf8.count == 7 ? TRN(text) : nil
        require(trn != nil, field, "must be seven digits, not 0000000")
        return trn
    }
}
