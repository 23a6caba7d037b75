package import ServiceKit

/// The keys of Diagnostics beside those that every service has.
package enum DiagnosticsKeys {
    package static let all: [any DeclaredKey] = []
}
