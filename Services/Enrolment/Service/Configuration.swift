package import ServiceKit

/// The keys of Enrolment beside those that every service has.
package enum EnrolmentKeys {
    package static let all: [any DeclaredKey] = []
}
