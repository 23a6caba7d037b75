/// One thing that can be configured: its name, its kind, its default and what it is for.
///
/// The name is the same everywhere: `log-level` is the flag `--log-level`, the line `log-level = …` of the file
/// and, for the service "training-events", the variable `OLP_TRAINING_EVENTS_LOG_LEVEL`.
package struct ConfigurationKey<Value: Sendable>: DeclaredKey {
    package let name: String
    package let documentation: String
    package let placeholder: String
    package let defaultText: String?
    package let isRequired: Bool
    package let isSecret: Bool
    let fallback: Value?
    let read: @Sendable (String) throws(UnreadableValue) -> Value

    package func check(_ text: String) throws(UnreadableValue) -> any Sendable {
        try read(text)
    }

    package var defaultValue: (any Sendable)? { fallback }
}

extension ConfigurationKey where Value: ConfigurationValue {
    /// A key with a default.
    package init(_ name: String, default fallback: Value, secret: Bool = false, _ documentation: String) {
        self.init(
            name: name, documentation: documentation, placeholder: Value.placeholder,
            defaultText: fallback.configurationText, isRequired: false, isSecret: secret, fallback: fallback,
            read: { text throws(UnreadableValue) in try Value(configurationText: text) })
    }

    /// A key without which the process does not start.
    package init(required name: String, secret: Bool = false, _ documentation: String) {
        self.init(
            name: name, documentation: documentation, placeholder: Value.placeholder,
            defaultText: nil, isRequired: true, isSecret: secret, fallback: nil,
            read: { text throws(UnreadableValue) in try Value(configurationText: text) })
    }

    /// A key with a default and bounds, both ends included.
    package init(
        _ name: String, default fallback: Value, in bounds: ClosedRange<Value>, _ documentation: String
    ) where Value: Comparable {
        precondition(bounds.contains(fallback), "the default of \(name) is outside of its bounds")
        let range = "\(bounds.lowerBound.configurationText) to \(bounds.upperBound.configurationText)"
        self.init(
            name: name, documentation: "\(documentation) \(range).", placeholder: Value.placeholder,
            defaultText: fallback.configurationText, isRequired: false, isSecret: false, fallback: fallback,
            read: { text throws(UnreadableValue) in
                let value = try Value(configurationText: text)
                guard bounds.contains(value) else { throw UnreadableValue("it must be \(range)") }
                return value
            })
    }
}

extension ConfigurationKey {
    /// A key that may be left out, and then is nil.
    package init<Wrapped: ConfigurationValue>(
        optional name: String, secret: Bool = false, _ documentation: String
    ) where Value == Wrapped? {
        self.init(
            name: name, documentation: documentation, placeholder: Wrapped.placeholder,
            defaultText: nil, isRequired: false, isSecret: secret, fallback: .some(nil),
            read: { text throws(UnreadableValue) in try Wrapped(configurationText: text) })
    }
}

/// A key of any kind of value, as the readers and `--help` see it.
package protocol DeclaredKey: Sendable {
    /// Lower-case words joined by hyphens.
    var name: String { get }
    /// One or two sentences.
    var documentation: String { get }
    var placeholder: String { get }
    /// The default as it would be written, if there is one.
    var defaultText: String? { get }
    var isRequired: Bool { get }
    /// The value is shown nowhere, not even in an error about it.
    var isSecret: Bool { get }
    var defaultValue: (any Sendable)? { get }
    func check(_ text: String) throws(UnreadableValue) -> any Sendable
}
