package import ServiceKit

/// The keys of TrainingEvents beside those that every service has.
package enum TrainingEventsKeys {
    package static let all: [any DeclaredKey] = []
}
